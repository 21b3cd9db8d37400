/** No key begets a wider one: what a maker may give, by role, instruments, limits and expiry. */
import type { Key } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { isWithinReach, limitsWithin, type Reach, withinReach } from "../src/platform/reach.ts";

function keyOf(reach: Partial<Reach>): Key {
  return {
    kind: "key",
    publicId: "abc",
    accountId: "acme",
    role: "consumption",
    inline: false,
    limits: {},
    createdAtMs: 0,
    ...reach,
  };
}

const wishOf = (reach: Partial<Reach>): Reach => ({ role: "consumption", limits: {}, ...reach });

const NO_COMMON = { requestsPerMinute: 0, tokensPerMinute: 0, runningMax: 0 };

const WIDE = keyOf({});
const OPERATOR = keyOf({ role: "operator" });
const NARROW = keyOf({
  instruments: ["text-prime", "code-prime"],
  limits: { requestsPerMinute: 60, tokensPerMinute: 1_000 },
  expiresAtMs: 5_000,
});

describe("what may be given", () => {
  test.each([
    ["a wide key gives anything but a role", WIDE, { instruments: ["text-max"], expiresAtMs: 9 }, {}],
    ["an operator gives all", OPERATOR, { role: "operator", limits: { runningMax: 5 } }, {}],
    [
      "where the wish says nothing the maker's own bound holds",
      NARROW,
      {},
      {
        instruments: ["text-prime", "code-prime"],
        limits: { requestsPerMinute: 60, tokensPerMinute: 1_000 },
        expiresAtMs: 5_000,
      },
    ],
    [
      "as much as the maker has itself",
      NARROW,
      { instruments: ["code-prime"], limits: { requestsPerMinute: 60, runningMax: 3 }, expiresAtMs: 5_000 },
      { limits: { requestsPerMinute: 60, tokensPerMinute: 1_000, runningMax: 3 } },
    ],
  ] as const)("%s", (_, maker, wish, want) => {
    const asked = wishOf(wish as Partial<Reach>);
    expect(withinReach(maker, NO_COMMON, asked)).toEqual({ ...asked, ...want });
  });

  test.each([
    ["a role", WIDE, { role: "operator" }, /consumption keys only/],
    ["an instrument", NARROW, { instruments: ["text-prime", "text-max"] }, /alone, not for text-max\.$/],
    ["requests", NARROW, { limits: { requestsPerMinute: 61 } }, /at most 60 requests per minute/],
    ["tokens", NARROW, { limits: { tokensPerMinute: 1_001 } }, /at most 1000 tokens per minute/],
    ["an expiry", NARROW, { expiresAtMs: 5_001 }, /expires after itself/],
  ] as const)("not %s beyond the maker's", (_, maker, wish, problem) => {
    const refusal = { kind: "key-forbidden", problem: expect.stringMatching(problem) };
    expect(withinReach(maker, NO_COMMON, wishOf(wish as Partial<Reach>))).toEqual({ kind: "refused", refusal });
  });
});

describe("what may be replaced", () => {
  test.each([
    ["itself", NARROW, NARROW, true],
    ["a narrower one", WIDE, NARROW, true],
    ["a wider one", NARROW, WIDE, false],
    ["an operator's", WIDE, OPERATOR, false],
    ["anything by an operator", keyOf({ ...NARROW, role: "operator" }), WIDE, true],
    ["one that buys more", NARROW, keyOf({ ...NARROW, instruments: ["text-max"] }), false],
    ["one that asks more", NARROW, keyOf({ ...NARROW, limits: { requestsPerMinute: 61, tokensPerMinute: 1 } }), false],
    ["one that asks without limit", NARROW, keyOf({ ...NARROW, limits: { requestsPerMinute: 1 } }), false],
    ["one that lives longer", NARROW, keyOf({ ...NARROW, expiresAtMs: 6_000 }), false],
  ])("%s", (_, maker, key, want) => expect(isWithinReach(maker, NO_COMMON, key)).toBe(want));
});

test("limits alone are bounded alike", () => {
  expect(limitsWithin(NARROW, NO_COMMON, {})).toEqual(NARROW.limits);
  expect(limitsWithin(NARROW, NO_COMMON, { requestsPerMinute: 61 })).toMatchObject({ kind: "refused" });
  expect(limitsWithin(OPERATOR, NO_COMMON, { requestsPerMinute: 61 })).toEqual({ requestsPerMinute: 61 });
});

describe("what the operator gives to every key without a limit of its own", () => {
  const common = { ...NO_COMMON, requestsPerMinute: 60 };
  const generous = keyOf({ limits: { requestsPerMinute: 600 } });

  test("is what such a key may give", () => {
    expect(limitsWithin(WIDE, common, {})).toEqual({});
    expect(limitsWithin(WIDE, common, { requestsPerMinute: 60 })).toEqual({ requestsPerMinute: 60 });
    expect(limitsWithin(WIDE, common, { requestsPerMinute: 61 })).toMatchObject({ kind: "refused" });
    expect(limitsWithin(WIDE, common, { tokensPerMinute: 1_000_000 })).toEqual({ tokensPerMinute: 1_000_000 });
  });

  test("is no bound of a key that has its own", () => {
    expect(limitsWithin(generous, common, { requestsPerMinute: 600 })).toEqual({ requestsPerMinute: 600 });
    expect(limitsWithin(generous, common, { requestsPerMinute: 601 })).toMatchObject({ kind: "refused" });
    expect([isWithinReach(WIDE, common, generous), isWithinReach(generous, common, WIDE)]).toEqual([false, true]);
  });
});
