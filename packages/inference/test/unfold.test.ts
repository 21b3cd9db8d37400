/** Unfolding: an answer told in steps is the answer again. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventsOf, type Finish, fold, type InferenceAnswer, NO_USAGE, type Part } from "../src/index.ts";

const extra = fc.option(
  fc.dictionary(fc.constantFrom("one", "other"), fc.record({ x: fc.jsonValue({ maxDepth: 1 }) })),
  {
    nil: undefined,
  },
);
const text = fc.string();

/** Without the properties that are undefined, as every word of ours is. */
function said<T extends object>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<never> {
  return arbitrary.map(
    (value) => Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never,
  );
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const part: fc.Arbitrary<Part> = fc.oneof(
  said(fc.record({ type: fc.constantFrom("text", "refusal"), text, extra })),
  said(
    fc.record({
      type: fc.constant("reasoning"),
      text,
      signature: optional(text),
      redacted: optional(text),
      extra,
    }),
  ),
  said(fc.record({ type: fc.constant("tool-call"), callId: text, name: text, input: text, extra })),
  said(
    fc.record({
      type: fc.constant("opaque"),
      dialect: text,
      wire: fc.jsonValue({ maxDepth: 1 }),
      deltas: optional(fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 3 })),
    }),
  ),
);

const finish: fc.Arbitrary<Finish> = said(
  fc.record({
    reason: fc.constantFrom("stop", "length", "tool-use", "unknown"),
    raw: fc.option(text),
    stopSequence: optional(text),
  }),
);

const count = fc.nat();
const usage = said(
  fc.record({
    input: count,
    cacheRead: count,
    cacheWrite5m: count,
    cacheWrite1h: count,
    output: count,
    reasoning: optional(count),
    raw: optional(fc.record({ dialect: text, wire: fc.record({ x: count }) })),
  }),
);

const choices = fc
  .array(fc.record({ content: fc.array(part, { maxLength: 4 }), finish, extra }), { minLength: 1, maxLength: 3 })
  .map((all) =>
    all.map(({ content, finish, extra }, index) => ({
      index,
      content,
      finish,
      ...(extra === undefined ? {} : { extra }),
    })),
  );

const answers: fc.Arbitrary<InferenceAnswer> = said(
  fc.record({ id: text, model: text, createdAtS: optional(count), choices, usage, extra }),
);

describe("an answer in steps", () => {
  test("folds to itself", () => {
    fc.assert(
      fc.property(answers, (answer) => {
        expect(fold(eventsOf(answer))).toEqual(answer);
      }),
      { numRuns: 300 },
    );
  });

  test("begins with what is known at the start, and ends with its end", () => {
    const said = { ...NO_USAGE, input: 5, output: 7, reasoning: 3, raw: { dialect: "d", wire: {} } };
    const events = eventsOf({ id: "i", model: "m", choices: [], usage: said });
    expect(events).toEqual([
      { type: "start", id: "i", model: "m", usage: { ...NO_USAGE, input: 5, output: 0 } },
      { type: "usage", usage: said },
      { type: "end" },
    ]);
  });

  test("has no empty steps", () => {
    const content: Part[] = [
      { type: "text", text: "" },
      { type: "tool-call", callId: "c", name: "f", input: "" },
    ];
    const choice = { index: 0, content, finish: { reason: "stop" as const, raw: null } };
    const events = eventsOf({ id: "i", model: "m", choices: [choice], usage: NO_USAGE });
    expect(events.map(({ type }) => type)).toEqual([
      "start",
      "text-start",
      "text-end",
      "tool-input-start",
      "tool-input-end",
      "finish",
      "usage",
      "end",
    ]);
  });
});
