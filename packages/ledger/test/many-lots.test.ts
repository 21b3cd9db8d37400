/** Goal: a settlement costs no more where thousands of lots wait to be drawn than where there is one. Method: medians, side by side. */

import { describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { lifeFrom, START_MS } from "./sample.ts";

const LOTS = 5_000;
const TURNS = 41;

describe.each(ENGINES)("on $name", ({ openFunded }) => {
  test("thousands of lots at one place", async () => {
    const { ledger, account } = await openFunded(1_000);
    const lot = { accountId: account.id, instrument: "many", tokens: 1_000, costMicros: 0 };
    await Promise.all(Array.from({ length: LOTS }, () => ledger.deposit(lot)));

    const settledIn = async (instrument: string, turn: number): Promise<number> => {
      const requestId = `${instrument}${turn}`;
      const expiresAtMs = lifeFrom(START_MS);
      await ledger.hold({ requestId, accountId: account.id, instrument, tokens: 5, expiresAtMs });
      const begunAtMs = performance.now();
      await ledger.settle({ requestId, tokens: 3 });
      return performance.now() - begunAtMs;
    };
    const took = { text: [] as number[], many: [] as number[] };
    for (let turn = 0; turn < TURNS; turn++) {
      took.text.push(await settledIn("text", turn));
      took.many.push(await settledIn("many", turn));
    }
    expect(median(took.many)).toBeLessThan(4 * median(took.text));
    expect(await ledger.balance(account.id, "many")).toMatchObject({ used: 3 * TURNS, held: 0 });
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
