/** Sentences in which suppliers say that a prompt is too long, as they are known to say it. */
import type { Refusal } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions } from "../src/index.ts";
import { readOverflow } from "../src/overflow.ts";

const SENTENCES: readonly (readonly [said: string, want: object])[] = [
  [
    "This model's maximum context length is 4097 tokens. However, you requested 5000 tokens (904 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
    { context: 4_097, input: 904, output: 4_096 },
  ],
  [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.",
    { context: 8_192, input: 9_000 },
  ],
  [
    "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens in the messages, Please reduce the length of the messages.",
    { context: 8_192, input: 9_000 },
  ],
  [
    "This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens. Please reduce the length of the input messages.",
    { context: 4_096, input: 5_000 },
  ],
  [
    "'max_tokens' or 'max_completion_tokens' is too large: 5000. This model's maximum context length is 4096 tokens and your request has 100 input tokens (5000 > 4096 - 100). None",
    { context: 4_096, input: 100, output: 5_000 },
  ],
  [
    "This model's maximum context length is 4096 tokens. However, you requested 100 output tokens and your prompt contains at least 3997 input tokens, for a total of at least 4097 tokens.",
    { context: 4_096, input: 3_997, output: 100 },
  ],
  [
    "The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.",
    { context: 4_096, input: 5_000 },
  ],
  [
    "This endpoint's maximum context length is 65,536 tokens. However, you requested about 70,000 tokens (60,000 of text input, 10,000 in the output). Please reduce the length of either one.",
    { context: 65_536, input: 60_000, output: 10_000 },
  ],
  [
    "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it",
    { context: 4_096, input: 5_000 },
  ],
  ["the request exceeds the available context size (4096 tokens), try increasing it", { context: 4_096 }],
  ["the request exceeds the available context size. try increasing the context size or enable context shift", {}],
  [
    "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 5000 tokens: 4000 tokens from the input messages and 1000 tokens for the completion.",
    { context: 4_096, input: 4_000, output: 1_000 },
  ],
  [
    "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
    { context: 4_096, input: 5_000 },
  ],
  [
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 1000 `max_new_tokens`",
    { context: 4_096, input: 4_000, output: 1_000 },
  ],
  [
    "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
    { context: 32_768, input: 40_000 },
  ],
  [
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    { context: 1_048_576, input: 1_200_000 },
  ],
  ["prompt is too long: 210000 tokens > 200000 maximum", { context: 200_000, input: 210_000 }],
  [
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again",
    { context: 200_000, input: 190_000, output: 20_000 },
  ],
  ["Prompt is too long", {}],
];

describe("E02 a prompt that is too long", () => {
  test.each(SENTENCES)("%s", (message, want) => {
    expect(readOverflow({ message })).toEqual(want);
  });

  test.each([
    ["max_tokens must be at most 4096"],
    ["Rate limit reached: 40000 tokens per minute"],
    ["messages: roles must alternate"],
    [""],
  ])("%s is about something else", (message) => {
    expect(readOverflow({ message })).toBeUndefined();
  });

  test("the word alone tells it", () => {
    expect(readOverflow({ code: "context_length_exceeded", message: "No." })).toEqual({});
    expect(readOverflow({ type: "exceed_context_size_error", message: "No." })).toEqual({});
  });

  test("a long page takes no long look", () => {
    const page = "maximum context length is 4096 tokens ".repeat(50_000);
    const before = performance.now();
    readOverflow({ message: page });
    expect(performance.now() - before).toBeLessThan(200);
  });
});

function read(status: number, error: object) {
  return chatCompletions.supplier.readRefusal(status, {}, JSON.stringify({ error }));
}

describe("failures that mean something", () => {
  const message = "This model's maximum context length is 10 tokens. However, your messages resulted in 12 tokens.";

  test("E02 a supplier's refusal of a long prompt has its counts and is the caller's", () => {
    expect(read(400, { message, code: "context_length_exceeded" })).toMatchObject({
      caller: true,
      overflow: { context: 10, input: 12 },
    });
    expect(read(500, { message })).toMatchObject({ caller: true, overflow: { context: 10, input: 12 } });
  });

  test("E02 a limit on tokens per minute is none on the prompt", () => {
    expect(read(429, { message })).not.toHaveProperty("overflow");
  });

  test.each([
    [429, { type: "rate_limit_error" }, true],
    [503, {}, true],
    [529, {}, true],
    [500, { type: "overloaded_error" }, true],
    [400, { code: "rate_limit_exceeded" }, true],
    [429, { type: "insufficient_quota" }, undefined],
    [429, { type: "requests", code: "insufficient_quota" }, undefined],
    [500, { type: "server_error" }, undefined],
    [400, {}, undefined],
  ])("E03 status %d with %j is too busy: %s", (status, error, want) => {
    expect(read(status, { message: "x", ...error }).overloaded).toBe(want);
  });

  test("E03 E02 the same within a 200 and within a stream", () => {
    const said = (error: object) => chatCompletions.supplier.readAnswer({ error });
    expect(said({ message: "x", type: "overloaded_error" })).toMatchObject({ overloaded: true });
    expect(said({ message: "x", code: 529 })).toMatchObject({ status: 529, overloaded: true });
    expect(said({ message })).toMatchObject({ overflow: { context: 10, input: 12 } });
  });
});

describe("the same as callers of Chat Completions read it", () => {
  const refused = (overflow: object, message: string): Refusal => ({
    kind: "supplier-refused",
    supplier: "a",
    failure: { status: 400, message, caller: true, overflow },
  });

  test.each([
    [
      "E02 the counts of another format are told in this one's sentence",
      refused({ context: 200_000, input: 210_000 }, "prompt is too long: 210000 tokens > 200000 maximum"),
      "This model's maximum context length is 200000 tokens. However, your messages resulted in 210000 tokens. Please reduce the length of the messages.",
    ],
    [
      "E02 with the answer's share",
      refused({ context: 200_000, input: 190_000, output: 20_000 }, "input length and `max_tokens` exceed"),
      "This model's maximum context length is 200000 tokens. However, you requested 210000 tokens (190000 in the messages, 20000 in the completion). Please reduce the length of the messages or completion.",
    ],
    ["E02 without counts the supplier's own words stand", refused({}, "No."), "No."],
  ] as const)("%s", (_name, refusal, message) => {
    const { error } = chatCompletions.surface.writeRefusal(refusal, "req_1") as { readonly error: object };
    expect(error).toEqual({
      message,
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    });
  });

  test("E02 one that no supplier of the instrument can read", () => {
    const refusal: Refusal = {
      kind: "prompt-too-long",
      instrument: "text-prime",
      tokens: 9,
      contextTokens: 8,
      excluded: [],
    };
    expect(chatCompletions.surface.writeRefusal(refusal, "req_1")).toMatchObject({
      error: {
        message: expect.stringContaining("maximum context length is 8 tokens"),
        param: "messages",
        code: "context_length_exceeded",
      },
    });
  });

  test("Q23 Q29 what nobody can honour is named, by the caller's own word", () => {
    const write = (features: readonly string[], bonds: readonly string[]) =>
      chatCompletions.surface.writeRefusal(
        { kind: "feature-unsupported", features, bonds, excluded: [] } as never,
        "r",
      );
    expect(write(["several-answers"], [])).toMatchObject({ error: { param: "n", code: "unsupported_parameter" } });
    expect(write([], ["tool_choice"])).toMatchObject({ error: { param: "tool_choice" } });
  });

  test("E03 too busy a supplier", () => {
    expect(chatCompletions.surface.writeRefusal({ kind: "supplier-overloaded", attempts: [] }, "r")).toMatchObject({
      error: { type: "overloaded_error", code: "supplier_overloaded" },
    });
  });
});
