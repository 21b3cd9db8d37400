/** Goal: an open thought is kept only up to a bound, and beyond it nothing is told twice or half. */
import type { InferenceEvent } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { chatCompletions, messages } from "../src/index.ts";
import { THOUGHT_CHARS_MAX, ThoughtText } from "../src/thought-text.ts";

type Json = Readonly<Record<string, unknown>>;

describe("a thought as far as it has been told", () => {
  const grown = (...texts: readonly string[]): ThoughtText => {
    const thought = new ThoughtText();
    for (const text of texts) thought.grow(text);
    return thought;
  };
  const half = "a".repeat(THOUGHT_CHARS_MAX / 2);

  test.each<[string, readonly string[], string | undefined]>([
    ["nothing", [], ""],
    ["some", ["a", "b"], "ab"],
    ["as much as is kept", [half, half], half + half],
    ["more", [half, half, "b"], undefined],
    ["more, and some more", [half, half, "b", "c"], undefined],
    ["more at once", [`${half}${half}b`], undefined],
  ])("the whole of %s", (_, texts, want) => {
    const { whole } = grown(...texts);
    expect(whole === want, `${whole?.length} characters`).toBe(true);
  });

  test.each<[string, readonly string[], string, boolean]>([
    ["nothing is nothing", [], "", true],
    ["the same", ["a", "b"], "ab", true],
    ["another", ["a", "b"], "ac", false],
    ["its beginning", ["a", "b"], "a", false],
    ["more than is kept, the same", [half, half, "b"], `${half}${half}b`, true],
    ["more than is kept, and longer", [half, half, "b"], `${half}${half}bc`, false],
    ["more than is kept, and begun otherwise", [half, half, "b"], `c${half}${half}`, false],
  ])("%s", (_, texts, text, want) => {
    expect(grown(...texts).is(text)).toBe(want);
  });
});

const LONG = ["a", "b", "c"].map((letter) => letter.repeat(THOUGHT_CHARS_MAX / 2));
const SHORT = ["a", "b", "c"];

const event = (type: string, rest: object): Buffer =>
  Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`);

/** The stream of a Messages supplier that thinks aloud and signs it. */
function signed(texts: readonly string[]): readonly Buffer[] {
  const deltas = [
    ...texts.map((thinking) => ({ type: "thinking_delta", thinking })),
    { type: "signature_delta", signature: "s" },
  ];
  return [
    event("message_start", { message: { id: "msg_1", model: "m", usage: { input_tokens: 1, output_tokens: 1 } } }),
    event("content_block_start", { index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }),
    ...deltas.map((delta) => event("content_block_delta", { index: 0, delta })),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } }),
    event("message_stop", {}),
  ];
}

test.each([
  ["is told whole beside its signature", SHORT, [{ type: "reasoning.text", index: 0, text: "abc", signature: "s" }]],
  ["that is too long to be kept is told, and its signature is not", LONG, []],
])("a thought %s", (_, texts, want) => {
  const reader = messages.supplier.readEvents();
  const writer = chatCompletions.surface.writeEvents({ showUsage: true, requestId: "req_1" });
  const events = [...signed(texts).flatMap((bytes) => reader.push(bytes)), ...reader.end()];
  const deltas = events
    .flatMap((one) => writer.write(one))
    .flatMap((one) => ("choices" in one ? one.choices.map(({ delta }) => delta as Json) : []));
  const said = deltas.map(({ reasoning_content: text }) => text ?? "").join("");
  expect(said === texts.join("")).toBe(true);
  expect(deltas.flatMap(({ reasoning_details: details }) => details ?? [])).toEqual(want);
});

test.each([
  ["short", SHORT],
  ["long", LONG],
])("what proves a thought may bring it once more, and it is told once: %s", (_, texts) => {
  const chunk = (delta: object): Buffer =>
    Buffer.from(`data: ${JSON.stringify({ id: "c", created: 1, model: "m", choices: [{ index: 0, delta }] })}\n\n`);
  const reader = chatCompletions.supplier.readEvents();
  const proof = { type: "reasoning.text", text: texts.join(""), signature: "s", index: 0 };
  const events: readonly InferenceEvent[] = [
    ...texts.flatMap((reasoning_content) => reader.push(chunk({ reasoning_content }))),
    ...reader.push(chunk({ reasoning_details: [proof] })),
  ];
  const said = events.flatMap((one) => (one.type === "reasoning-delta" ? [one.text] : [])).join("");
  expect(said.length).toBe(texts.join("").length);
  expect(events.at(-1)).toMatchObject({ type: "reasoning-signature", signature: "s" });
});
