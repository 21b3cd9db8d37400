/** The two functions that compiled validators call. */
import { describe, expect, test } from "vitest";
import { codePointLength, isSameJson } from "../src/static/validator.ts";

describe("codePointLength", () => {
  test.each([
    ["", 0],
    ["abc", 3],
    ["é", 1],
    ["👋", 1],
    ["a👋b👋", 4],
    ["\ud83d", 1],
    ["\udc4b\ud83d", 2],
    ["\ud83d\ud83d\udc4b", 2],
  ])("%j → %i", (text, want) => {
    expect(codePointLength(text)).toBe(want);
    expect(codePointLength(text)).toBe([...text].length);
  });
});

describe("isSameJson", () => {
  test.each([
    [1, 1, true],
    [1, "1", false],
    [null, null, true],
    [null, {}, false],
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, false],
    [{ a: 1, b: 2 }, { a: 1, c: 2 }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [[1], { 0: 1 }, false],
    [[{ a: [] }], [{ a: [] }], true],
  ])("%j and %j: %s", (one, other, want) => {
    expect(isSameJson(one, other)).toBe(want);
    expect(isSameJson(other, one)).toBe(want);
  });
});
