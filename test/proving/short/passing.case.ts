/** One test, of one of two cases. */
import { expect, test } from "vitest";

test("S01 passes", () => expect(1).toBe(1));
