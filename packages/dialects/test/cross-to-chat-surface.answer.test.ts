/** Whole answers of Messages suppliers as callers of Chat Completions read them. */
import { chatCompletions as contract } from "@interchange/contract";
import { isFailure } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, messages } from "../src/index.ts";

function cross(answer: object): Record<string, unknown> & { choices: Record<string, unknown>[] } {
  const read = messages.supplier.readAnswer({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "owl-4",
    content: [{ type: "text", text: "Hi" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
    ...answer,
  });
  if (isFailure(read)) throw new Error(read.message);
  const written = JSON.parse(JSON.stringify(chatCompletions.surface.writeAnswer(read)));
  const valid = contract.validators.createChatCompletion.responses[200];
  expect(valid(written) ? null : valid.errors).toBe(null);
  return written;
}

type Row = readonly [name: string, given: object, choice: object];

const HI = { role: "assistant", content: "Hi" };
const text = (said: string) => ({ type: "text", text: said });
const use = { type: "tool_use", id: "toolu_1", name: "f", input: { city: "Paris" } };
const call = { id: "toolu_1", type: "function", function: { name: "f", arguments: '{"city":"Paris"}' } };
const thinking = { type: "thinking", thinking: "hm", signature: "sig" };

const CHOICES: readonly Row[] = [
  ["R01 end_turn", {}, { message: HI, finish_reason: "stop" }],
  ["R01 max_tokens", { stop_reason: "max_tokens" }, { message: HI, finish_reason: "length" }],
  [
    "R01 model_context_window_exceeded",
    { stop_reason: "model_context_window_exceeded" },
    { message: HI, finish_reason: "length", native_finish_reason: "model_context_window_exceeded" },
  ],
  [
    "R01 pause_turn is a stop, and says that it was one",
    { stop_reason: "pause_turn" },
    { message: HI, finish_reason: "stop", native_finish_reason: "pause_turn" },
  ],
  [
    "R03 stop_sequence names the text",
    { stop_reason: "stop_sequence", stop_sequence: "END" },
    { message: HI, finish_reason: "stop", stop_reason: "END" },
  ],
  ["an unknown word", { stop_reason: "tired" }, { message: HI, finish_reason: "stop", native_finish_reason: "tired" }],
  [
    "R04 several texts are one, and the text before a call is kept",
    { content: [text("a"), text("b"), use], stop_reason: "tool_use" },
    { message: { role: "assistant", content: "ab", tool_calls: [call] }, finish_reason: "tool_calls" },
  ],
  [
    "R05 S29 a call without arguments has an empty object",
    { content: [{ ...use, input: {} }], stop_reason: "tool_use" },
    {
      message: {
        role: "assistant",
        content: null,
        tool_calls: [{ ...call, function: { name: "f", arguments: "{}" } }],
      },
      finish_reason: "tool_calls",
    },
  ],
  [
    "R07 thoughts under the contract's name, with what proves them beside it",
    { content: [thinking, { type: "redacted_thinking", data: "x" }, text("Hi")] },
    {
      message: {
        ...HI,
        reasoning_content: "hm",
        reasoning_details: [
          { type: "reasoning.text", index: 0, text: "hm", signature: "sig" },
          { type: "reasoning.encrypted", index: 1, data: "x" },
        ],
      },
      finish_reason: "stop",
    },
  ],
  [
    "S39 blocks of the supplier's own tools are no text",
    {
      content: [
        { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
        { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
        { type: "hologram", secret: 1 },
        text("Hi"),
      ],
    },
    { message: HI, finish_reason: "stop" },
  ],
];

describe("Messages answers to callers of Chat Completions", () => {
  test.each(CHOICES)("%s", (_name, given, choice) => {
    expect(cross(given).choices).toEqual([{ index: 0, ...choice }]);
  });

  test("R02 declining is content_filter", () => {
    expect(cross({ stop_reason: "refusal" }).choices[0]).toMatchObject({ finish_reason: "content_filter" });
  });

  test("R06 id, model and time", () => {
    const { choices: _choices, usage: _usage, ...head } = cross({});
    expect(head).toEqual({ id: "chatcmpl-1", object: "chat.completion", created: 0, model: "owl-4" });
  });

  test("U01 U03 what was read from a cache is within prompt_tokens, thinking within completion_tokens", () => {
    const usage = {
      input_tokens: 5,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 3,
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 7 },
    };
    expect(cross({ usage })["usage"]).toEqual({
      prompt_tokens: 28,
      completion_tokens: 9,
      total_tokens: 37,
      prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 7 },
    });
  });

  test("R07 what callers give back is what the supplier told, in its order", () => {
    const [choice] = cross({ content: [thinking, { type: "redacted_thinking", data: "x" }, text("Hi"), use] }).choices;
    const body = { model: "m", max_tokens: 9, messages: [{ role: "user", content: "hi" }, choice?.["message"]] };
    const request = chatCompletions.surface.readRequest(body as never);
    expect(request.messages[1]?.content).toMatchObject([
      { type: "reasoning", text: "hm", signature: "sig" },
      { type: "reasoning", text: "", redacted: "x" },
      { type: "text", text: "Hi" },
      { type: "tool-call", callId: "toolu_1", name: "f", input: '{"city":"Paris"}' },
    ]);
  });
});
