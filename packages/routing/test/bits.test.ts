/** Every feature has a bit of its own, however many there come to be. */
import { FEATURES } from "@interchange/inference";
import { expect, test } from "vitest";
import { bitsOf } from "../src/bits.ts";

test("no two features share a bit, and none has none", () => {
  const bits = FEATURES.map((feature) => bitsOf([feature]));
  expect(new Set(bits).size).toBe(FEATURES.length);
  expect(bits).not.toContain(0);
  expect(bitsOf(FEATURES)).toBe(bits.reduce((all, bit) => all | bit));
});
