/** Goal: tables and records read well in any width. Method: whole expected text. */
import { describe, expect, test } from "vitest";
import { duration, grouped, shortInstant, tokens } from "../src/figures.ts";
import { type Block, record, table, write } from "../src/layout.ts";
import { oneLine } from "../src/table.ts";
import { wrapped } from "../src/wrap.ts";

const NOW_MS = Date.parse("2026-11-24T00:00:00Z");

function written(blocks: readonly Block[], width: number): string {
  return write(blocks, { width, paint: (_, text) => text, nowMs: NOW_MS });
}

const RECEIPTS = [
  {
    request: "req_0123456789abcdef",
    instrument: "text-prime",
    tokens: "1234567",
    usd: "0.617284",
    at: "2026-11-23T15:04:05.678Z",
    supplier: "a supplier with a very long name",
  },
  {
    request: "req_fedcba9876543210",
    instrument: "日本語の文章",
    tokens: "9",
    usd: "0.000005",
    at: "2025-01-02T03:04:05Z",
    supplier: null,
  },
];

const receipts = table(RECEIPTS, [
  ["REQUEST", "request", "id"],
  ["AT", "at", "instant"],
  ["INSTRUMENT", "instrument", "text"],
  ["TOKENS", "tokens", "number"],
  ["COST USD", "usd", "usd"],
  ["SUPPLIER", "supplier", "text"],
]);

describe("a table", () => {
  test("as wide as it likes", () => {
    expect(written([receipts], Number.POSITIVE_INFINITY)).toBe(
      `REQUEST               AT                INSTRUMENT       TOKENS  COST USD  SUPPLIER
req_0123456789abcdef  11-23 15:04       text-prime    1,234,567  0.617284  a supplier with a very long name
req_fedcba9876543210  2025-01-02 03:04  日本語の文章          9  0.000005  –
`,
    );
  });

  test("cut to 90 columns", () => {
    expect(written([receipts], 90)).toBe(
      `REQUEST               AT                INSTRUMENT       TOKENS  COST USD  SUPPLIER
req_0123456789abcdef  11-23 15:04       text-prime    1,234,567  0.617284  a supplier wit…
req_fedcba9876543210  2025-01-02 03:04  日本語の文章          9  0.000005  –
`,
    );
  });

  test("of 64 columns leaves the last ones out, and never cuts an id", () => {
    expect(written([receipts], 64)).toBe(
      `REQUEST               AT                INSTRUMENT       TOKENS
req_0123456789abcdef  11-23 15:04       text-prime    1,234,567
req_fedcba9876543210  2025-01-02 03:04  日本語の文章          9
`,
    );
  });

  test("that has no room at all is an id", () => {
    expect(written([receipts], 5)).toBe("REQUEST\nreq_0123456789abcdef\nreq_fedcba9876543210\n");
  });
});

test("a record, its long values wrapped", () => {
  const value = {
    id: "acme",
    name: "A name of many words that has to go on",
    limits: { running_max: null },
    quirks: {},
    tags: ["a", "b"],
    draws: [{ lot: "l" }],
    on: true,
    off: false,
    none: [],
  };
  expect(written([record(value), { kind: "text", text: "That is all." }], 36)).toBe(
    `id                  acme
name                A name of many
                    words that has
                    to go on
limits running max  –
quirks              –
tags                a, b
draws               {"lot":"l"}
on                  yes
off                 no
none                –

That is all.
`,
  );
});

test.each([
  ["0", "0"],
  ["999", "999"],
  ["1000", "1,000"],
  ["-1234567.125000", "-1,234,567.125000"],
])("%s is grouped as %s", (digits, want) => expect(grouped(digits)).toBe(want));

test.each([
  ["2026-01-02T03:04:05Z", "01-02 03:04"],
  ["2025-12-31T23:59:59.999Z", "2025-12-31 23:59"],
  ["soon", "soon"],
])("the instant %s is %s", (instant, want) => expect(shortInstant(instant, NOW_MS)).toBe(want));

test.each([
  [0.4, "0 ms"],
  [999, "999 ms"],
  [1_400, "1.4 s"],
  [180_000, "3 min"],
])("%d milliseconds are %s", (ms, want) => expect(duration(ms)).toBe(want));

test.each([
  [1, "1 token"],
  ["0", "0 tokens"],
  ["1234", "1,234 tokens"],
])("%s are %s", (count, want) => expect(tokens(count)).toBe(want));

test("nobody's name moves the cursor", () => expect(oneLine("a\u001b[2Jb\r\nc")).toBe("a [2Jb c"));

test("a word that is too long stays whole", () => {
  expect(wrapped("a https://example.test/very/long b", 10)).toEqual(["a", "https://example.test/very/long", "b"]);
});
