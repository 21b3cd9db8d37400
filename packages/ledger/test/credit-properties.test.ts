/**
 * Goal: for any sequence of deposits, purchases and reloads, many at a time, the ledger answers what a plain model answers,
 * and its books are sound. Method: bursts of random commands on few accounts, instruments and references, so that they
 * collide; each burst is asked for at once.
 */

import type { AutoReloadSetting, Ledger } from "@interchange/ledger";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CreditModel } from "./credit-model.ts";
import { ENGINES } from "./engines.ts";
import type { Sample } from "./sample.ts";

const DAY_MS = 86_400_000;

/** One command, told to both. */
type Step = (run: Run) => { got: Promise<unknown>; want: unknown };

const accounts = fc.constantFrom("ada", "bob");
const instruments = fc.constantFrom("text", "code");
const references = fc.constantFrom("x", "y", "z");
const tokens = fc.constantFrom(1, 400_000, 1_000_000, 2_500_001);
const prices = fc.constantFrom(0, 7, 20);
const micros = fc.integer({ min: 1, max: 60 });
const nth = fc.nat({ max: 2 });
const mostly = fc.constantFrom(true, true, true, false);

const deposits = fc.tuple(accounts, micros, references).map(
  ([account, amountMicros, reference]): Step =>
    (run) => ({
      got: run.ledger.depositCredits({ accountId: run.named(account), amountMicros, reference }),
      want: run.model.deposit(account, amountMicros, reference),
    }),
);

const buys = fc.tuple(accounts, instruments, tokens, prices, references).map(
  ([account, instrument, count, price, reference]): Step =>
    (run) => ({
      got: run.ledger.buy({
        accountId: run.named(account),
        instrument,
        tokens: count,
        priceMicrosPerUnit: price,
        reference,
      }),
      want: run.model.buy({ account, instrument, tokens: count, price }, reference),
    }),
);

const autoBuys = fc
  .tuple(accounts, instruments, mostly, tokens, tokens, fc.option(prices))
  .map(([account, instrument, enabled, count, belowTokens, priceMax]) =>
    autoBuy(account, instrument, { enabled, tokens: count, belowTokens, priceMax }),
  );

type AutoBuy = { enabled: boolean; tokens: number; belowTokens: number; priceMax: number | null };

function autoBuy(account: string, instrument: string, setting: AutoBuy): Step {
  const { priceMax, ...rest } = setting;
  const max = priceMax !== null && { priceMicrosPerUnitMax: priceMax };
  return (run) => ({
    got: run.ledger.putAutoBuy({ accountId: run.named(account), instrument, ...rest, ...max }),
    want: run.model.putAutoBuy(account, instrument, setting),
  });
}

const beginnings = fc.tuple(accounts, instruments, prices, fc.constantFrom(0, 1, 3_000_000)).map(
  ([account, instrument, price, neededTokens]): Step =>
    (run) => ({
      got: run.ledger.beginPurchase({
        accountId: run.named(account),
        instrument,
        priceMicrosPerUnit: price,
        neededTokens,
        leaseUntilMs: 0,
      }),
      want: run.model.beginPurchase(account, instrument, price, neededTokens),
    }),
);

const fills = nth.map(
  (n): Step =>
    (run) => {
      const place = run.recent(run.model.purchases, n);
      return { got: run.ledger.fillPurchase(run.purchaseId(place)), want: run.model.fill(place) };
    },
);

const failures = nth.map(
  (n): Step =>
    (run) => {
      const place = run.recent(run.model.purchases, n);
      const failure = { purchaseId: run.purchaseId(place), problem: "p" };
      return { got: run.ledger.failPurchase(failure), want: run.model.fail(place) };
    },
);

const autoReloads = fc
  .tuple(accounts, mostly, micros, micros, fc.integer({ min: 1, max: 200 }))
  .map(([account, enabled, amountMicros, belowMicros, monthlyLimitMicros]) =>
    autoReload(account, { enabled, amountMicros, belowMicros, monthlyLimitMicros }),
  );

type AutoReload = Omit<AutoReloadSetting, "accountId">;

function autoReload(account: string, setting: AutoReload): Step {
  return (run) => ({
    got: run.ledger.putAutoReload({ accountId: run.named(account), ...setting }),
    want: run.model.putAutoReload(account, setting),
  });
}

const reloads = fc.tuple(accounts, fc.constantFrom(0, 10, 90)).map(
  ([account, neededMicros]): Step =>
    (run) => ({
      got: run.ledger.beginReload({ accountId: run.named(account), neededMicros, leaseUntilMs: 0 }),
      want: run.model.beginReload(account, neededMicros, run.nowMs),
    }),
);

const resolutions = fc
  .tuple(nth, fc.option(fc.constantFrom("no cover", "stolen")), fc.integer({ min: -1, max: 2 }))
  .map(
    ([n, problem, pause]): Step =>
      (run) => {
        const place = run.recent(run.model.reloads, n);
        const reloadId = run.reloadId(place);
        const pausedUntilMs = run.nowMs + pause * DAY_MS;
        const resolution =
          problem === null
            ? ({ reloadId, kind: "paid", payment: "p" } as const)
            : ({ reloadId, kind: "declined", problem, pausedUntilMs } as const);
        return { got: run.ledger.resolveReload(resolution), want: run.model.resolve(place, problem, pausedUntilMs) };
      },
  );

const closings = accounts.map(
  (account): Step =>
    (run) => ({
      got: run.ledger.closeAccount(run.named(account)).then((closed) => ({ id: run.plain(closed?.id) })),
      want: run.model.close(account),
    }),
);

const cold = fc.oneof(
  { weight: 3, arbitrary: deposits },
  { weight: 3, arbitrary: buys },
  { weight: 1, arbitrary: autoBuys },
  { weight: 8, arbitrary: beginnings },
  { weight: 8, arbitrary: fills },
  { weight: 2, arbitrary: failures },
  { weight: 1, arbitrary: autoReloads },
  { weight: 8, arbitrary: reloads },
  { weight: 6, arbitrary: resolutions },
);

/** On its own: of commands that come together, holds may be carried out before the others. */
const alone = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(accounts, instruments, tokens, fc.uuid()).map(
      ([account, instrument, count, requestId]): Step =>
        (run) => ({
          got: run.ledger.hold({
            requestId: run.named(requestId),
            accountId: run.named(account),
            instrument,
            tokens: count,
            expiresAtMs: Number.MAX_SAFE_INTEGER,
          }),
          want: run.model.hold(account, instrument, count),
        }),
    ),
  },
  { weight: 1, arbitrary: closings },
);

/** So that most of what is asked for may happen. */
const SETTINGS = ["ada", "bob"].flatMap((account) => [
  autoReload(account, { enabled: true, amountMicros: 30, belowMicros: 40, monthlyLimitMicros: 100 }),
  ...["text", "code"].map((instrument) =>
    autoBuy(account, instrument, { enabled: true, tokens: 1_000_000, belowTokens: 900_000, priceMax: 19 }),
  ),
]);

type Burst = { steps: Step[]; pauseMs: number };

const bursts: fc.Arbitrary<Burst> = fc.record({
  steps: fc.oneof(
    { weight: 4, arbitrary: fc.array(cold, { minLength: 1, maxLength: 10, size: "max" }) },
    { weight: 1, arbitrary: alone.map((step) => [step]) },
  ),
  pauseMs: fc.constantFrom(0, 1, DAY_MS, 7 * DAY_MS),
});

let runs = 0;

/** One run of the property: names of its own in the shared ledger, a model beside it. */
class Run {
  readonly model = new CreditModel();
  readonly #run = `run${runs++}`;
  readonly #sample: Sample;
  readonly #ids = { purchase: [] as string[], reload: [] as string[] };

  constructor(sample: Sample) {
    this.#sample = sample;
  }

  get ledger(): Ledger {
    return this.#sample.ledger;
  }

  get nowMs(): number {
    return this.#sample.clock.nowMs;
  }

  readonly named = (name: string): string => `${this.#run}-${name}`;
  readonly plain = (id: string | undefined): string | undefined => id?.slice(this.#run.length + 1);
  readonly purchaseId = (place: number): string => this.#ids.purchase[place] ?? "nothing";
  readonly reloadId = (place: number): string => this.#ids.reload[place] ?? "nothing";

  /** The place of the n-th last that has been answered for; what a burst begins has no name before it ends. */
  recent(list: readonly unknown[], n: number): number {
    const ids = list === this.model.purchases ? this.#ids.purchase : this.#ids.reload;
    return ids.length > n ? ids.length - 1 - n : Number.MAX_SAFE_INTEGER;
  }

  /** What the model calls by its place must have that place's id, or be the first of it. */
  check(got: unknown, want: unknown): void {
    if (want === undefined) return expect(got).toBeUndefined();
    const { purchase, reload, ...rest } = want as { purchase?: number; reload?: number };
    expect(got).toMatchObject(rest);
    this.#checkNamed("purchase", got, purchase);
    this.#checkNamed("reload", got, reload);
  }

  #checkNamed(kind: "purchase" | "reload", got: unknown, place: number | undefined): void {
    if (place === undefined) return;
    const { id } = (got as Record<typeof kind, { id: string }>)[kind];
    const ids = this.#ids[kind];
    ids[place] ??= id;
    expect(ids[place]).toBe(id);
    expect(ids.indexOf(id)).toBe(place);
  }
}

async function burst(run: Run, steps: Step[]): Promise<void> {
  const pairs = steps.map((step) => step(run));
  const got = await Promise.allSettled(pairs.map(({ got }) => got));
  for (const [place, answer] of got.entries()) {
    run.check(answer.status === "fulfilled" ? answer.value : answer.reason, pairs[place]?.want);
  }
}

async function checkBooks(run: Run): Promise<void> {
  const { ledger, model } = run;
  expect(await ledger.audit()).toEqual([]);
  for (const account of ["ada", "bob"]) {
    expect(await ledger.credits(run.named(account))).toEqual(model.credits(account));
    for (const instrument of ["text", "code"]) {
      const available = model.available(account, instrument);
      expect(await ledger.balance(run.named(account), instrument)).toMatchObject({ available });
    }
    const said = await ledger.purchases(run.named(account), { limit: 100 });
    const want = model.purchases.filter((purchase) => purchase.account === account).slice(-100);
    expect(said.data.map(({ state }) => state).toReversed()).toEqual(want.map(({ state }) => state));
  }
}

async function play(sample: Sample, all: Burst[]): Promise<void> {
  const run = new Run(sample);
  for (const id of ["ada", "bob"]) await run.ledger.openAccount({ id: run.named(id), name: id });
  await burst(run, SETTINGS);
  for (const { steps, pauseMs } of all) {
    await burst(run, steps);
    sample.clock.nowMs += pauseMs;
  }
  await checkBooks(run);
}

const plays = fc.array(bursts, { minLength: 8, maxLength: 24, size: "max" });

describe.each(ENGINES)("on $name", ({ openSample, openThreaded, runs: numRuns }) => {
  test("any bursts of commands", async () => {
    const sample = numRuns > 50 ? undefined : await openThreaded();
    const property = fc.asyncProperty(plays, async (all) => play(sample ?? (await openSample()), all));
    await fc.assert(property, { numRuns });
  });
});
