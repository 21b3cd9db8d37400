/** Goal: a supplier that failed is left alone for a while, longer each time, and never for ever. */
import { createFailureMemory } from "@interchange/routing";
import { describe, expect, test } from "vitest";

const T = "text-prime";

/** The length of the cool-down that the memory is in, found by asking it. */
function cooldown(memory: ReturnType<typeof createFailureMemory>, nowMs: number): number {
  let low = 0;
  let high = 1_000_000;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (memory.failedRecently("a", T, nowMs + middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

describe("failure memory", () => {
  test("a failure is remembered for 5 s, and no longer", () => {
    const memory = createFailureMemory();
    expect(memory.failedRecently("a", T, 0)).toBe(false);
    memory.noteFailure("a", T, 1_000);
    expect([1_000, 5_999, 6_000].map((nowMs) => memory.failedRecently("a", T, nowMs))).toEqual([true, true, false]);
  });

  test("it is remembered for that supplier and that instrument alone", () => {
    const memory = createFailureMemory();
    memory.noteFailure("a", T, 0);
    expect(memory.failedRecently("b", T, 1)).toBe(false);
    expect(memory.failedRecently("a", "code-prime", 1)).toBe(false);
  });

  test("each failure after a cool-down doubles the next, up to a minute", () => {
    const memory = createFailureMemory();
    let nowMs = 0;
    const lengths = Array.from({ length: 30 }, () => {
      memory.noteFailure("a", T, nowMs);
      const length = cooldown(memory, nowMs);
      nowMs += length;
      return length;
    });
    expect(lengths.slice(0, 6)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(lengths.at(-1)).toBe(60_000);
  });

  test("failures within one cool-down count once, and the last of them sets its end", () => {
    const memory = createFailureMemory();
    for (const nowMs of [0, 1, 2, 1_000]) memory.noteFailure("a", T, nowMs);
    expect(cooldown(memory, 0)).toBe(6_000);
  });

  test("a minute of peace after a cool-down begins anew", () => {
    const memory = createFailureMemory();
    memory.noteFailure("a", T, 0);
    memory.noteFailure("a", T, 5_000);
    expect(cooldown(memory, 5_000)).toBe(10_000);
    memory.noteFailure("a", T, 75_001);
    expect(cooldown(memory, 75_001)).toBe(5_000);
  });

  test("a success ends it and begins anew", () => {
    const memory = createFailureMemory();
    memory.noteFailure("a", T, 0);
    memory.noteSuccess("a", T);
    expect(memory.failedRecently("a", T, 1)).toBe(false);
    memory.noteFailure("a", T, 5_000);
    expect(cooldown(memory, 5_000)).toBe(5_000);
  });

  test.each([
    [0, 5_000],
    [4_000, 5_000],
    [30_000, 30_000],
    [3_600_000, 60_000],
  ])("a supplier that asks for %i ms is left alone for %i ms", (retryAfterMs, want) => {
    const memory = createFailureMemory();
    memory.noteFailure("a", T, 0, retryAfterMs);
    expect(cooldown(memory, 0)).toBe(want);
  });

  test("a later failure never shortens the wait that was asked for", () => {
    const memory = createFailureMemory();
    memory.noteFailure("a", T, 0, 30_000);
    memory.noteFailure("a", T, 1_000);
    expect(cooldown(memory, 0)).toBe(30_000);
  });

  test("it holds no more than it may, and forgets what failed longest ago", () => {
    const memory = createFailureMemory({ entriesMax: 2 });
    for (const supplier of ["a", "b", "a", "c"]) memory.noteFailure(supplier, T, 0);
    expect(memory.size).toBe(2);
    expect(["a", "b", "c"].map((supplier) => memory.failedRecently(supplier, T, 1))).toEqual([true, false, true]);
  });
});
