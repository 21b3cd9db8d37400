/** A second supplier beside one that is silent: whoever speaks first is heard, and the other is let go at once. */
import { describe, expect, test, vi } from "vitest";
import type { Supplier } from "../src/index.ts";
import {
  type Asked,
  DEPOSITED,
  expectBalanced,
  FORMATS,
  type Format,
  openMarket,
  openSimulator,
  type Programmed,
  readAll,
  type SimulatorOptions,
} from "./market.ts";

type Directives = NonNullable<SimulatorOptions["directives"]>;

const NAMES = ["first", "second", "third"];
const AFTER_MS = 60;

function open(format: Format, ...all: readonly Directives[]): Promise<Programmed[]> {
  const patience = { firstByteMs: 2_000, idleMs: 2_000, totalMs: 3_000 };
  return Promise.all(
    all.map((directives, index) => openSimulator(format, { name: NAMES[index] as string, directives, patience })),
  );
}

const suppliersOf = (all: readonly Programmed[]): Supplier[] => all.map(({ supplier }) => supplier);
const askedOf = (all: readonly Programmed[]): number[] => all.map(({ simulator }) => simulator.requests.length);
const hedging = (take: () => boolean = () => true): Pick<Asked, "hedge"> => ({ hedge: { afterMs: AFTER_MS, take } });

const LATER = { delayBeforeHeadersMs: 300 } as const;
const NEVER = { fault: "hang" } as const;

describe.each(FORMATS.flatMap((format) => [true, false].map((stream) => [format, stream] as const)))(
  "%s, streamed: %s",
  (format, stream) => {
    test.each<[string, Directives[], string[], string]>([
      ["the second is quicker", [NEVER, {}], ["first left", "second answered"], "second"],
      ["the first is, after all", [LATER, NEVER], ["second left", "first answered"], "first"],
      [
        "the second fails, and the first is waited for",
        [LATER, { status: 500 }],
        ["second failed", "first answered"],
        "first",
      ],
      [
        "the first fails, and the second is waited for",
        [{ status: 500, delayBeforeHeadersMs: 150 }, LATER],
        ["first failed", "second answered"],
        "second",
      ],
      [
        "both fail, and a third is asked once both have",
        [{ status: 500, ...LATER }, { status: 503 }, {}],
        ["second failed", "first failed", "third answered"],
        "third",
      ],
    ])("%s", async (_, directives, ended, winner) => {
      const market = await openMarket();
      const all = await open(format, ...directives);
      const take = vi.fn<() => boolean>(() => true);
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream, ...hedging(take) });
      if (outcome.kind === "refused") throw new Error(JSON.stringify(outcome));
      expect(outcome.attempt.supplier.name).toBe(winner);
      // Whoever lost has been let go by then.
      if (stream)
        expect(market.ended.filter(({ result }) => result.kind === "left")).toHaveLength(
          ended.join().split("left").length - 1,
        );
      if (stream) expect((await readAll(outcome)).at(-1)).not.toHaveProperty("error");
      expect(market.ended.map(({ supplier, result }) => `${supplier} ${result.kind}`)).toEqual(ended);
      expect(take).toHaveBeenCalledOnce();
      expect(askedOf(all)).toEqual(directives.map(() => 1));
      for (const { supplier } of market.ended.filter(({ result }) => result.kind === "left")) {
        const lost = all[NAMES.indexOf(supplier)];
        await expect.poll(() => lost?.simulator.requests[0]?.aborted).toBe(true);
      }
      expect(await market.receipt(requestId)).toMatchObject({ status: "reconciled", supplier: winner });
      await expectBalanced(market, requestId);
    });

    test("where both fail and nobody is left, both are named, as they were asked", async () => {
      const market = await openMarket();
      const all = await open(format, { status: 503, retryAfter: 9, ...LATER }, { status: 429, retryAfter: 4 });
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream, ...hedging() });
      expect(outcome).toMatchObject({
        refusal: {
          kind: "supplier-overloaded",
          retryAfterMs: 4_000,
          attempts: [{ supplier: "first" }, { supplier: "second" }],
        },
      });
      await expectBalanced(market, requestId);
    });

    test("when the caller leaves, both are let go and neither is blamed", async () => {
      const market = await openMarket();
      const all = await open(format, NEVER, NEVER);
      const leave = new AbortController();
      const ran = market.run(format, suppliersOf(all), { stream, signal: leave.signal, ...hedging() });
      await expect.poll(() => askedOf(all)).toEqual([1, 1]);
      leave.abort();
      const { requestId } = await ran;
      expect(market.ended).toEqual([
        { supplier: "first", result: { kind: "left" } },
        { supplier: "second", result: { kind: "left" } },
      ]);
      for (const { simulator } of all) await expect.poll(() => simulator.requests[0]?.aborted).toBe(true);
      expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "the caller left" });
      await expectBalanced(market, requestId);
    });

    test("what is wrong with the request is told at once", async () => {
      const market = await openMarket();
      const all = await open(format, NEVER, { status: 400 });
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream, ...hedging() });
      expect(outcome).toMatchObject({ refusal: { kind: "supplier-refused", supplier: "second" } });
      expect(market.ended.map(({ result }) => result.kind)).toEqual(["refused", "left"]);
      await expectBalanced(market, requestId);
    });
  },
);

describe("nobody is asked beside another", () => {
  test.each<[string, Partial<Asked>]>([
    ["where that was not asked for", {}],
    ["where the budget has nothing left", hedging(() => false)],
  ])("%s", async (_, asked) => {
    const market = await openMarket();
    const all = await open("messages", LATER, {});
    const { outcome } = await market.run("messages", suppliersOf(all), asked);
    expect(outcome).toMatchObject({ kind: "answer", attempt: { supplier: { name: "first" } } });
    expect(askedOf(all)).toEqual([1, 0]);
  });

  test("where the first speaks in time, or fails in it", async () => {
    const market = await openMarket();
    const all = await open("messages", { status: 500 }, {});
    const take = vi.fn<() => boolean>(() => true);
    const stream = await market.run("messages", suppliersOf(all), { stream: true, ...hedging(take) });
    await readAll(stream.outcome);
    await new Promise((resolve) => setTimeout(resolve, 2 * AFTER_MS));
    expect(take).not.toHaveBeenCalled();
  });

  test("where there is nobody else", async () => {
    const market = await openMarket();
    const all = await open("messages", LATER);
    const { outcome } = await market.run("messages", suppliersOf(all), hedging());
    expect(outcome).toMatchObject({ kind: "answer", attempt: { supplier: { name: "first" } } });
  });
});

test("one that follows two that failed may be hedged anew", async () => {
  const market = await openMarket();
  const [first, second, third] = await open("messages", { status: 500, ...LATER }, { status: 500 }, NEVER);
  const [fourth] = await open("messages", {});
  const all = [first, second, third, fourth] as Programmed[];
  const take = vi.fn<() => boolean>(() => true);
  const { outcome } = await market.run("messages", suppliersOf(all), hedging(take));
  expect(outcome.kind).toBe("answer");
  expect(take).toHaveBeenCalledTimes(2);
  expect(market.ended.map(({ result }) => result.kind)).toEqual(["failed", "failed", "left", "answered"]);
});

test.each(["next", "ended", "take"])("a bug in %s() lets both go and gives the hold back", async (where) => {
  const market = await openMarket();
  const all = await open("messages", NEVER, where === "ended" ? {} : NEVER);
  const bug = (): never => {
    throw new TypeError("a bug");
  };
  let calls = 0;
  const run = await market.hold("messages", suppliersOf(all), {
    ...hedging(where === "take" ? bug : undefined),
    onNext() {
      calls += 1;
      if (where === "next" && calls === 2) bug();
    },
    onEnded: () => (where === "ended" ? bug() : undefined),
  });
  await expect(market.relay(run)).rejects.toThrow("a bug");
  await market.relay.idle();
  expect(market.ended.map(({ result }) => result.kind)).toEqual(where === "ended" ? ["left", "left"] : ["left"]);
  await expect.poll(() => all[0]?.simulator.requests[0]?.aborted).toBe(true);
  expect(await market.receipt(run.requestId)).toMatchObject({ status: "error", reason: "an error of the gateway" });
  expect(await market.available()).toBe(DEPOSITED);
});
