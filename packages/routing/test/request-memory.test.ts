/** Goal: a retry of the same request by the same key is told from any other request, for ten seconds. */
import { createRequestMemory } from "@interchange/routing";
import { describe, expect, test } from "vitest";

describe("request memory", () => {
  test("a retry avoids every supplier that failed it", () => {
    const memory = createRequestMemory();
    expect(memory.avoid("key", "body", 0)).toEqual(new Set());
    memory.noteFailure("key", "body", "a", 0);
    memory.noteFailure("key", "body", "b", 5_000);
    expect(memory.avoid("key", "body", 5_001)).toEqual(new Set(["a", "b"]));
  });

  test.each([
    ["another key", "other", "body"],
    ["another body", "key", "other"],
  ])("%s is no retry", (_, key, body) => {
    const memory = createRequestMemory();
    memory.noteFailure("key", "body", "a", 0);
    expect(memory.avoid(key, body, 1)).toEqual(new Set());
  });

  test("ten seconds after the last failure it is a new request", () => {
    const memory = createRequestMemory();
    memory.noteFailure("key", "body", "a", 0);
    expect(memory.avoid("key", "body", 9_999)).toEqual(new Set(["a"]));
    expect(memory.avoid("key", "body", 10_000)).toEqual(new Set());
    memory.noteFailure("key", "body", "b", 10_000);
    expect(memory.avoid("key", "body", 10_001)).toEqual(new Set(["b"]));
  });

  test("what was handed out does not change afterwards", () => {
    const memory = createRequestMemory();
    memory.noteFailure("key", "body", "a", 0);
    const avoid = memory.avoid("key", "body", 1);
    memory.noteFailure("key", "body", "b", 2);
    expect(avoid).toEqual(new Set(["a"]));
  });

  test("it holds no more than it may, and forgets what failed longest ago", () => {
    const memory = createRequestMemory({ entriesMax: 2 });
    for (const body of ["1", "2", "1", "3"]) memory.noteFailure("key", body, "a", 0);
    expect(memory.size).toBe(2);
    expect(["1", "2", "3"].map((body) => memory.avoid("key", body, 1).size)).toEqual([1, 0, 1]);
  });
});
