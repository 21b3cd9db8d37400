/** What refusals say: the status of each, the sentence, and how long to wait. */
import { describe, expect, test } from "vitest";
import { explain, type NotBought, type Refusal, retryAfterMs, statusOf } from "../src/index.ts";

const FAILED = [{ supplier: "acme", failure: { message: "out of memory", caller: false } }];

const ALLOWANCE = { requests: { limit: 60, remaining: 0, resetAfterMs: 60_000, resetAtMs: 1_795_447_140_000 } };

type Row = readonly [refusal: Refusal, status: number, waitMs: number | undefined, sentence: RegExp];

const SHORT = { kind: "credits-too-low", tokens: 5_000_000, neededMicros: 1_500_000, availableMicros: 1 } as const;

const NOT_BOUGHT: readonly (readonly [reason: NotBought, sentence: RegExp])[] = [
  [
    { kind: "off" },
    /^Not enough tokens of text-prime: this request may need 20, 10 are available, and auto-buy is off for it\. Have more tokens deposited, switch auto-buy on, or ask for a shorter answer\.$/,
  ],
  [{ kind: "not-sold" }, /, and nobody sells it just now\. Have more tokens deposited, or ask/],
  [
    { kind: "price-too-high", priceMicrosPerUnit: 200_000, priceMicrosPerUnitMax: 150_000 },
    /may pay 0\.150000 USD a Unit where the price is 0\.200000 USD\. Raise the most .* or ask for a shorter answer\.$/,
  ],
  [
    { ...SHORT, noReload: { kind: "off" } },
    /5000000 more cost 1\.500000 USD where 0\.000001 USD of credits are available, and auto-reload is off\. Have more credits put in, switch auto-reload on, or ask/,
  ],
  [
    { ...SHORT, noReload: { kind: "declined", problem: "The card has expired. " } },
    /, and the payment method was declined: The card has expired\. Have more credits put in, mend the payment method /,
  ],
  [
    {
      ...SHORT,
      noReload: { kind: "limit-reached", monthlyLimitMicros: 5_000_000, reloadedThisMonthMicros: 4_000_000 },
    },
    /has charged 4\.000000 USD of the 5\.000000 USD that it may charge this month\. Have .* raise the monthly limit/,
  ],
  [
    { ...SHORT, noReload: { kind: "too-much" } },
    /auto-reload is set to charge more than can be counted\. Have more credits put in, have auto-reload charge less, or ask/,
  ],
  [{ kind: "too-much" }, /more than can be counted\. Have auto-buy buy fewer tokens, or ask/],
];

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
  ...NOT_BOUGHT.map(([notBought, sentence]): Row => {
    const refusal: Refusal = {
      kind: "balance-too-low",
      instrument: "text-prime",
      available: 10,
      needed: 20,
      notBought,
    };
    return [refusal, 402, undefined, sentence];
  }),
  [
    { kind: "tokens-on-the-way", instrument: "text-prime", tokens: 1_000_000 },
    503,
    1_000,
    /^1000000 tokens of text-prime are being bought.* nothing was run or charged/,
  ],
  [{ kind: "tokens-on-the-way", instrument: "text-prime" }, 503, 1_000, /^Tokens of text-prime are being bought/],
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
  [
    { kind: "not-found", thing: "account", id: "acme", param: "account_id" },
    404,
    undefined,
    /^There is no account "acme"\.$/,
  ],
  [{ kind: "conflict", problem: "The account is closed." }, 409, undefined, /^The account is closed\.$/],
  [
    { kind: "credits-too-low", availableMicros: 4_096, neededMicros: 12_500_000 },
    402,
    undefined,
    /needs 12\.500000 USD, 0\.004096 are available/,
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
  [{ kind: "rate-limited", problem: "Too large.", allowance: {} }, 429, undefined, /^Too large\.$/],
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
  [{ kind: "ledger-unavailable", problem: "The books are away." }, 503, 1_000, /^The books are away\.$/],
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
