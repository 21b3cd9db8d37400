/** Ids of tool calls in the letters that a format allows: there and back. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { narrowToolId, readCallId, writeCallId } from "../src/tool-id.ts";

const LONG = "x".repeat(65);

describe("ids of calls", () => {
  test.each([
    ["toolu_01", "toolu_01"],
    ["functions.f:0", "icw_ZnVuY3Rpb25zLmY6MA"],
    ["", "icw_"],
    ["icw_ZnVuY3Rpb25zLmY6MA", "icw_aWN3X1puVnVZM1JwYjI1ekxtWTZNQQ"],
    ["icw_no such form", "icw_aWN3X25vIHN1Y2ggZm9ybQ"],
    ["icw_abc", "icw_abc"],
  ])("Q12 %j is told as %s and read back", (id, told) => {
    expect(writeCallId(id)).toBe(told);
    expect(readCallId(told)).toBe(id);
  });

  test("Q12 one that is too long to be told whole is told by its digest, the same every time", () => {
    expect(writeCallId(LONG)).toMatch(/^icd_[A-Za-z0-9_-]{43}$/);
    expect(writeCallId(LONG)).toBe(writeCallId(LONG));
    expect(writeCallId(LONG)).not.toBe(writeCallId(`${LONG}x`));
  });

  test("Q12 any id is told in the letters that are allowed, no two alike", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 45, unit: "grapheme" }), (id) => {
        const told = writeCallId(id);
        expect(told).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        if (!told.startsWith("icd_")) expect(readCallId(told)).toBe(id);
      }),
    );
  });

  test("Q12 what was told is told the same again, also when it was not told by us", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(icw_|icd_)?[A-Za-z0-9_-]{1,60}$/), (told) => {
        expect(writeCallId(readCallId(told))).toBe(told);
      }),
    );
  });
});

describe("ids of calls as a supplier wants them", () => {
  const RULE = { alphabet: "alphanumeric", charsMax: 9 } as const;

  test.each([
    ["abc123XYZ", RULE, "abc123XYZ"],
    ["abc_123", RULE, "108dc1668"],
    ["abc_123", { ...RULE, alphabet: "word" }, "abc_123"],
    ["abcdefghij", RULE, "72399361d"],
    ["abc", RULE, "abc"],
    ["abc", { ...RULE, charsMin: 9 }, "ba7816bf8"],
    ["abc123XYZ", { ...RULE, charsMin: 9 }, "abc123XYZ"],
    ["any thing", undefined, "any thing"],
  ] as const)("Q12 %s by %o", (id, rule, want) => {
    expect(narrowToolId(id, rule)).toBe(want);
  });
});
