/** Amounts and instants on the wire are exact: what is read is what was written, and what cannot be is refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTokens, readUsd, writeTokens, writeUsd } from "../src/platform/amount.ts";
import { readFuture, readInstant, readPeriod, writeInstant } from "../src/platform/instant.ts";
import { isRefused } from "../src/platform/refused.ts";

const MAX = Number.MAX_SAFE_INTEGER;

const refused = { kind: "refused", refusal: { kind: "request-invalid", fault: "value", param: "it" } };

describe("dollars", () => {
  test.each([
    ["0", 0],
    ["0.0", 0],
    ["0.000001", 1],
    ["0.1", 100_000],
    ["1", 1_000_000],
    ["12.5", 12_500_000],
    ["0.004096", 4_096],
    ["1.10", 1_100_000],
    ["9007199254.740991", MAX],
  ])("%s", (text, micros) => expect(readUsd("it", text)).toBe(micros));

  test.each([
    ["nothing", ""],
    ["a minus", "-1"],
    ["a plus", "+1"],
    ["seven decimals", "0.0000001"],
    ["an exponent", "1e3"],
    ["a thousands sign", "1,000"],
    ["a point alone", "."],
    ["no whole", ".5"],
    ["no decimals", "5."],
    ["a space", " 1"],
    ["a line", "1\n"],
    ["hexadecimal", "0x10"],
    ["another alphabet", "１"],
    ["words", "NaN"],
    ["one more than fits", "9007199254.740992"],
    ["a huge one", "9".repeat(400)],
  ])("%s is refused", (_, text) => expect(readUsd("it", text)).toMatchObject(refused));

  test("whatever is written is read again", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (micros) => {
        expect(writeUsd(micros)).toMatch(/^(0|[1-9]\d*)\.\d{6}$/);
        expect(readUsd("it", writeUsd(micros))).toBe(micros);
      }),
    );
  });
});

describe("tokens", () => {
  test.each([
    ["0", 0],
    ["1", 1],
    ["1000000", 1_000_000],
    [String(MAX), MAX],
  ])("%s", (text, tokens) => {
    expect(readTokens("it", text)).toBe(tokens);
    expect(writeTokens(tokens)).toBe(text);
  });

  test.each(["", "-1", "1.5", "1.0", "1e6", " 1", "1\n", "９", String(BigInt(MAX) + 1n), "9".repeat(400)])(
    "%j is refused",
    (text) => expect(readTokens("it", text)).toMatchObject(refused),
  );

  test("what a movement takes away has a minus", () => expect(writeTokens(-4_096)).toBe("-4096"));
});

describe("instants", () => {
  test.each([
    ["2026-11-23T15:04:06Z", Date.UTC(2026, 10, 23, 15, 4, 6)],
    ["2026-11-23T15:04:06.5Z", Date.UTC(2026, 10, 23, 15, 4, 6, 500)],
    ["2026-11-23T15:04:06.1239Z", Date.UTC(2026, 10, 23, 15, 4, 6, 123)],
    ["2028-02-29T00:00:00Z", Date.UTC(2028, 1, 29)],
    ["1970-01-01T00:00:00Z", 0],
    ["9999-12-31T23:59:59.999Z", Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
  ])("%s", (text, ms) => {
    expect(readInstant("it", text)).toBe(ms);
    expect(readInstant("it", writeInstant(ms))).toBe(ms);
  });

  test.each([
    "",
    "2026-11-23",
    "2026-11-23T15:04:06",
    "2026-11-23T15:04:06+01:00",
    "2026-11-23 15:04:06Z",
    "2026-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23T23:59:60Z",
    "1969-12-31T23:59:59Z",
    "now",
    "2026-11-23T15:04:06Z\n",
  ])("%j is refused", (text) => expect(readInstant("it", text)).toMatchObject(refused));

  test("only what lies ahead is the future", () => {
    expect(readFuture("it", writeInstant(1_001), 1_000)).toBe(1_001);
    expect(readFuture("it", writeInstant(1_000), 1_000)).toMatchObject(refused);
    expect(readFuture("it", "soon", 1_000)).toMatchObject(refused);
  });

  test("a period ends after it begins", () => {
    const [from, to] = [writeInstant(1_000), writeInstant(2_000)];
    expect(readPeriod({ from, to })).toEqual({ fromMs: 1_000, toMs: 2_000 });
    expect(readPeriod({ from })).toEqual({ fromMs: 1_000 });
    expect(readPeriod({ to })).toEqual({ toMs: 2_000 });
    expect(readPeriod({})).toEqual({});
    for (const wrong of [{ from: to, to: from }, { from, to: from }, { from: "x" }, { to: "x" }]) {
      expect(isRefused(readPeriod(wrong))).toBe(true);
    }
  });
});
