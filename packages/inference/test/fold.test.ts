/** Folding: what events make, whole, cut short or failed. */
import { describe, expect, test } from "vitest";
import { fold, folder, type InferenceAnswer, type InferenceEvent, NO_USAGE, type Usage } from "../src/index.ts";

const AT = { choice: 0, part: 0 };
const USAGE: Usage = { input: 5, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2 };
const START: InferenceEvent = { type: "start", id: "a", model: "m", createdAtS: 7 };
const STOP: InferenceEvent = { type: "finish", choice: 0, finish: { reason: "stop", raw: "stop" } };

type Row = readonly [name: string, events: readonly InferenceEvent[], content: readonly object[]];

const ROWS: readonly Row[] = [
  [
    "text",
    [
      { type: "text-start", ...AT },
      { type: "text-delta", ...AT, text: "a" },
      { type: "text-delta", ...AT, text: "b" },
      { type: "text-end", ...AT },
    ],
    [{ type: "text", text: "ab" }],
  ],
  [
    "a refusal",
    [
      { type: "refusal-start", ...AT },
      { type: "refusal-delta", ...AT, text: "no" },
      { type: "refusal-end", ...AT },
    ],
    [{ type: "refusal", text: "no" }],
  ],
  [
    "thoughts and their signature",
    [
      { type: "reasoning-start", ...AT },
      { type: "reasoning-delta", ...AT, text: "hm" },
      { type: "reasoning-signature", ...AT, signature: "s" },
      { type: "reasoning-end", ...AT },
    ],
    [{ type: "reasoning", text: "hm", signature: "s" }],
  ],
  [
    "thoughts not to be read",
    [
      { type: "reasoning-start", ...AT, redacted: "x" },
      { type: "reasoning-end", ...AT },
    ],
    [{ type: "reasoning", text: "", redacted: "x" }],
  ],
  [
    "calls told in turns",
    [
      { type: "tool-input-start", ...AT, callId: "i", name: "f" },
      { type: "tool-input-start", choice: 0, part: 1, callId: "j", name: "g" },
      { type: "tool-input-delta", choice: 0, part: 1, text: "2" },
      { type: "tool-input-delta", ...AT, text: "1" },
    ],
    [
      { type: "tool-call", callId: "i", name: "f", input: "1" },
      { type: "tool-call", callId: "j", name: "g", input: "2" },
    ],
  ],
  [
    "an opaque part keeps its steps",
    [
      { type: "opaque-start", ...AT, dialect: "d", wire: 1 },
      { type: "opaque-delta", ...AT, dialect: "d", wire: 2 },
      { type: "opaque-delta", ...AT, dialect: "d", wire: 3 },
      { type: "opaque-end", ...AT, dialect: "d" },
    ],
    [{ type: "opaque", dialect: "d", wire: 1, deltas: [2, 3] }],
  ],
  [
    "bags of one part are joined",
    [
      { type: "text-start", ...AT, extra: { d: { list: [], word: "a" } } },
      { type: "text-delta", ...AT, text: "x", extra: { d: { list: [1], word: "b" } } },
      { type: "text-end", ...AT, extra: { d: { list: [2], word: null }, e: { deep: { n: 1 } } } },
    ],
    [{ type: "text", text: "x", extra: { d: { list: [1, 2], word: "b" }, e: { deep: { n: 1 } } } }],
  ],
  ["a delta whose part has not begun is left out", [{ type: "text-delta", ...AT, text: "x" }], []],
];

describe("fold", () => {
  test.each(ROWS)("%s", (_name, events, content) => {
    const answer = fold([START, ...events, STOP, { type: "usage", usage: USAGE }, { type: "end" }]);
    const choices = [{ index: 0, content, finish: { reason: "stop", raw: "stop" } }];
    expect(answer).toEqual({ id: "a", model: "m", createdAtS: 7, choices, usage: USAGE });
  });

  test("the last usage is the usage, also when there is none after the start", () => {
    const early = { ...USAGE, output: 1 };
    const start: InferenceEvent = { ...START, usage: early };
    expect(fold([start, STOP])).toMatchObject({ usage: early });
    expect(fold([start, { type: "usage", usage: USAGE }, STOP])).toMatchObject({ usage: USAGE });
    expect(fold([START, STOP])).toMatchObject({ usage: NO_USAGE });
  });

  test("bags go to the answer, to a choice, or to the choice with its finish", () => {
    const answer = fold([
      { ...START, extra: { d: { a: 1 } } },
      { type: "extra", extra: { d: { b: 2 } } },
      { type: "extra", choice: 0, extra: { d: { c: 3 } } },
      { ...STOP, extra: { d: { e: 4 } } },
    ] as readonly InferenceEvent[]);
    expect(answer).toMatchObject({ extra: { d: { a: 1, b: 2 } }, choices: [{ extra: { d: { c: 3, e: 4 } } }] });
  });

  test("choices are in their order, and one that nobody told is there without content", () => {
    const answer = fold([START, { type: "text-start", choice: 2, part: 0 }, STOP]) as InferenceAnswer;
    const unknown = { reason: "unknown", raw: null };
    expect(answer.choices).toEqual([
      { index: 0, content: [], finish: { reason: "stop", raw: "stop" } },
      { index: 1, content: [], finish: unknown },
      { index: 2, content: [{ type: "text", text: "" }], finish: unknown },
    ]);
  });

  test("an error gives the failure; what came before it is still there", () => {
    const failure = { message: "boom", caller: false };
    const folding = folder();
    for (const event of [START, { type: "text-start", ...AT }, { type: "text-delta", ...AT, text: "half" }] as const) {
      folding.add(event);
    }
    folding.add({ type: "error", failure });
    expect(folding.answer()).toBe(failure);
  });

  test("an answer asked for in the midst does not change afterwards", () => {
    const folding = folder();
    folding.add({ type: "text-start", ...AT });
    folding.add({ type: "text-delta", ...AT, text: "a" });
    const before = folding.answer() as InferenceAnswer;
    folding.add({ type: "text-delta", ...AT, text: "b" });
    expect(before.choices[0]?.content).toEqual([{ type: "text", text: "a" }]);
    expect((folding.answer() as InferenceAnswer).choices[0]?.content).toEqual([{ type: "text", text: "ab" }]);
  });

  test("pings and the end change nothing", () => {
    const folding = folder();
    folding.add(START);
    const before = folding.answer();
    folding.add({ type: "ping" });
    folding.add({ type: "end" });
    expect(folding.answer()).toEqual(before);
  });
});
