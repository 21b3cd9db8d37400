import { expect, test } from "vitest";
import { inputTokens, totalTokens } from "../src/index.ts";

test("input is what was read afresh, from a cache and into one; thinking is within the output", () => {
  const usage = { input: 1, cacheRead: 20, cacheWrite5m: 300, cacheWrite1h: 4_000, output: 50_000, reasoning: 40_000 };
  expect(inputTokens(usage)).toBe(4_321);
  expect(totalTokens(usage)).toBe(54_321);
});
