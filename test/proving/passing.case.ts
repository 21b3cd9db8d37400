/** Tests that pass, with IDs of cases in their titles and in those of their suites. */
import { describe, expect, test } from "vitest";

test("S01 S04 pass", () => expect(1).toBe(1));
describe("S02 S03 in a suite", () => {
  test("passes", () => expect(1).toBe(1));
  test("passes too", () => expect(1).toBe(1));
});
test("S05 S99 one that is listed and one that is not", () => expect(1).toBe(1));
