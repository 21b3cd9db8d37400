/** What a run owes reaches the books, also when they are away for a while; and its hold lives for as long as it does. */
import { setTimeout as pause } from "node:timers/promises";
import { type Ledger, LedgerUnavailable } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { createArrears } from "../src/arrears.ts";
import type { Log } from "../src/log.ts";
import { createRenewal } from "../src/renewal.ts";
import {
  DEPOSITED,
  FORMATS,
  hear,
  type Market,
  openMarket,
  openSimulator,
  readAll,
  supplierAt,
  tellerOf,
} from "./market.ts";
import { outage } from "./outage.ts";

interface Said {
  readonly log: Log;
  readonly lines: readonly string[];
}

function listening(): Said {
  const lines: string[] = [];
  const say = (about: object, sentence: string): void => void lines.push(`${sentence} ${JSON.stringify(about)}`);
  return { log: { warn: say, error: say }, lines };
}

async function settled(market: Market, requestId: string): Promise<{ used: number; status: string }> {
  await market.relay.idle();
  const { tokensUsed, status } = await market.receipt(requestId);
  expect(await market.available()).toBe(DEPOSITED - tokensUsed);
  expect(await market.ledger.audit()).toEqual([]);
  return { used: tokensUsed, status };
}

describe.each([
  ["refuses", false],
  ["does what it is asked and does not say so", true],
])("a ledger that %s for a while", (_, late) => {
  test.each(FORMATS)("%s: what was answered is told to its end, and paid once the ledger is back", async (format) => {
    const away = outage({ late });
    const { log, lines } = listening();
    const market = await openMarket({ seen: away.seen, log });
    const { supplier } = await openSimulator(format);
    for (const stream of [false, true]) {
      const run = await market.hold(format, supplier, { stream });
      away.begin();
      const outcome = await market.relay(run);
      if (stream) expect((await readAll(outcome)).at(-1)).not.toHaveProperty("error");
      else expect(outcome.kind).toBe("answer");
      let isIdle = false;
      void market.relay.idle().then(() => {
        isIdle = true;
      });
      await pause(350);
      expect(isIdle).toBe(false);
      if (!late) expect(await market.receipt(run.requestId)).toMatchObject({ status: "pending" });
      away.end();
      const before = await market.available();
      const { used, status } = await settled(market, run.requestId);
      expect({ status, paid: used > 0 }).toEqual({ status: "reconciled", paid: true });
      if (late) expect(await market.available()).toBe(before);
      await market.ledger.deposit({ accountId: market.accountId, instrument: "text", tokens: used, costMicros: 0 });
    }
    expect(lines.filter((line) => line.startsWith("the ledger is away"))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith("all that runs owed is written"))).toHaveLength(2);
  });

  test.each(FORMATS)("%s: a caller that left in the meantime pays for what was delivered", async (format) => {
    const away = outage({ late });
    const market = await openMarket({ seen: away.seen });
    const { supplier } = await openSimulator(format);
    const asked = { sim: "tokens=40 delayBetweenMs=10", stream: true };
    const { requestId, outcome } = await market.run(format, supplier, asked);
    hear(outcome, {
      onSent(events) {
        if (events.length < 12) return;
        away.begin();
        void tellerOf(outcome).leave();
      },
    });
    await expect.poll(away.asked).toBeGreaterThan(2);
    away.end();
    const { used, status } = await settled(market, requestId);
    expect(status).toBe("reconciled");
    expect(used).toBeGreaterThan(8);
  });

  test.each(FORMATS)("%s: what a supplier did not answer is given back", async (format) => {
    const away = outage({ late });
    const market = await openMarket({ seen: away.seen });
    const { supplier } = await openSimulator(format);
    const run = await market.hold(format, supplier, { sim: "status=500" });
    away.begin();
    expect((await market.relay(run)).kind).toBe("refused");
    await expect.poll(away.asked).toBeGreaterThan(1);
    away.end();
    expect(await settled(market, run.requestId)).toEqual({ used: 0, status: "error" });
  });
});

test("many that owe are written as soon as the ledger is back", async () => {
  const away = outage();
  const market = await openMarket({ seen: away.seen });
  const { supplier } = await openSimulator("messages");
  const runs = await Promise.all(Array.from({ length: 40 }, () => market.hold("messages", supplier)));
  away.begin();
  await Promise.all(runs.map((run) => market.relay(run)));
  const asked = away.asked();
  await pause(1_000);
  expect(away.asked() - asked).toBeLessThan(8);
  away.end();
  await market.relay.idle();
  for (const { requestId } of runs) expect(await market.receipt(requestId)).toMatchObject({ status: "reconciled" });
});

test("a relay that is closed tries nothing any more", async () => {
  const away = outage();
  const market = await openMarket({ seen: away.seen });
  const { supplier } = await openSimulator("messages");
  const run = await market.hold("messages", supplier);
  away.begin();
  await market.relay(run);
  market.relay.close();
  const asked = away.asked();
  await pause(400);
  expect(away.asked()).toBe(asked);
});

test("a hold that comes to no run is given back by the relay too", async () => {
  const market = await openMarket();
  const { supplier } = await openSimulator("messages");
  const { requestId } = await market.hold("messages", supplier);
  await market.relay.giveBack(requestId, "nobody offers it");
  expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "nobody offers it" });
});

describe("arrears", () => {
  const entry = (write: () => Promise<void>, done = (): void => undefined) => ({ requestId: "r", write, done });
  const away = async (): Promise<void> => {
    throw new LedgerUnavailable("away");
  };

  test("have a bound", () => {
    const arrears = createArrears(listening().log);
    for (let count = 0; count < 10_000; count += 1) expect(arrears.add(entry(away))).toBe(true);
    expect(arrears.add(entry(away))).toBe(false);
    arrears.close();
  });

  test("what the ledger refuses is told, and stands in nobody's way", async () => {
    const { log, lines } = listening();
    const arrears = createArrears(log);
    const done: string[] = [];
    const wrong = async (): Promise<void> => {
      throw new Error("no such thing");
    };
    arrears.add(entry(wrong, () => void done.push("")));
    arrears.add(
      entry(
        async () => undefined,
        () => void done.push(""),
      ),
    );
    await arrears.empty();
    expect(done).toHaveLength(2);
    expect(lines.some((line) => line.startsWith("what a run owes could not be written"))).toBe(true);
  });
});

describe("renewal", () => {
  interface Renewed {
    readonly requestIds: readonly string[];
    readonly expiresAtMs: number;
  }

  function fakeLedger(answer: (asked: readonly string[]) => string[]): {
    renewed: Renewed[];
    ledger: Pick<Ledger, "renew">;
  } {
    const renewed: Renewed[] = [];
    return {
      renewed,
      ledger: {
        async renew(command) {
          renewed.push(command);
          return answer(command.requestIds);
        },
      },
    };
  }

  const LIFE_MS = 400;

  test("is one command for all, four times a life, while anything is under way", async () => {
    const { renewed, ledger } = fakeLedger((asked) => [...asked]);
    const renewal = createRenewal({ ledger, clock: () => 7_000, lifeMs: LIFE_MS, log: listening().log });
    await pause(150);
    expect(renewed).toEqual([]);
    for (const requestId of ["a", "b", "c"]) renewal.begin(requestId);
    await expect.poll(() => renewed.length, { interval: 5 }).toBe(2);
    expect(renewed[0]).toEqual({ requestIds: ["a", "b", "c"], expiresAtMs: 7_000 + LIFE_MS });
    for (const requestId of ["a", "b", "c"]) renewal.end(requestId);
    await pause(150);
    const count = renewed.length;
    await pause(150);
    expect(renewed.length).toBe(count);
    renewal.begin("d");
    await expect.poll(() => renewed.at(-1)?.requestIds).toEqual(["d"]);
    renewal.close();
  });

  test("is tried again at once while the ledger is away, which is told once", async () => {
    let isAway = true;
    const { renewed, ledger } = fakeLedger((asked) => {
      if (isAway) throw new LedgerUnavailable("away");
      return [...asked];
    });
    const { log, lines } = listening();
    const renewal = createRenewal({ ledger, clock: Date.now, lifeMs: 1_200, log });
    renewal.begin("a");
    await expect.poll(() => renewed.length, { interval: 5 }).toBe(3);
    isAway = false;
    const tries = renewed.length;
    const backAtMs = Date.now();
    await expect.poll(() => renewed.length, { interval: 5 }).toBe(tries + 1);
    expect(Date.now() - backAtMs).toBeLessThan(600);
    expect(lines).toHaveLength(1);
    renewal.close();
  });

  test("tells of runs that have lost their hold, once, and of none that is just being resolved", async () => {
    const { renewed, ledger } = fakeLedger(() => []);
    const { log, lines } = listening();
    const renewal = createRenewal({ ledger, clock: Date.now, lifeMs: 100, log });
    renewal.begin("lost");
    renewal.begin("resolving");
    renewal.resolving("resolving");
    await expect.poll(() => renewed.at(-1)?.requestIds, { interval: 5 }).toEqual(["resolving"]);
    expect(lines).toEqual(['runs go on whose holds have expired {"runs":1,"requestIds":["lost"]}']);
    renewal.close();
  });
});

describe("a run that takes longer than its hold's life", () => {
  test.each(FORMATS)("%s keeps it, and is settled", async (format) => {
    const market = await openMarket({ holdLifeMs: 1_000, alone: true });
    const { simulator } = await openSimulator(format);
    const supplier = supplierAt(format, simulator.url, undefined, { idleMs: 5_000, totalMs: 20_000 });
    const run = await market.hold(
      format,
      supplier,
      { sim: "tokens=8 chunks=8 delayBetweenMs=300", stream: true },
      1_000,
    );
    const sweeper = setInterval(() => void market.ledger.expire(Date.now()), 20);
    const outcome = await market.relay(run);
    await readAll(outcome);
    clearInterval(sweeper);
    expect(await settled(market, run.requestId)).toMatchObject({ status: "reconciled" });
  });

  test.each(FORMATS)(
    "%s: one that has lost it all the same is told to its end and costs nothing, which is told",
    async (format) => {
      const { log, lines } = listening();
      const market = await openMarket({ log, alone: true });
      const { supplier } = await openSimulator(format);
      const run = await market.hold(format, supplier, { stream: true });
      const outcome = await market.relay(run);
      expect(await market.ledger.expire(Date.now() + 120_000)).toBe(1);
      expect((await readAll(outcome)).at(-1)).not.toHaveProperty("error");
      expect(await settled(market, run.requestId)).toEqual({ used: 0, status: "error" });
      expect(lines).toEqual([
        expect.stringMatching(/^a run was not settled: its hold had ended before it .*"tokens":\d+,"hold":"expired"/),
      ]);
    },
  );
});
