/** Goal: thinking goes back to whoever thought it, byte for byte, and to nobody else who would check it. */
import {
  fold,
  type InferenceAnswer,
  type InferenceEvent,
  type InferenceRequest,
  type Message,
  NO_USAGE,
  type Part,
  type Reasoning,
} from "@interchange/inference";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { marking, withOwnThinking } from "../src/provenance.ts";

type Thought = Extract<Part, { type: "reasoning" }>;

const texts = fc.string({ maxLength: 12, unit: "grapheme" });
const proofs = fc.oneof(
  texts.filter((text) => text !== ""),
  fc.constant("ix1.AAAAAAAAAA.nested"),
  fc.base64String({ minLength: 4 }),
);
const thoughts: fc.Arbitrary<Thought> = fc.oneof(
  texts.map((text) => ({ type: "reasoning", text }) as const),
  fc.tuple(texts, proofs).map(([text, signature]) => ({ type: "reasoning", text, signature }) as const),
  fc.oneof(proofs, fc.constant("")).map((redacted) => ({ type: "reasoning", text: "", redacted }) as const),
);
const parts: fc.Arbitrary<Part> = fc.oneof(
  thoughts,
  texts.map((text) => ({ type: "text", text }) as const),
  texts.map((callId) => ({ type: "tool-call", callId, name: "look", input: "{}" }) as const),
);
const contents = fc.array(parts, { maxLength: 6 });
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 2, maxLength: 2 });

const answerOf = (content: readonly Part[]): InferenceAnswer => ({
  id: "a",
  model: "m",
  choices: [{ index: 0, content, finish: { reason: "stop", raw: "stop" } }],
  usage: NO_USAGE,
});
const requestOf = (...contents: readonly (readonly Part[])[]): InferenceRequest => ({
  messages: contents.map((content) => ({ role: "assistant", content })),
  stream: false,
  showUsage: false,
});
const toldBy = (supplier: string, content: readonly Part[]): readonly Part[] =>
  (marking(supplier).answer(answerOf(content)).choices[0] as { content: readonly Part[] }).content;
const givenBack = (content: readonly Part[], name: string, verifies: boolean): readonly Part[] =>
  withOwnThinking(requestOf(content), { name, verifies }).messages.flatMap((message) => message.content);
const isThought = (part: Part): boolean => part.type === "reasoning";

/** The steps in which a stream tells these parts. */
function eventsOf(content: readonly Part[]): readonly InferenceEvent[] {
  return content.flatMap((part, index): readonly InferenceEvent[] => {
    const place = { choice: 0, part: index };
    if (part.type !== "reasoning") return [];
    return [
      { type: "reasoning-start", ...place, ...(part.redacted === undefined ? {} : { redacted: part.redacted }) },
      ...(part.text === "" ? [] : [{ type: "reasoning-delta", ...place, text: part.text } as const]),
      ...(part.signature === undefined
        ? []
        : [{ type: "reasoning-signature", ...place, signature: part.signature } as const]),
      { type: "reasoning-end", ...place },
    ];
  });
}

describe("laws", () => {
  test("Q13 what a supplier told comes back to it byte for byte, in its place, whether or not it checks", () => {
    fc.assert(
      fc.property(contents, names, fc.boolean(), (content, [own], verifies) => {
        expect(givenBack(toldBy(own as string, content), own as string, verifies)).toEqual(content);
      }),
    );
  });

  test("Q14 what another supplier told is never sent, and all else stays in its order", () => {
    fc.assert(
      fc.property(contents, names, fc.boolean(), (content, [own, other], verifies) => {
        const told = toldBy(own as string, content);
        expect(givenBack(told, other as string, verifies)).toEqual(content.filter((part) => !isThought(part)));
      }),
    );
  });

  test("Q14 what nobody marked is never sent to one that checks, and nothing that is signed to anybody", () => {
    fc.assert(
      fc.property(contents, names, fc.boolean(), (content, [own], verifies) => {
        const kept = givenBack(content, own as string, verifies).filter(isThought) as readonly Thought[];
        const unsigned = (content.filter(isThought) as readonly Thought[]).filter(
          (part) => !part.signature && part.redacted === undefined,
        );
        expect(kept).toEqual(verifies ? [] : unsigned);
      }),
    );
  });

  test("Q15 a stream is marked as the whole answer is", () => {
    fc.assert(
      fc.property(fc.array(thoughts, { maxLength: 5 }), names, (content, [own]) => {
        const { event } = marking(own as string);
        const start: InferenceEvent = { type: "start", id: "a", model: "m" };
        const ends: readonly InferenceEvent[] = [
          { type: "finish", choice: 0, finish: { reason: "stop", raw: "stop" } },
          { type: "end" },
        ];
        const told = [start, ...eventsOf(content), ...ends].flatMap((one) => event(one));
        expect(fold(told)).toMatchObject({ choices: [{ content: toldBy(own as string, content) }] });
      }),
    );
  });
});

test("Q13 a mark tells a caller nothing of the supplier, and the same each time", () => {
  const [thought] = toldBy("north", [{ type: "reasoning", text: "Hm.", signature: "sig" }]) as readonly Thought[];
  expect(thought?.signature).toMatch(/^ix1\.[A-Za-z0-9_-]{10}\.sig$/);
  expect(thought?.signature).not.toContain("north");
  expect(toldBy("north", [{ type: "reasoning", text: "Hm.", signature: "sig" }])).toEqual([thought]);
});

const ASKED: Message = { role: "user", content: [{ type: "text", text: "How far?" }] };
const RESULT: Message = {
  role: "user",
  content: [{ type: "tool-result", callId: "a", isError: false, content: [{ type: "text", text: "7" }] }],
};
const OWN = toldBy("south", [{ type: "reasoning", text: "Hm.", signature: "sig" }]);
const worked = (thoughts: readonly Part[]): Message => ({
  role: "assistant",
  content: [...thoughts, { type: "tool-call", callId: "a", name: "look", input: "{}" }],
});

describe("what is left", () => {
  const foreign = toldBy("north", [{ type: "reasoning", text: "Hm.", signature: "sig" }]);

  test("Q14 a turn of which nothing is left goes with it; one that was empty before stays", () => {
    const request = requestOf(foreign, [], [...foreign, { type: "text", text: "Yes." }]);
    const kept = withOwnThinking(request, { name: "south", verifies: true });
    expect(kept.messages.map((message) => message.content)).toEqual([[], [{ type: "text", text: "Yes." }]]);
  });

  test("Q14 an empty signature proves nothing", () => {
    const bare: Thought = { type: "reasoning", text: "Hm.", signature: "" };
    expect(givenBack([bare], "south", true)).toEqual([]);
    expect(givenBack([bare], "south", false)).toEqual([bare]);
  });

  test("Q14 a thought of which one proof is its own and the other is not is not its own", () => {
    const [own] = toldBy("south", [{ type: "reasoning", text: "Hm.", signature: "sig" }]) as readonly Thought[];
    expect(givenBack([{ ...(own as Thought), redacted: "bytes" }], "south", false)).toEqual([]);
  });

  test.each<[string, boolean, Message[], "off" | "on"]>([
    ["a turn at work that began with it goes on without thinking", true, [ASKED, worked(foreign), RESULT], "off"],
    ["where nobody checks, thinking goes on", false, [ASKED, worked(foreign), RESULT], "on"],
    ["a turn before the last question may lose it", true, [ASKED, worked(foreign), RESULT, ASKED], "on"],
    ["a turn at work that keeps its own thinks on", true, [ASKED, worked(OWN), RESULT], "on"],
  ])("Q14 %s", (_, verifies, messages, mode) => {
    const request: InferenceRequest = { ...requestOf(), messages, reasoning: { mode: "on" } };
    expect(withOwnThinking(request, { name: "south", verifies }).reasoning?.mode).toBe(mode);
  });

  test.each<[string, Reasoning | undefined, Reasoning | undefined]>([
    ["that was asked for is taken back", { mode: "on", effort: "high" }, { mode: "off", isTakenBack: true }],
    ["that was left to the model is, too", { mode: "auto" }, { mode: "off", isTakenBack: true }],
    ["that nobody asked for is off", undefined, { mode: "off" }],
    ["that was not wanted stays off", { mode: "off" }, { mode: "off" }],
  ])("Q24 thinking at work %s", (_, reasoning, want) => {
    const messages = [ASKED, worked(foreign), RESULT];
    const request: InferenceRequest = { ...requestOf(), messages, ...(reasoning === undefined ? {} : { reasoning }) };
    expect(withOwnThinking(request, { name: "south", verifies: true }).reasoning).toEqual(want);
  });

  test("without a thought a request and an answer stay the very same", () => {
    const request = requestOf([{ type: "text", text: "Yes." }]);
    const answer = answerOf([{ type: "text", text: "Yes." }]);
    const event: InferenceEvent = { type: "text-delta", choice: 0, part: 0, text: "Yes." };
    expect(withOwnThinking(request, { name: "south", verifies: true })).toBe(request);
    expect(marking("south").answer(answer)).toBe(answer);
    expect(marking("south").event(event)[0]).toBe(event);
  });
});
