/** What refusals say: the status of each, the sentence, and how long to wait. */
import { describe, expect, test } from "vitest";
import { explain, type Refusal, retryAfterMs, statusOf } from "../src/index.ts";

const FAILED = [{ supplier: "acme", failure: { message: "out of memory", caller: false } }];

const ALLOWANCE = { limit: 60, remaining: 0, resetAfterMs: 60_000, resetAtMs: 1_795_447_140_000 };

type Row = readonly [refusal: Refusal, status: number, waitMs: number | undefined, sentence: RegExp];

const ROWS: readonly Row[] = [
  [{ kind: "body-not-json", problem: "unexpected end" }, 400, undefined, /not JSON: unexpected end/],
  [
    { kind: "request-invalid", fault: "shape", param: "messages", problem: "must be array" },
    400,
    undefined,
    /^messages must be array\.$/,
  ],
  [
    { kind: "request-invalid", fault: "value", param: "", problem: "is empty" },
    422,
    undefined,
    /^The body is empty\.$/,
  ],
  [{ kind: "key-missing", problem: "No key." }, 401, undefined, /^No key\.$/],
  [{ kind: "key-refused", problem: "Unknown key." }, 401, undefined, /^Unknown key\.$/],
  [{ kind: "key-forbidden", problem: "Not yours." }, 403, undefined, /^Not yours\.$/],
  [
    { kind: "balance-too-low", instrument: "text-prime", available: 10, needed: 20 },
    402,
    undefined,
    /text-prime.* 20, 10 /,
  ],
  [{ kind: "ticket-forged" }, 403, undefined, /not issued/],
  [{ kind: "ticket-stale", problem: "expired" }, 503, 100, /expired/],
  [{ kind: "ticket-stale", problem: "spent" }, 503, 100, /has been used/],
  [{ kind: "unknown-instrument", instrument: "text-primo", known: ["a", "b"] }, 404, undefined, /"text-primo".*a, b/],
  [{ kind: "unknown-path", path: "/v1/v1" }, 404, undefined, /"\/v1\/v1"/],
  [
    { kind: "unknown-path", path: "/v1/responses", hint: "Use /v1/chat/completions." },
    404,
    undefined,
    /Use \/v1\/chat/,
  ],
  [{ kind: "method-not-allowed", method: "PUT", allow: ["GET", "POST"] }, 405, undefined, /PUT.*GET or POST/],
  [{ kind: "body-too-large", bytesMax: 99 }, 413, undefined, /99 bytes/],
  [{ kind: "media-type-unsupported", problem: "Send JSON." }, 415, undefined, /^Send JSON\.$/],
  [
    { kind: "rate-limited", problem: "Too many.", retryAfterMs: 1_500, allowance: ALLOWANCE },
    429,
    1_500,
    /^Too many\.$/,
  ],
  [
    { kind: "rate-limited", problem: "Too many.", retryAfterMs: 600_000, allowance: ALLOWANCE },
    429,
    60_000,
    /Too many/,
  ],
  [
    {
      kind: "feature-unsupported",
      features: ["seed", "top-k"],
      bonds: [],
      excluded: [{ supplier: "acme", reason: "no seed" }],
    },
    400,
    undefined,
    /seed, top-k.* acme: no seed\./,
  ],
  [
    { kind: "feature-unsupported", features: ["server-tools", "seed"], bonds: ["web_search_20250305"], excluded: [] },
    400,
    undefined,
    /honour seed, web_search_20250305\.$/,
  ],
  [
    { kind: "feature-unsupported", features: ["server-tools"], bonds: [], excluded: [] },
    400,
    undefined,
    /honour server-tools\.$/,
  ],
  [
    { kind: "no-supplier-fits", instrument: "text-prime", excluded: [{ supplier: "acme", reason: "too small" }] },
    400,
    undefined,
    /text-prime can fill this request as it stands\. acme: too small\./,
  ],
  [
    { kind: "nobody-eligible", instrument: "text-prime", excluded: [{ supplier: "acme", reason: "full" }] },
    503,
    1_000,
    /text-prime.* acme: full\./,
  ],
  [{ kind: "supplier-failed", attempts: FAILED }, 502, 1_000, /acme: out of memory/],
  [{ kind: "supplier-timeout", attempts: FAILED }, 504, 1_000, /too slow.*acme/],
  [
    { kind: "supplier-refused", supplier: "acme", failure: { status: 400, message: "Bad n.", caller: true } },
    400,
    undefined,
    /^Bad n\.$/,
  ],
  [
    { kind: "supplier-refused", supplier: "acme", failure: { status: 422, message: "x", caller: true } },
    422,
    undefined,
    /x/,
  ],
  [
    { kind: "supplier-refused", supplier: "acme", failure: { status: 413, message: "x", caller: true } },
    413,
    undefined,
    /x/,
  ],
  [{ kind: "supplier-refused", supplier: "acme", failure: { message: "x", caller: true } }, 400, undefined, /x/],
  [{ kind: "stopping" }, 503, 1_000, /stopping/],
  [{ kind: "ledger-unavailable" }, 503, 1_000, /nothing was run or charged/],
  [{ kind: "bug" }, 500, undefined, /on our side/],
];

describe("refusals", () => {
  test.each(ROWS)("%j", (refusal, status, waitMs, sentence) => {
    expect(statusOf(refusal)).toBe(status);
    expect(retryAfterMs(refusal)).toBe(waitMs);
    expect(explain(refusal)).toMatch(sentence);
  });

  test("a long name is not repeated in full", () => {
    const sentence = explain({ kind: "unknown-instrument", instrument: "x".repeat(10_000), known: [] });
    expect(sentence.length).toBeLessThan(300);
  });
});
