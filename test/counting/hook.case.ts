/** A suite whose hook throws, so that its test cannot run. */
import { beforeAll, describe, test } from "vitest";

describe("a suite", () => {
  beforeAll(() => {
    throw new Error("This hook throws.");
  });
  test("cannot run", () => undefined);
});
