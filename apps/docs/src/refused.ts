/** An example of every refusal, for the table of errors. */
import type { FailedAttempt, RefusalKind, RefusalOf, SupplierFailure } from "@interchange/inference";

/** Total: a new kind does not compile until it is shown. */
export type Samples = { readonly [K in RefusalKind]: readonly RefusalOf<K>[] };

const BROKEN: FailedAttempt = {
  supplier: "cirrus",
  failure: { status: 500, message: "Internal error" } as SupplierFailure,
};
const CALLERS: SupplierFailure = { status: 400, message: "image is too small", caller: true };

export const REFUSED: Samples = {
  "body-not-json": [{ kind: "body-not-json", problem: "it ends too early" }],
  "request-invalid": [
    { kind: "request-invalid", fault: "shape", param: "messages", problem: "must be a list" },
    { kind: "request-invalid", fault: "value", param: "temperature", problem: "must be at most 2" },
  ],
  "key-missing": [{ kind: "key-missing", problem: "There is no key. Send it as Authorization: Bearer." }],
  "key-refused": [{ kind: "key-refused", problem: "The account of this key is closed." }],
  "key-forbidden": [{ kind: "key-forbidden", problem: "This is an operator key; inference needs a Consumption key." }],
  "balance-too-low": [{ kind: "balance-too-low", instrument: "text-prime", available: 1200, needed: 4108 }],
  "tokens-on-the-way": [{ kind: "tokens-on-the-way", instrument: "text-prime", tokens: 1_000_000 }],
  "ticket-forged": [{ kind: "ticket-forged" }],
  "ticket-stale": [{ kind: "ticket-stale", problem: "expired" }],
  "unknown-instrument": [{ kind: "unknown-instrument", instrument: "text-primo", known: ["text-prime", "text-max"] }],
  "unknown-path": [{ kind: "unknown-path", path: "/v1/v1/messages" }],
  "not-found": [{ kind: "not-found", thing: "account", id: "acme", param: "account_id" }],
  conflict: [{ kind: "conflict", problem: "The account is closed." }],
  "credits-too-low": [{ kind: "credits-too-low", availableMicros: 500_000, neededMicros: 2_000_000 }],
  "method-not-allowed": [{ kind: "method-not-allowed", method: "PUT", allow: ["GET", "POST"] }],
  repeated: [
    { kind: "repeated", of: "running", requestId: "req_1" },
    { kind: "repeated", of: "finished", requestId: "req_1" },
    { kind: "repeated", of: "another-body", requestId: "req_1" },
  ],
  "body-too-large": [{ kind: "body-too-large", bytesMax: 33_554_432 }],
  "media-type-unsupported": [{ kind: "media-type-unsupported", problem: "Send Content-Type: application/json." }],
  "rate-limited": [
    {
      kind: "rate-limited",
      problem: "This key may ask 60 times a minute.",
      retryAfterMs: 12_000,
      allowance: { requests: { limit: 60, remaining: 0, resetAfterMs: 12_000, resetAtMs: 1_795_447_140_000 } },
    },
    { kind: "rate-limited", problem: "This request alone is above the key's 10000 tokens a minute.", allowance: {} },
  ],
  "prompt-too-long": [
    { kind: "prompt-too-long", instrument: "text-prime", tokens: 140_000, contextTokens: 128_000, excluded: [] },
  ],
  "feature-unsupported": [{ kind: "feature-unsupported", features: ["seed"], bonds: [], excluded: [] }],
  "no-supplier-fits": [
    {
      kind: "no-supplier-fits",
      instrument: "text-prime",
      excluded: [{ supplier: "cirrus", reason: "you asked not to be sent there" }],
    },
  ],
  "nobody-eligible": [
    { kind: "nobody-eligible", instrument: "text-prime", excluded: [{ supplier: "cirrus", reason: "it is paused" }] },
  ],
  "supplier-failed": [{ kind: "supplier-failed", attempts: [BROKEN] }],
  "supplier-timeout": [{ kind: "supplier-timeout", attempts: [] }],
  "supplier-overloaded": [{ kind: "supplier-overloaded", attempts: [] }],
  "supplier-refused": [
    { kind: "supplier-refused", supplier: "cirrus", failure: CALLERS },
    {
      kind: "supplier-refused",
      supplier: "cirrus",
      failure: { ...CALLERS, status: 413, message: "image is too large" },
    },
    {
      kind: "supplier-refused",
      supplier: "cirrus",
      failure: { ...CALLERS, status: 422, message: "image is not a PNG" },
    },
  ],
  stopping: [{ kind: "stopping" }],
  "ledger-unavailable": [{ kind: "ledger-unavailable" }],
  bug: [{ kind: "bug" }],
};
