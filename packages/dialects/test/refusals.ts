/** One refusal of every kind: a new kind does not compile until it is here. */
import type { Refusal, RefusalKind, RefusalOf } from "@interchange/inference";

type Samples = { readonly [K in RefusalKind]: RefusalOf<K> };

const SAMPLES: Samples = {
  "body-not-json": { kind: "body-not-json", problem: "unexpected end" },
  "request-invalid": { kind: "request-invalid", fault: "value", param: "temperature", problem: "must be <= 2" },
  "key-missing": { kind: "key-missing", problem: "No key." },
  "key-refused": { kind: "key-refused", problem: "Unknown key." },
  "key-forbidden": { kind: "key-forbidden", problem: "The key may not do this." },
  "balance-too-low": { kind: "balance-too-low", instrument: "text-prime", available: 1, needed: 2 },
  "tokens-on-the-way": { kind: "tokens-on-the-way", instrument: "text-prime", tokens: 1_000_000 },
  "ticket-forged": { kind: "ticket-forged" },
  "ticket-stale": { kind: "ticket-stale", problem: "expired" },
  "unknown-instrument": { kind: "unknown-instrument", instrument: "text-primo", known: ["text-prime"] },
  "unknown-path": { kind: "unknown-path", path: "/v1/v1/messages" },
  "not-found": { kind: "not-found", thing: "account", id: "acme", param: "account_id" },
  conflict: { kind: "conflict", problem: "The account is closed." },
  "credits-too-low": { kind: "credits-too-low", availableMicros: 1, neededMicros: 2 },
  "method-not-allowed": { kind: "method-not-allowed", method: "PUT", allow: ["POST"] },
  repeated: { kind: "repeated", of: "running", requestId: "req_1" },
  "body-too-large": { kind: "body-too-large", bytesMax: 10 },
  "media-type-unsupported": { kind: "media-type-unsupported", problem: "Send JSON." },
  "rate-limited": {
    kind: "rate-limited",
    problem: "Too many.",
    retryAfterMs: 1_500,
    allowance: { requests: { limit: 60, remaining: 0, resetAfterMs: 60_000, resetAtMs: 1_795_447_140_000 } },
  },
  "prompt-too-long": { kind: "prompt-too-long", instrument: "text-prime", tokens: 9, contextTokens: 8, excluded: [] },
  "feature-unsupported": { kind: "feature-unsupported", features: ["seed"], bonds: [], excluded: [] },
  "no-supplier-fits": { kind: "no-supplier-fits", instrument: "text-prime", excluded: [] },
  "nobody-eligible": {
    kind: "nobody-eligible",
    instrument: "text-prime",
    excluded: [{ supplier: "a", reason: "full" }],
  },
  "supplier-failed": { kind: "supplier-failed", attempts: [] },
  "supplier-overloaded": { kind: "supplier-overloaded", attempts: [] },
  "supplier-timeout": { kind: "supplier-timeout", attempts: [] },
  "supplier-refused": {
    kind: "supplier-refused",
    supplier: "a",
    failure: { status: 413, message: "Too large.", caller: true },
  },
  stopping: { kind: "stopping" },
  "ledger-unavailable": { kind: "ledger-unavailable" },
  bug: { kind: "bug" },
};

export const REFUSALS: readonly Refusal[] = Object.values(SAMPLES);
