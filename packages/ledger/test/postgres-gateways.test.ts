/**
 * Goal: whatever two gateways on one database are asked for at the same time, their books add up after every burst. Method:
 * random operations on few places and request ids, half of them to each gateway; which of two comes first is not known, so
 * answers are not compared, only audited.
 */

import { type Ledger, openLedger } from "@interchange/ledger";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { START_MS } from "./sample.ts";
import { freshDatabase } from "./server.ts";

type Step = { gateway: number; does: Does; instrument: string; request: number; tokens: number; lifeMs: number };

type Asked = {
  ledger: Ledger;
  requestId: string;
  place: { accountId: string; instrument: string };
  tokens: number;
  expiresAtMs: number;
  nowMs: number;
};

const DOES = {
  deposit: ({ ledger, place, tokens, expiresAtMs }: Asked) =>
    ledger.deposit({ ...place, tokens, costMicros: 7, expiresAtMs }),
  hold: ({ ledger, requestId, place, tokens, expiresAtMs }: Asked) =>
    ledger.hold({ requestId, ...place, tokens, expiresAtMs }),
  redeem: ({ ledger, requestId, expiresAtMs }: Asked) => ledger.redeem({ requestId, expiresAtMs }),
  settle: ({ ledger, requestId, tokens }: Asked) => ledger.settle({ requestId, tokens }),
  release: ({ ledger, requestId }: Asked) => ledger.release({ requestId, reason: "any" }),
  expire: ({ ledger, nowMs }: Asked) => ledger.expire(nowMs),
  balance: ({ ledger, place }: Asked) => ledger.balance(place.accountId, place.instrument),
} satisfies Record<string, (asked: Asked) => Promise<unknown>>;

type Does = keyof typeof DOES;

const OFTEN: Does[] = ["hold", "settle"];

const steps: fc.Arbitrary<Step> = fc.record({
  gateway: fc.constantFrom(0, 1),
  does: fc.constantFrom(...(Object.keys(DOES) as Does[]), ...OFTEN),
  instrument: fc.constantFrom("text", "code"),
  request: fc.integer({ min: 0, max: 9 }),
  tokens: fc.integer({ min: 1, max: 60 }),
  lifeMs: fc.integer({ min: 1, max: 40 }),
});

const plays = fc.array(fc.array(steps, { minLength: 2, maxLength: 16, size: "max" }), { minLength: 8, maxLength: 8 });

test("any bursts of operations", async () => {
  const url = await freshDatabase();
  const clock = { nowMs: START_MS };
  const open = (): Promise<Ledger> => openLedger({ url, clock: () => clock.nowMs });
  const [one, two] = await Promise.all([open(), open()]);
  onTestFinished(async () => void (await Promise.all([one.close(), two.close()])));
  await one.openAccount({ id: "ada", name: "Ada" });
  let run = 0;

  const ask = ({ gateway, does, instrument, request, tokens, lifeMs }: Step): Promise<unknown> =>
    DOES[does]({
      ledger: gateway === 0 ? one : two,
      requestId: `${run}-${request}`,
      place: { accountId: "ada", instrument },
      tokens,
      expiresAtMs: clock.nowMs + lifeMs,
      nowMs: clock.nowMs,
    });
  const play = async (bursts: Step[][]): Promise<void> => {
    run++;
    for (const burst of bursts) {
      const problems = await Promise.all(burst.map((step) => ask(step).then(() => "none", problemOf)));
      expect(problems.filter((problem) => problem !== "none")).toEqual([]);
      expect(await one.audit()).toEqual([]);
      clock.nowMs += 10;
    }
  };
  await fc.assert(fc.asyncProperty(plays, play), { numRuns: 10 });
  const totals = await two.totals();
  expect(totals.held + totals.used).toBeLessThanOrEqual(totals.deposited);
  expect(totals.used).toBeGreaterThan(0);
});

/** An id that stands for something else already is the one mistake that is made here. */
function problemOf(error: unknown): string {
  return (error as { code?: unknown }).code === "conflict" ? "none" : String(error);
}
