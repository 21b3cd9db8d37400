/** Refusals in both envelopes, and those of suppliers as failures. */
import { explain, type Refusal } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, type Dialect, dialects, messages } from "../src/index.ts";

const REQUEST_ID = "req_1";

type WriteRow = readonly [kind: string, refusal: Refusal, chat: object, message: string];

const WRITTEN: readonly WriteRow[] = [
  [
    "a wrong value names its parameter",
    { kind: "request-invalid", fault: "value", param: "temperature", problem: "must be <= 2" },
    { type: "invalid_request_error", param: "temperature", code: "invalid_value" },
    "invalid_request_error",
  ],
  [
    "a wrong body names none",
    { kind: "request-invalid", fault: "shape", param: "", problem: "must be an object" },
    { type: "invalid_request_error", param: null, code: "invalid_value" },
    "invalid_request_error",
  ],
  [
    "an empty balance has another word on each surface",
    { kind: "balance-too-low", instrument: "text-prime", available: 1, needed: 2 },
    { type: "insufficient_quota", param: null, code: "insufficient_quota" },
    "billing_error",
  ],
  [
    "a thing that is not there is named by the parameter of its id",
    { kind: "not-found", thing: "purchase", id: "pur_1", param: "purchase_id" },
    { type: "not_found_error", param: "purchase_id", code: "not_found" },
    "not_found_error",
  ],
  [
    "a conflict names what it is about",
    { kind: "conflict", problem: "It was used.", param: "reference" },
    { type: "conflict", param: "reference", code: "conflict" },
    "conflict",
  ],
  [
    "a conflict about nothing in particular",
    { kind: "conflict", problem: "The account is closed." },
    { type: "conflict", param: null, code: "conflict" },
    "conflict",
  ],
  [
    "credits are told like an empty balance",
    { kind: "credits-too-low", availableMicros: 1, neededMicros: 2 },
    { type: "insufficient_quota", param: null, code: "insufficient_quota" },
    "billing_error",
  ],
  [
    "a supplier's 413 is the caller's 413",
    { kind: "supplier-refused", supplier: "a", failure: { status: 413, message: "Too large.", caller: true } },
    { type: "request_too_large", param: null, code: "supplier_refused" },
    "request_too_large",
  ],
  [
    "E02 a supplier's words reach the caller unchanged",
    {
      kind: "supplier-refused",
      supplier: "a",
      failure: { status: 400, message: "input length and `max_tokens` exceed context limit: 1 + 2 > 2", caller: true },
    },
    { type: "invalid_request_error", param: null, code: "supplier_refused" },
    "invalid_request_error",
  ],
];

describe("refusals as callers read them", () => {
  test.each(WRITTEN)("E01 %s", (_name, refusal, chat, type) => {
    const message = explain(refusal);
    const errors = { detail: message };
    expect(chatCompletions.surface.writeRefusal(refusal, REQUEST_ID)).toEqual({ error: { message, ...chat }, errors });
    expect(messages.surface.writeRefusal(refusal, REQUEST_ID)).toEqual({
      type: "error",
      error: { type, message },
      request_id: REQUEST_ID,
      errors,
    });
  });
});

interface Given {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

type ReadRow = readonly [name: string, given: Given, want: object];

const ANY: readonly ReadRow[] = [
  [
    "empty",
    { status: 500, body: "" },
    { status: 500, message: "The supplier answered with status 500", caller: false },
  ],
  [
    "a page is not repeated",
    { status: 502, body: "<html><body><h1>Bad Gateway</h1></body></html>" },
    { status: 502, message: "The supplier answered with status 502", caller: false },
  ],
  [
    "a short text",
    { status: 500, body: "Internal Server Error\n" },
    { status: 500, message: "Internal Server Error", caller: false },
  ],
  [
    "a long text",
    { status: 500, body: "x".repeat(300) },
    { status: 500, message: "The supplier answered with status 500", caller: false },
  ],
  [
    "an error as a text",
    { status: 422, body: { error: "too long" } },
    { status: 422, message: "too long", caller: true },
  ],
  [
    "FastAPI's detail",
    { status: 422, body: { detail: [{ loc: ["body"], msg: "field required" }] } },
    { status: 422, message: "field required", caller: true },
  ],
  ["a bare message", { status: 400, body: { message: "no" } }, { status: 400, message: "no", caller: true }],
  [
    "Gemini's list",
    { status: 400, body: [{ error: { code: 400, message: "no" } }] },
    { status: 400, message: "no", caller: true },
  ],
  [
    "E10 a missing path or model is not the caller's",
    { status: 404, body: { error: { message: "no model" } } },
    { status: 404, message: "no model", caller: false },
  ],
  [
    "our credential is not told",
    { status: 401, body: { error: { message: "Incorrect API key provided: sk-abc" } } },
    { status: 401, message: "The supplier refused the gateway's credential", caller: false },
  ],
  ["413", { status: 413, body: { error: { message: "big" } } }, { status: 413, message: "big", caller: true }],
  [
    "E14 408",
    { status: 408, body: "" },
    { status: 408, message: "The supplier answered with status 408", caller: false, timeout: true },
  ],
  [
    "E14 504",
    { status: 504, body: "" },
    { status: 504, message: "The supplier answered with status 504", caller: false, timeout: true },
  ],
  [
    "E04 retry-after in seconds",
    { status: 429, headers: { "retry-after": "2" }, body: { message: "slow" } },
    { status: 429, message: "slow", caller: false, retryAfterMs: 2_000, overloaded: true },
  ],
  [
    "E04 retry-after-ms wins",
    { status: 429, headers: { "retry-after": "2", "retry-after-ms": "150" }, body: { message: "slow" } },
    { status: 429, message: "slow", caller: false, retryAfterMs: 150, overloaded: true },
  ],
  ...["", " "].map(
    (nothing): ReadRow => [
      `E04 retry-after-ms that says ${JSON.stringify(nothing)} says nothing`,
      { status: 429, headers: { "retry-after": "2", "retry-after-ms": nothing }, body: { message: "slow" } },
      { status: 429, message: "slow", caller: false, retryAfterMs: 2_000, overloaded: true },
    ],
  ),
  [
    "E04 retry-after as a date, by the supplier's own clock",
    {
      status: 503,
      headers: { "retry-after": "Mon, 23 Nov 2026 10:00:05 GMT", date: "Mon, 23 Nov 2026 10:00:00 GMT" },
      body: { message: "slow" },
    },
    { status: 503, message: "slow", caller: false, retryAfterMs: 5_000, overloaded: true },
  ],
  [
    "a date that is over",
    { status: 503, headers: { "retry-after": "Mon, 23 Nov 2020 10:00:05 GMT" }, body: { message: "slow" } },
    { status: 503, message: "slow", caller: false, retryAfterMs: 0, overloaded: true },
  ],
  [
    "a retry-after that says nothing",
    { status: 503, headers: { "retry-after": "soon" }, body: { message: "slow" } },
    { status: 503, message: "slow", caller: false, overloaded: true },
  ],
];

const OWN: Readonly<Record<string, readonly ReadRow[]>> = {
  "chat-completions": [
    [
      "the envelope",
      { status: 400, body: { error: { message: "Bad `n`.", type: "invalid_request_error", param: "n", code: null } } },
      { status: 400, type: "invalid_request_error", message: "Bad `n`.", caller: true },
    ],
    [
      "vLLM's",
      { status: 400, body: { object: "error", message: "too long", type: "BadRequestError", code: 400 } },
      { status: 400, type: "BadRequestError", message: "too long", caller: true },
    ],
    [
      "our quota under a status that blames the request",
      { status: 400, body: { error: { message: "Quota.", type: "insufficient_quota" } } },
      { status: 400, type: "insufficient_quota", message: "Quota.", caller: false },
    ],
  ],
  messages: [
    [
      "the envelope",
      { status: 529, body: { type: "error", error: { type: "overloaded_error", message: "Overloaded" } } },
      { status: 529, type: "overloaded_error", message: "Overloaded", caller: false, overloaded: true },
    ],
    [
      "our account under a status that blames the request",
      {
        status: 400,
        body: {
          type: "error",
          error: { type: "invalid_request_error", message: "Your credit balance is too low to access the API." },
        },
      },
      {
        status: 400,
        type: "billing_error",
        message: "Your credit balance is too low to access the API.",
        caller: false,
      },
    ],
  ],
};

describe.each(Object.entries<Dialect<never>>(dialects))("refusals as %s suppliers give them", (name, dialect) => {
  test.each([...ANY, ...(OWN[name] ?? [])])("%s", (_name, { status, headers = {}, body }, want) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    expect(dialect.supplier.readRefusal(status, headers, text)).toEqual(want);
  });

  test.each([[null], ["x"], [[]], [{}], [{ error: { message: "boom" } }], [{ choices: [], content: "x" }]])(
    "a 200 that is no answer: %j",
    (body) => {
      const failure = dialect.supplier.readAnswer(body);
      expect(failure).toMatchObject({ caller: false, message: expect.stringMatching(/no answer|boom/) });
    },
  );
});

test.each([
  [{ finish_reason: "error" }, "The supplier gave up on its answer"],
  [{ finish_reason: "error", error: { code: 502, message: "The model went away" } }, "The model went away"],
])("S19 a whole answer that ended in an error is a failure: %j", (choice, message) => {
  const said = { id: "c", model: "m", choices: [{ index: 0, message: { content: "" }, ...choice }] };
  expect(dialects["chat-completions"].supplier.readAnswer(said)).toMatchObject({ message, caller: false });
});
