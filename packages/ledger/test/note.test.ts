/** Goal: a note comes back as it was put, by its name, also after a start. */

import { describe, expect, test } from "vitest";
import { NOTE_LENGTH_MAX } from "../src/note.ts";
import { ENGINES } from "./engines.ts";

describe.each(ENGINES)("on $name", ({ openSample, freshPlace }) => {
  test.each<[string, unknown]>([
    ["a record", { a: [1, 0.5, null, { b: "ü" }], c: true }],
    ["a text", "text"],
    ["an empty text", ""],
    ["a NUL and a lone surrogate", { "\0": "\0\ud800" }],
    ["null", null],
    ["nothing much", 0],
    ["the longest", "a".repeat(NOTE_LENGTH_MAX - 2)],
  ])("%s", async (_, document) => {
    const { ledger } = await openSample();
    await ledger.putNote("n", document);
    expect(await ledger.note("n")).toEqual(document);
    expect(await ledger.note("m")).toBeUndefined();
  });

  test("the last one stays", async () => {
    const { ledger, place } = await openSample(await freshPlace());
    for (const turn of [1, 2]) await ledger.putNote("n", { turn });
    await ledger.close();
    const { ledger: again } = await openSample(place);
    expect(await again.note("n")).toEqual({ turn: 2 });
  });

  const circle: unknown[] = [];
  circle.push(circle);

  test.each<[string, string, unknown]>([
    ["without a name", "", 1],
    ["nothing", "n", undefined],
    ["a function", "n", () => 1],
    ["a circle", "n", circle],
    ["a bigint", "n", 1n],
    ["too much", "n", "a".repeat(NOTE_LENGTH_MAX - 1)],
  ])("not put: %s", async (_, name, document) => {
    const { ledger } = await openSample();
    await expect(ledger.putNote(name, document)).rejects.toMatchObject({ code: "bad-input" });
    expect(await ledger.note("n")).toBeUndefined();
  });
});
