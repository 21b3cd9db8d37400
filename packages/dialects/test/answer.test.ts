/** Whole answers of suppliers that stray from the format: read leniently, written in contract. */
import { chatCompletions as chatContract, messages as messagesContract } from "@interchange/contract";
import { type InferenceAnswer, isFailure } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, type Dialect, messages } from "../src/index.ts";

type Row = readonly [name: string, given: object, want: object];

function rewrite(dialect: Dialect<never>, given: object): unknown {
  const answer = dialect.supplier.readAnswer(given);
  if (isFailure(answer)) throw new Error(answer.message);
  return JSON.parse(JSON.stringify(dialect.surface.writeAnswer(answer)));
}

function only(dialect: Dialect<never>, given: object): InferenceAnswer {
  return dialect.supplier.readAnswer(given) as InferenceAnswer;
}

function chat(message: object, choice: object = {}): object {
  return { id: "c", model: "m", created: 1, choices: [{ index: 0, message, ...choice }] };
}

function written(message: object, choice: object = {}): object {
  return { message: { role: "assistant", content: null, ...message }, finish_reason: "stop", ...choice };
}

const CALL = { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } };

const CHAT: readonly Row[] = [
  ["no usage, no finish", chat({ content: "Hi" }), written({ content: "Hi" })],
  ["S12 an empty finish", chat({ content: "Hi" }, { finish_reason: "" }), written({ content: "Hi" })],
  [
    "an unknown finish is named beside ours",
    chat({ content: "Hi" }, { finish_reason: "eos" }),
    written({ content: "Hi" }, { native_finish_reason: "eos" }),
  ],
  [
    "arguments as an object, no type",
    chat({ tool_calls: [{ id: "a", function: { name: "f", arguments: { x: 1 } } }] }),
    written({ tool_calls: [CALL] }, { finish_reason: "tool_calls" }),
  ],
  [
    "a named tool ends with stop",
    chat({ tool_calls: [CALL] }, { finish_reason: "stop" }),
    written({ tool_calls: [CALL] }),
  ],
  [
    "content as parts",
    chat({
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    }),
    written({ content: "ab" }),
  ],
  [
    "R07 `reasoning` has the contract's name too",
    chat({ content: "Hi", reasoning: "hm" }),
    written({ content: "Hi", reasoning: "hm", reasoning_content: "hm" }),
  ],
  [
    "arguments and name as null",
    chat({ tool_calls: [{ id: "a", function: { name: null, arguments: null } }] }),
    written(
      { tool_calls: [{ id: "a", type: "function", function: { name: "", arguments: "{}" } }] },
      { finish_reason: "tool_calls" },
    ),
  ],
  [
    "what is not of its kind",
    chat({ content: "Hi", annotations: "x", refusal: 7 }, { logprobs: "no" }),
    written({ content: "Hi" }),
  ],
  [
    "R07 thoughts in pieces are told under the contract's name too",
    chat({
      content: "Hi",
      reasoning_details: [
        { type: "reasoning.text", text: "hm", signature: "s", format: "x", index: 0 },
        { type: "reasoning.encrypted", data: "d", id: "r1" },
      ],
    }),
    written({
      content: "Hi",
      reasoning_content: "hm",
      reasoning_details: [
        { type: "reasoning.text", text: "hm", signature: "s", format: "x", index: 0 },
        { type: "reasoning.encrypted", data: "d", id: "r1" },
      ],
    }),
  ],
  [
    "pieces of an unknown kind are carried as they are",
    chat({ content: "Hi", reasoning_details: [{ type: "reasoning.dream", text: "hm" }] }),
    written({ content: "Hi", reasoning_details: [{ type: "reasoning.dream", text: "hm" }] }),
  ],
  ["no index", { ...chat({}), choices: [{ message: { content: "Hi" } }] }, written({ content: "Hi" })],
];

describe("chat-completions answers", () => {
  test.each(CHAT)("%s", (_name, given, want) => {
    const answer = rewrite(chatCompletions, given) as { readonly choices: readonly object[] };
    expect(answer.choices).toEqual([{ index: 0, ...want }]);
    expect(chatContract.validators.createChatCompletion.responses[200](answer)).toBe(true);
  });

  test.each([[[-1, 1.5]], [[3, 300]], [[1, 1]], [["0", null]]])(
    "choices numbered %j are counted in their order",
    (numbers) => {
      const choices = numbers.map((index) => ({ index, message: { content: "Hi" }, finish_reason: "stop" }));
      expect(only(chatCompletions, { ...chat({}), choices }).choices.map(({ index }) => index)).toEqual([0, 1]);
    },
  );

  test.each([5, true, ["x"]])("a fingerprint %j is none", (system_fingerprint) => {
    const answer = rewrite(chatCompletions, { ...chat({ content: "Hi" }), system_fingerprint, x_own: 5 });
    expect(answer).not.toHaveProperty("system_fingerprint");
    expect(answer).toHaveProperty("x_own", 5);
  });

  test("S10 a call of a tool is the reason, whatever the supplier says", () => {
    const { choices } = only(chatCompletions, chat({ tool_calls: [CALL] }, { finish_reason: "stop" }));
    expect(choices[0]?.finish).toEqual({ reason: "tool-use", raw: "stop" });
  });

  test.each([
    ["R02 declining is the reason", chat({ refusal: "No." }, { finish_reason: "stop" }), { reason: "content-filter" }],
    [
      "R03 the text that stopped it",
      chat({ content: "Hi" }, { finish_reason: "stop", stop_reason: "END" }),
      { reason: "stop-sequence", stopSequence: "END" },
    ],
    [
      "R01 another server's word for a filter",
      chat({ content: "Hi" }, { finish_reason: "refusal" }),
      { reason: "content-filter" },
    ],
    [
      "R01 another server's word for the limit",
      chat({ content: "Hi" }, { finish_reason: "model_length" }),
      { reason: "length" },
    ],
  ])("%s", (_name, given, want) => {
    expect(only(chatCompletions, given).choices[0]?.finish).toMatchObject(want);
  });

  test("Q15 thoughts in pieces have their words, for other formats", () => {
    const details = [
      { type: "reasoning.summary", summary: "in short" },
      { type: "reasoning.text", text: "hm", signature: "s" },
      { type: "reasoning.encrypted", data: "d" },
    ];
    expect(
      only(chatCompletions, chat({ content: "Hi", reasoning_details: details })).choices[0]?.content,
    ).toMatchObject([
      { type: "reasoning", text: "in short" },
      { type: "reasoning", text: "hm", signature: "s" },
      { type: "reasoning", text: "", redacted: "d" },
      { type: "text", text: "Hi" },
    ]);
  });

  test.each([
    [
      "U01 cached input is within prompt_tokens",
      { prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } },
      { input: 6, cacheRead: 4, output: 2 },
    ],
    [
      "U03 thinking is within completion_tokens",
      { prompt_tokens: 1, completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 7 } },
      { output: 9, reasoning: 7 },
    ],
    [
      "U03 thinking beside completion_tokens, as only the total tells",
      {
        prompt_tokens: 1,
        completion_tokens: 2,
        total_tokens: 10,
        completion_tokens_details: { reasoning_tokens: 7 },
      },
      { output: 9, reasoning: 7 },
    ],
    [
      "U03 more thinking than there is",
      { prompt_tokens: 1, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 7 } },
      { output: 2, reasoning: 2 },
    ],
    [
      "more cached than there is",
      { prompt_tokens: 3, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 5 } },
      { input: 0, cacheRead: 3 },
    ],
    ["nulls", { prompt_tokens: null, completion_tokens: 1, prompt_tokens_details: null }, { input: 0, output: 1 }],
  ])("usage: %s", (_name, usage, want) => {
    expect(only(chatCompletions, { ...chat({ content: "Hi" }), usage }).usage).toMatchObject(want);
    const answer = rewrite(chatCompletions, { ...chat({ content: "Hi" }), usage });
    expect(chatContract.validators.createChatCompletion.responses[200](answer)).toBe(true);
  });
});

describe("what is too deep, or too large for a number, is left out", () => {
  const ODD = [
    `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    `${'{"0":'.repeat(100_000)}1${"}".repeat(100_000)}`,
    "[[1e999]]",
  ];

  test.each(ODD.map((odd) => [odd.slice(0, 10), odd]))("%s", (_name, odd) => {
    const chatty = `{"choices":[{"message":{"content":"Hi","x":${odd}},"x":${odd}}],"x":${odd}}`;
    const { choices, ...beside } = rewrite(chatCompletions, JSON.parse(chatty)) as { readonly choices: unknown };
    expect(choices).toEqual([{ index: 0, ...written({ content: "Hi" }) }]);
    expect(beside).not.toHaveProperty("x");
    const wordy = `{"content":[{"type":"x","y":${odd}},{"type":"text","text":"Hi","x":${odd}}],"x":${odd}}`;
    const message = rewrite(messages, JSON.parse(wordy));
    expect(message).toHaveProperty("content", [{ type: "text", text: "Hi" }]);
    expect(message).not.toHaveProperty("x");
  });

  test.each(ODD.map((odd) => [odd.slice(0, 10), odd]))("and as arguments kept whole: %s", (_name, odd) => {
    const text = `{"a":${odd}}`;
    const calls = [{ id: "c1", type: "function", function: { name: "f", arguments: text } }];
    const answer = chatCompletions.supplier.readAnswer(chat({ content: null, tool_calls: calls }));
    if (isFailure(answer)) throw new Error(answer.message);
    const written = JSON.parse(JSON.stringify(messages.surface.writeAnswer(answer))) as { readonly content: unknown };
    expect(written.content).toEqual([{ type: "tool_use", id: "c1", name: "f", input: { INVALID_JSON: text } }]);
  });
});

const MESSAGES: readonly Row[] = [
  ["no stop_reason", { content: [] }, { content: [], stop_reason: null, stop_sequence: null }],
  ["an unknown stop_reason", { content: [], stop_reason: "tired" }, { content: [], stop_reason: "end_turn" }],
  ["an id without its prefix", { id: "chat-1", content: [] }, { id: "msg_chat-1" }],
  [
    "citations that are none",
    { content: [{ type: "text", text: "Hi", citations: "no", x_own: 1 }] },
    { content: [{ type: "text", text: "Hi", x_own: 1 }] },
  ],
  [
    "blocks that are none",
    { content: [{ type: "image" }, { type: "tool_use", id: "", name: "" }, { type: "text", text: "Hi" }] },
    { content: [{ type: "text", text: "Hi" }] },
  ],
  [
    "S29 a call without input",
    { content: [{ type: "tool_use", id: "t", name: "f" }] },
    { content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
  ],
];

describe("messages answers", () => {
  test.each(MESSAGES)("%s", (_name, given, want) => {
    const answer = rewrite(messages, given);
    expect(answer).toMatchObject(want);
    expect(messagesContract.validators.createMessage.responses[200](answer)).toBe(true);
  });

  test.each([
    [
      "U01 cached input is beside input_tokens",
      { input_tokens: 6, output_tokens: 2, cache_read_input_tokens: 4 },
      { input: 6, cacheRead: 4, output: 2 },
    ],
    [
      "U02 writes for five minutes and for an hour",
      {
        input_tokens: 1,
        output_tokens: 1,
        cache_creation_input_tokens: 9,
        cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 7 },
      },
      { cacheWrite5m: 2, cacheWrite1h: 7 },
    ],
    [
      "writes whose life is not told",
      { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 9 },
      { cacheWrite5m: 9, cacheWrite1h: 0 },
    ],
    [
      "U03 thinking is within output_tokens",
      { input_tokens: 1, output_tokens: 9, output_tokens_details: { thinking_tokens: 7 } },
      { output: 9, reasoning: 7 },
    ],
    ["nulls", { input_tokens: null, output_tokens: 1, cache_creation: null }, { input: 0, output: 1 }],
  ])("usage: %s", (_name, usage, want) => {
    expect(only(messages, { content: [], usage }).usage).toMatchObject(want);
    const answer = rewrite(messages, { content: [], usage });
    expect(messagesContract.validators.createMessage.responses[200](answer)).toBe(true);
  });
});
