/** Goal: a statement adds up from its opening to its closing, the next begins where it ended, and all of it is in the journals. */

import { describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { type Sample, START_MS } from "./sample.ts";

const UNIT = 1_000_000;

describe.each(ENGINES)("on $name", ({ openSample, openThreaded, freshPlace, rowsAt }) => {
  /** At 0 credits and a lot that expires at 50; at 10 a hold; at 20 a settlement; at 30 a purchase; at 60 the lot lapses. */
  async function openMoved(opening: typeof openSample, place?: string): Promise<Sample> {
    const sample = await opening(place);
    const { ledger, clock } = sample;
    const at = { accountId: "ada", instrument: "text" };
    for (const id of ["ada", "bob"]) await ledger.openAccount({ id, name: id });
    await ledger.depositCredits({ accountId: "ada", amountMicros: 100 });
    await ledger.deposit({ ...at, tokens: 40, costMicros: 0, expiresAtMs: START_MS + 50 });
    await ledger.deposit({ ...at, accountId: "bob", tokens: 7, costMicros: 0 });
    clock.nowMs = START_MS + 10;
    await ledger.hold({ ...at, requestId: "r1", tokens: 30, expiresAtMs: START_MS + 1_000 });
    clock.nowMs = START_MS + 20;
    await ledger.settle({ requestId: "r1", tokens: 25 });
    clock.nowMs = START_MS + 30;
    await ledger.buy({ ...at, tokens: 2 * UNIT, priceMicrosPerUnit: 20 });
    await ledger.buy({ ...at, instrument: "code", tokens: UNIT, priceMicrosPerUnit: 1 });
    clock.nowMs = START_MS + 60;
    await ledger.expire(clock.nowMs);
    return sample;
  }

  type Sums = [opening: number, deposited: number, used: number, lapsed: number, closing: number];
  type Micros = [opening: number, deposited: number, spent: number, closing: number];

  const STATEMENTS: [from: number, to: number, Record<string, Sums>, Micros][] = [
    [0, 0, {}, [0, 0, 0, 0]],
    [0, 1, { text: [0, 40, 0, 0, 40] }, [0, 100, 0, 100]],
    // What is held is still the account's.
    [10, 20, { text: [40, 0, 0, 0, 40] }, [100, 0, 0, 100]],
    [20, 21, { text: [40, 0, 25, 0, 15] }, [100, 0, 0, 100]],
    [21, 31, { code: [0, UNIT, 0, 0, UNIT], text: [15, 2 * UNIT, 0, 0, 2 * UNIT + 15] }, [100, 0, 41, 59]],
    [31, 100, { code: [UNIT, 0, 0, 0, UNIT], text: [2 * UNIT + 15, 0, 0, 15, 2 * UNIT] }, [59, 0, 0, 59]],
    [-1_000, 1_000, { code: [0, UNIT, 0, 0, UNIT], text: [0, 2 * UNIT + 40, 25, 15, 2 * UNIT] }, [0, 100, 41, 59]],
  ];

  test("statements of one account, of any period", async () => {
    const { ledger } = await openMoved(openSample);
    for (const [from, to, instruments, credits] of STATEMENTS) {
      const period = { fromMs: START_MS + from, toMs: START_MS + to };
      const said = await ledger.statement("ada", period);
      expect({ ...said, instruments: said.instruments.map(({ instrument }) => instrument) }).toEqual({
        accountId: "ada",
        ...period,
        instruments: Object.keys(instruments),
        credits: expect.anything(),
      });
      for (const { instrument, ...sums } of said.instruments) {
        const { opening, deposited, used, lapsed, closing } = sums;
        expect([opening, deposited, used, lapsed, closing], instrument).toEqual(instruments[instrument]);
      }
      const { openingMicros, depositedMicros, spentMicros, closingMicros } = said.credits;
      expect([openingMicros, depositedMicros, spentMicros, closingMicros]).toEqual(credits);
    }
  });

  test("movements tell what a request did, newest first", async () => {
    const { ledger } = await openMoved(openSample);
    const { data } = await ledger.movements("ada", { limit: 100, instrument: "text" });
    const zero = { deposited: 0, available: 0, held: 0, used: 0, lapsed: 0 };
    const said = data.map(({ movement, amounts, atMs }) => [movement, atMs - START_MS, amounts]);
    expect(said).toEqual([
      ["lapse", 60, { ...zero, available: -15, lapsed: 15 }],
      ["deposit", 30, { ...zero, deposited: -2 * UNIT, available: 2 * UNIT }],
      ["settle", 20, { ...zero, held: -30, available: 5, used: 25 }],
      ["hold", 10, { ...zero, available: -30, held: 30 }],
      ["deposit", 0, { ...zero, deposited: -40, available: 40 }],
    ]);
    expect(data.slice(2, 4).map(({ reference }) => reference)).toEqual(["r1", "r1"]);
    const numbers = data.map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
  });

  test("it is the sum of the journals that anybody can add up", async () => {
    const { ledger, place } = await openMoved(openThreaded, await freshPlace());
    const { instruments, credits } = await ledger.statement("ada", { fromMs: 0, toMs: START_MS + 1_000 });
    await ledger.close();
    const tokens = await rowsAt(
      place,
      `SELECT instrument, CAST(SUM(available + held) AS BIGINT) AS closing FROM movement
       WHERE account_id = 'ada' GROUP BY instrument ORDER BY instrument`,
    );
    expect(tokens).toEqual(instruments.map(({ instrument, closing }) => ({ instrument, closing })));
    const micros = await rowsAt(
      place,
      `SELECT CAST(SUM(available) AS BIGINT) AS "closingMicros" FROM credit_movement WHERE account_id = 'ada'`,
    );
    expect(micros).toEqual([{ closingMicros: credits.closingMicros }]);
  });

  test.each<[string, string, object, string]>([
    ["an account that is not there", "nobody", {}, "unknown-account"],
    ["no beginning", "ada", { fromMs: undefined }, "bad-input"],
    ["half an end", "ada", { toMs: START_MS + 0.5 }, "bad-input"],
    ["an end before the beginning", "ada", { toMs: START_MS - 1 }, "bad-input"],
    ["a beginning before all time", "ada", { fromMs: -1 }, "bad-input"],
  ])("none of %s", async (_, accountId, change, code) => {
    const { ledger } = await openSample();
    await ledger.openAccount({ id: "ada", name: "Ada" });
    const period = { fromMs: START_MS, toMs: START_MS, ...change } as never;
    await expect(ledger.statement(accountId, period)).rejects.toMatchObject({ code });
  });
});
