/** Goal: receipts are found by what they say, newest first; summaries are the sums of what was resolved. */

import type { Ledger, UsageFilter, UsageGrouping } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { pagesOf } from "./pages.ts";
import type { Sample } from "./sample.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const DAY_MS = 86_400_000;
const NOON_MS = Date.parse("2026-10-30T12:00:00Z");

type Request = {
  requestId: string;
  accountId: string;
  instrument: string;
  keyId?: string;
  /** What it was settled to; `release` and `open` were not. */
  end: number | "release" | "open";
  model?: string;
  atMs: number;
};

// Two instruments of ada, one of bob; three days, the last millisecond of one and the first of the next among them.
const REQUESTS: Request[] = [
  { requestId: "r1", accountId: "ada", instrument: "text", keyId: "k1", end: 30, model: "m1", atMs: NOON_MS },
  { requestId: "r2", accountId: "ada", instrument: "code", keyId: "k2", end: 10, model: "m2", atMs: NOON_MS + 1 },
  {
    requestId: "r3",
    accountId: "ada",
    instrument: "text",
    keyId: "k1",
    end: "release",
    atMs: NOON_MS + DAY_MS / 2 - 1,
  },
  { requestId: "r4", accountId: "ada", instrument: "text", end: 0, model: "m1", atMs: NOON_MS + DAY_MS / 2 },
  { requestId: "r5", accountId: "bob", instrument: "text", keyId: "k3", end: 70, model: "m1", atMs: NOON_MS + DAY_MS },
  // Bob had 100 tokens: 130 are 100 beyond the 30 that are left.
  {
    requestId: "r6",
    accountId: "bob",
    instrument: "text",
    keyId: "k3",
    end: 130,
    model: "m2",
    atMs: NOON_MS + 2 * DAY_MS,
  },
  { requestId: "r7", accountId: "ada", instrument: "text", keyId: "k1", end: "open", atMs: NOON_MS + 2 * DAY_MS },
];

async function ask(ledger: Ledger, { end, atMs, model, ...request }: Request): Promise<void> {
  const { requestId } = request;
  await ledger.hold({ ...request, tokens: 20, expiresAtMs: atMs + DAY_MS });
  if (end === "release") await ledger.release({ requestId, reason: "client-left" });
  else if (end !== "open") await ledger.settle({ requestId, tokens: end, ...(model !== undefined && { model }) });
}

describe.each(ENGINES)("on $name", ({ openSample }) => {
  async function openUsed(): Promise<Sample> {
    const sample = await openSample();
    sample.clock.nowMs = NOON_MS;
    for (const accountId of ["ada", "bob"]) {
      await sample.ledger.openAccount({ id: accountId, name: accountId });
      for (const instrument of ["text", "code"]) {
        await sample.ledger.deposit({ accountId, instrument, tokens: 100, costMicros: 200 });
      }
    }
    for (const request of REQUESTS) {
      sample.clock.nowMs = request.atMs;
      await ask(sample.ledger, request);
    }
    return sample;
  }

  const FILTERS: [UsageFilter, string][] = [
    [{}, "r7 r6 r5 r4 r3 r2 r1"],
    [{ accountId: "ada" }, "r7 r4 r3 r2 r1"],
    [{ accountId: "nobody" }, ""],
    [{ instrument: "code" }, "r2"],
    [{ keyId: "k1" }, "r7 r3 r1"],
    [{ status: "pending" }, "r7"],
    [{ status: "reconciled" }, "r6 r5 r4 r2 r1"],
    [{ status: "error" }, "r3"],
    [{ overrun: true }, "r6"],
    [{ fromMs: NOON_MS + 1 }, "r7 r6 r5 r4 r3 r2"],
    [{ toMs: NOON_MS + 1 }, "r1"],
    [{ fromMs: NOON_MS + 1, toMs: NOON_MS + DAY_MS / 2 }, "r3 r2"],
    [{ fromMs: NOON_MS, toMs: NOON_MS }, ""],
    [{ accountId: "ada", instrument: "text", keyId: "k1", status: "reconciled", fromMs: 0, toMs: MOST }, "r1"],
    [{ accountId: "ada", overrun: true }, ""],
  ];

  test("receipts are those that the filter asks for, page by page", async () => {
    const { ledger } = await openUsed();
    for (const [filter, want] of FILTERS) {
      const pages = await pagesOf((page) => ledger.receipts(filter, page), 2);
      const ids = pages.flat().map(({ requestId }) => requestId);
      expect(ids.join(" "), JSON.stringify(filter)).toBe(want);
      expect(pages).toHaveLength(Math.max(1, Math.ceil(ids.length / 2)));
    }
  });

  test("a receipt of a list is the receipt alone, its draws with it", async () => {
    const { ledger } = await openUsed();
    const { data } = await ledger.receipts({}, { limit: 100 });
    expect(data).toEqual(await Promise.all(data.map(({ requestId }) => ledger.receipt(requestId))));
    expect(data.find(({ requestId }) => requestId === "r1")).toMatchObject({
      keyId: "k1",
      tokensUsed: 30,
      costMicros: 60,
      draws: [{ tokens: 30, costMicros: 60 }],
    });
  });

  type Row = [group: string, requests: number, errors: number, tokens: number, costMicros: number, overrun: number];

  const SUMMARIES: [UsageGrouping, UsageFilter, Row[]][] = [
    [
      "day",
      {},
      [
        ["2026-10-30", 3, 1, 40, 80, 0],
        ["2026-10-31", 2, 0, 70, 140, 0],
        ["2026-11-01", 1, 0, 30, 60, 100],
      ],
    ],
    ["day", { accountId: "bob", toMs: NOON_MS + 2 * DAY_MS }, [["2026-10-31", 1, 0, 70, 140, 0]]],
    [
      "model",
      {},
      [
        ["m1", 3, 0, 100, 200, 0],
        ["m2", 2, 0, 40, 80, 100],
        ["", 1, 1, 0, 0, 0],
      ],
    ],
    [
      "key",
      { accountId: "ada" },
      [
        ["k1", 2, 1, 30, 60, 0],
        ["k2", 1, 0, 10, 20, 0],
        ["", 1, 0, 0, 0, 0],
      ],
    ],
    [
      "instrument",
      {},
      [
        ["text", 5, 1, 130, 260, 100],
        ["code", 1, 0, 10, 20, 0],
      ],
    ],
    ["instrument", { overrun: true }, [["text", 1, 0, 30, 60, 100]]],
    ["instrument", { status: "error" }, [["text", 1, 1, 0, 0, 0]]],
    ["instrument", { status: "pending" }, []],
    ["key", { accountId: "nobody" }, []],
  ];

  test("summaries add up what was resolved", async () => {
    const { ledger } = await openUsed();
    for (const [by, filter, want] of SUMMARIES) {
      const sums = await ledger.usageSummary(filter, by);
      const rows = sums.map((sum): Row => {
        const { group, requests, errors, tokens, costMicros, overrun } = sum;
        return [group, requests, errors, tokens, costMicros, overrun];
      });
      expect(rows, `${by} ${JSON.stringify(filter)}`).toEqual(want);
    }
  });

  test("what has no bound is summed up to 2^53 − 1", async () => {
    const { ledger } = await openUsed();
    const hold = { accountId: "ada", instrument: "text", tokens: 1, expiresAtMs: MOST };
    for (const requestId of ["s1", "s2"]) await ledger.hold({ ...hold, requestId });
    for (const requestId of ["s1", "s2"]) await ledger.settle({ requestId, tokens: MOST });
    const [sum] = await ledger.usageSummary({ accountId: "ada" }, "instrument");
    expect(sum).toMatchObject({ group: "text", overrun: MOST });
  });

  test.each<[string, object]>([
    ["a status that is none", { status: "done" }],
    ["an empty key", { keyId: "" }],
    ["half an instant", { fromMs: 0.5 }],
    ["a negative instant", { toMs: -1 }],
    ["an end before the beginning", { fromMs: 2, toMs: 1 }],
    ["a number for an account", { accountId: 7 }],
  ])("not asked: %s", async (_, filter) => {
    const { ledger } = await openSample();
    await expect(ledger.receipts(filter as never, { limit: 1 })).rejects.toMatchObject({ code: "bad-input" });
    await expect(ledger.usageSummary(filter as never, "day")).rejects.toMatchObject({ code: "bad-input" });
  });

  test.each(["week", "", undefined, "constructor"])("not summed by %j", async (by) => {
    const { ledger } = await openSample();
    await expect(ledger.usageSummary({}, by as never)).rejects.toMatchObject({ code: "bad-input" });
  });
});
