/**
 * Goal: for any sequence of operations, many at a time, the ledger answers what a plain model answers, and after every
 * commit its totals are the sums of its journal. Method: bursts of random operations on few accounts, instruments and
 * request ids, so that they collide; each burst is asked for at once.
 */

import type { Ledger, Totals } from "@interchange/ledger";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENGINES } from "./engines.ts";
import { Model } from "./model.ts";
import { type Sample, START_MS } from "./sample.ts";

type Place = { account: number; instrument: string };

type Step =
  | { does: "deposit"; place: Place; tokens: number; costMicros: number; lifeMs: number | null }
  | { does: "hold"; place: Place; request: number; tokens: number; lifeMs: number }
  | { does: "redeem"; request: number; lifeMs: number }
  | { does: "settle"; request: number; tokens: number }
  | { does: "release"; request: number }
  | { does: "expire" }
  | { does: "balance"; place: Place };

const ACCOUNTS = [0, 1];
/** Neighbours by account and by instrument, and so few that lots and holds of all ages meet in each. */
const PLACES = [
  { account: 0, instrument: "text" },
  { account: 0, instrument: "code" },
  { account: 1, instrument: "text" },
];

const does = <K extends Step["does"]>(name: K) => fc.constant(name);
const places = fc.constantFrom(...PLACES);
const requests = fc.integer({ min: 0, max: 11 });
const lives = fc.integer({ min: 1, max: 60 });
const amounts = (min: number, max: number) => fc.integer({ min, max });

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      does: does("deposit"),
      place: places,
      tokens: amounts(1, 90),
      costMicros: amounts(0, 1_000),
      lifeMs: fc.option(amounts(1, 30)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: does("hold"),
      place: places,
      request: requests,
      tokens: amounts(1, 40),
      lifeMs: lives,
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: does("redeem"), request: requests, lifeMs: lives }) },
  { weight: 3, arbitrary: fc.record({ does: does("settle"), request: requests, tokens: amounts(0, 70) }) },
  { weight: 1, arbitrary: fc.record({ does: does("release"), request: requests }) },
  { weight: 1, arbitrary: fc.record({ does: does("expire") }) },
  { weight: 1, arbitrary: fc.record({ does: does("balance"), place: places }) },
);

type Burst = { steps: Step[]; pauseMs: number };

/** A burst happens at one instant; then time goes on. */
const bursts: fc.Arbitrary<Burst> = fc.record({
  steps: fc.array(steps, { minLength: 1, maxLength: 8, size: "max" }),
  pauseMs: fc.integer({ min: 0, max: 25 }),
});

let runs = 0;

/** One run of the property: names of its own in the shared ledger, a model beside it. */
class Run {
  readonly model = new Model();
  readonly #run = `run${runs++}`;
  readonly #sample: Sample;
  #lots = 0;

  constructor(sample: Sample) {
    this.#sample = sample;
  }

  get #ledger(): Ledger {
    return this.#sample.ledger;
  }

  get #nowMs(): number {
    return this.#sample.clock.nowMs;
  }

  readonly #account = (account: number): string => `${this.#run}-${account}`;
  readonly #request = (request: number): string => `${this.#run}-r${request}`;
  readonly #key = (place: Place): string => `${place.account} ${place.instrument}`;

  async open(): Promise<void> {
    await Promise.all(ACCOUNTS.map((n) => this.#ledger.openAccount({ id: this.#account(n), name: "Ada" })));
  }

  /** Asks the ledger at once and the model at once; gives both answers, the ledger's later. */
  step(step: Step): { got: Promise<unknown>; want: unknown } {
    const nowMs = this.#nowMs;
    switch (step.does) {
      case "deposit":
        return this.#deposit(step);
      case "hold": {
        const { tokens, place } = step;
        const [requestId, expiresAtMs] = [this.#request(step.request), nowMs + step.lifeMs];
        const at = { accountId: this.#account(place.account), instrument: place.instrument };
        return {
          got: this.#ledger.hold({ requestId, ...at, tokens, expiresAtMs }).catch((error: unknown) => error),
          want: this.model.hold(requestId, this.#key(place), tokens, expiresAtMs, nowMs),
        };
      }
      case "redeem": {
        const [requestId, expiresAtMs] = [this.#request(step.request), nowMs + step.lifeMs];
        const got = this.#ledger.redeem({ requestId, expiresAtMs });
        return { got, want: { kind: this.model.redeem(requestId, expiresAtMs, nowMs) } };
      }
      case "settle": {
        const [requestId, { tokens }] = [this.#request(step.request), step];
        return { got: this.#ledger.settle({ requestId, tokens }), want: this.model.settle(requestId, tokens, nowMs) };
      }
      case "release": {
        const requestId = this.#request(step.request);
        const got = this.#ledger.release({ requestId, reason: "any" });
        return { got, want: { kind: this.model.release(requestId, nowMs) } };
      }
      case "expire":
        return { got: this.#ledger.expire(nowMs), want: this.model.expire(nowMs) };
      case "balance":
        return this.balance(step.place);
    }
  }

  balance(place: Place): { got: Promise<unknown>; want: unknown } {
    const got = this.#ledger.balance(this.#account(place.account), place.instrument);
    return { got, want: this.model.balance(this.#key(place), this.#nowMs) };
  }

  #deposit({ place, tokens, costMicros, lifeMs }: Step & { does: "deposit" }): {
    got: Promise<unknown>;
    want: unknown;
  } {
    const name = `lot${this.#lots++}`;
    const expiresAtMs = lifeMs === null ? Number.MAX_SAFE_INTEGER : this.#nowMs + lifeMs;
    this.model.deposit(this.#key(place), { name, tokens, costMicros, expiresAtMs });
    const deposit = { accountId: this.#account(place.account), instrument: place.instrument, tokens, costMicros };
    const got = this.#ledger.deposit({ ...deposit, reference: name, ...(lifeMs !== null && { expiresAtMs }) });
    return { got: got.then(({ id }) => this.#names.set(id, name)), want: undefined };
  }

  readonly #names = new Map<string, string>();

  /** The ledger's answer with its lots named as the model names them. */
  named(answer: unknown): unknown {
    if (typeof answer !== "object" || answer === null || !("draws" in answer)) return answer;
    const draws = (answer.draws as { lotId: string }[]).map((draw) => ({
      ...draw,
      lotId: this.#names.get(draw.lotId),
    }));
    return { ...answer, draws };
  }
}

async function burst(run: Run, all: Step[]): Promise<void> {
  const pairs = all.map((step) => ({ step, ...run.step(step) }));
  const got = await Promise.all(pairs.map(({ got }) => got));
  for (const [place, { step, want }] of pairs.entries()) {
    if (step.does === "deposit") continue;
    const answer = run.named(got[place]);
    if (typeof want === "object") expect(answer, JSON.stringify(step)).toMatchObject(want as object);
    else expect(answer, JSON.stringify(step)).toEqual(want);
  }
}

async function checkInvariants(ledger: Ledger): Promise<void> {
  const [totals, discrepancies] = await Promise.all([ledger.totals(), ledger.audit()]);
  expect(discrepancies).toEqual([]);
  expect(totals.movementsSum).toBe(0);
  expect(totals.available + totals.held + totals.used + totals.lapsed).toBe(totals.deposited);
  expect(totals.held + totals.used).toBeLessThanOrEqual(totals.deposited);
}

/** One run; the next may go on in the same ledger. */
async function play(sample: Sample, all: Burst[]): Promise<void> {
  const run = new Run(sample);
  await run.open();
  for (const { steps, pauseMs } of all) {
    await burst(run, steps);
    await checkInvariants(sample.ledger);
    sample.clock.nowMs += pauseMs;
  }
  for (const place of PLACES) {
    const { got, want } = run.balance(place);
    expect(await got).toMatchObject(want as object);
  }
  // Nothing may stay open for the next run to count.
  sample.clock.nowMs += 1_000;
  await burst(run, [{ does: "expire" }]);
}

const plays = fc.array(bursts, { minLength: 1, maxLength: 14, size: "max" });

/** A reader of its own, which shares no statement with the ledger, sees the same sums, and no draw of a lot too old for its hold. */
async function checkBooks(
  read: (text: string) => Promise<unknown[]>,
  { deposited, available, held, used, lapsed }: Totals,
): Promise<void> {
  const sums = ["deposited", "available", "held", "used", "lapsed"].map(
    (book) => `CAST(SUM(${book}) AS BIGINT) AS ${book}`,
  );
  const [books] = await read(`SELECT ${sums.join(", ")} FROM movement`);
  expect(books).toEqual({ deposited: 0 - deposited, available, held, used, lapsed });
  const tooOld = await read(
    `SELECT request_id FROM draw JOIN lot USING (lot_id) JOIN hold USING (request_id)
     WHERE lot.expires_at_ms <= hold.created_at_ms`,
  );
  expect(tooOld).toEqual([]);
}

describe.each(ENGINES)("on $name", ({ openSample, openThreaded, rowsAt, runs }) => {
  test("any bursts of operations", async () => {
    // A ledger for each run: audits read everything, so that in a shared one each would be slower than the last.
    const property = fc.asyncProperty(plays, async (all) => play(await openSample(), all));
    await fc.assert(property, { numRuns: runs });
  });

  test("some on a disk, one after the other in one ledger", async () => {
    const sample = await openThreaded();
    await fc.assert(
      fc.asyncProperty(plays, (all) => play(sample, all)),
      { numRuns: 5 },
    );
    const totals = await sample.ledger.totals();
    await sample.ledger.close();
    await checkBooks((text) => rowsAt(sample.place, text), totals);

    const again = await openThreaded(sample.place);
    expect(await again.ledger.totals()).toEqual(totals);
    await checkInvariants(again.ledger);
  });

  test("each of many colliding requests is resolved exactly once", async () => {
    const { ledger } = await openThreaded();
    await ledger.openAccount({ id: "ada", name: "Ada" });
    await ledger.deposit({ accountId: "ada", instrument: "text", tokens: 10_000, costMicros: 777 });
    const requests = Array.from({ length: 100 }, (_, i) => `r${i}`);
    const expiresAtMs = START_MS + 50;
    await Promise.all(
      requests.map((requestId) =>
        ledger.hold({ requestId, accountId: "ada", instrument: "text", tokens: 50, expiresAtMs }),
      ),
    );
    const settle = (requestId: string, tokens: number): Promise<unknown> => ledger.settle({ requestId, tokens });
    const release = (requestId: string): Promise<unknown> => ledger.release({ requestId, reason: "client-left" });
    // In turn a settlement, a release and a greedy settlement come first.
    const orders = [
      (id: string) => [settle(id, 30), release(id), settle(id, 99)],
      (id: string) => [release(id), settle(id, 99), settle(id, 30)],
      (id: string) => [settle(id, 99), settle(id, 30), release(id)],
    ];
    await Promise.all(requests.flatMap((requestId, i) => orders[i % 3]?.(requestId) ?? []));
    const receipts = await Promise.all(requests.map((requestId) => ledger.receipt(requestId)));
    const settled = receipts.filter((receipt) => receipt?.status === "reconciled");
    const used = settled.reduce((sum, receipt) => sum + (receipt?.tokensUsed ?? 0), 0);
    expect(await ledger.totals()).toMatchObject({ used, held: 0, available: 10_000 - used });
    expect(settled).toHaveLength(67);
    expect(await ledger.expire(expiresAtMs)).toBe(0);
  });
});
