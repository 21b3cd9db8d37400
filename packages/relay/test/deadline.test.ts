/** How long anybody is waited for: as long as the supplier may take, the attempt, and the caller, whichever is over first. */
import { getEventListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Deadline } from "../src/deadline.ts";
import type { Supplier } from "../src/index.ts";
import { startTimer } from "../src/timer.ts";
import {
  type Asked,
  DEPOSITED,
  expectBalanced,
  FORMATS,
  type Format,
  hear,
  openMarket,
  openSimulator,
  PATIENT,
  type Programmed,
  readAll,
  type SimulatorOptions,
  tellerOf,
} from "./market.ts";

type Directives = NonNullable<SimulatorOptions["directives"]>;

const NAMES = ["first", "second", "third"];
const NEVER = { fault: "hang" } as const;

function open(format: Format, ...all: readonly Directives[]): Promise<Programmed[]> {
  return Promise.all(
    all.map((directives, index) =>
      openSimulator(format, { name: NAMES[index] as string, directives, patience: PATIENT }),
    ),
  );
}

const suppliersOf = (all: readonly Programmed[]): Supplier[] => all.map(({ supplier }) => supplier);

describe.each(FORMATS.flatMap((format) => [true, false].map((stream) => [format, stream] as const)))(
  "%s, streamed: %s",
  (format, stream) => {
    test("an attempt may be given less than its supplier's own patience", async () => {
      const market = await openMarket();
      const all = await open(format, NEVER, {});
      const asked = { stream, attempt: { firstByteMs: 150 } };
      const { requestId, outcome } = await market.run(format, suppliersOf(all), asked);
      if (stream) await readAll(outcome);
      expect(market.ended).toMatchObject([
        {
          supplier: "first",
          result: {
            kind: "failed",
            begun: false,
            failure: { message: "it did not begin to answer in time", timeout: true },
          },
        },
        { supplier: "second", result: { kind: "answered" } },
      ]);
      await expect.poll(() => all[0]?.simulator.requests[0]?.aborted).toBe(true);
      await expectBalanced(market, requestId);
    });

    test.each<[string, Partial<Asked>, number]>([
      ["for the first byte", { firstByteMs: 150 }, 150],
      ["for everything", { totalMs: 150 }, 150],
      ["of both, the shorter", { firstByteMs: 150, totalMs: 9_000 }, 150],
    ])("the caller's own deadline %s ends the run, and the supplier is not blamed", async (_, deadlines, ms) => {
      const market = await openMarket();
      const all = await open(format, NEVER, {});
      const startedAtMs = performance.now();
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream, ...deadlines });
      expect(performance.now() - startedAtMs).toBeLessThan(2_000);
      const message = `the caller's own deadline of ${ms} ms was over`;
      expect(outcome).toMatchObject({
        refusal: { kind: "supplier-timeout", attempts: [{ supplier: "first", failure: { message } }] },
      });
      expect(market.ended).toEqual([{ supplier: "first", result: { kind: "left" } }]);
      expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: message });
      await expect.poll(() => all[0]?.simulator.requests[0]?.aborted).toBe(true);
      expect(all[1]?.simulator.requests).toEqual([]);
      await expectBalanced(market, requestId);
    });

    test("it counts from the start of the run, whoever has been tried in between", async () => {
      const market = await openMarket();
      const all = await open(format, NEVER, NEVER);
      const asked = { stream, attempt: { firstByteMs: 200 }, firstByteMs: 300 };
      const { outcome } = await market.run(format, suppliersOf(all), asked);
      expect(outcome).toMatchObject({
        refusal: {
          kind: "supplier-timeout",
          attempts: [
            { supplier: "first", failure: { message: "it did not begin to answer in time" } },
            { supplier: "second", failure: { message: "the caller's own deadline of 300 ms was over" } },
          ],
        },
      });
      expect(market.ended.map(({ result }) => result.kind)).toEqual(["failed", "left"]);
    });

    test.each([
      ["just before", 400],
      ["just after", 402],
    ])(
      "a supplier's own time that is over too, %s, is its failure, and nobody else is asked",
      async (_, firstByteMs) => {
        const market = await openMarket();
        const all = await open(format, NEVER, {});
        const asked = { stream, attempt: { firstByteMs }, totalMs: 401 };
        const ran = market.run(format, suppliersOf(all), asked);
        await expect.poll(() => all[0]?.simulator.requests.length).toBe(1);
        // As a process that is too busy to look at its clock.
        for (const untilMs = performance.now() + 500; performance.now() < untilMs; );
        const { requestId, outcome } = await ran;
        const message = "it did not begin to answer in time, and the caller's own deadline of 401 ms was over";
        expect(outcome).toMatchObject({
          refusal: { kind: "supplier-timeout", attempts: [{ supplier: "first", failure: { message } }] },
        });
        expect(market.ended).toMatchObject([{ supplier: "first", result: { kind: "failed", begun: false } }]);
        expect(all[1]?.simulator.requests).toEqual([]);
        await expectBalanced(market, requestId);
      },
    );

    test("nobody is asked when nothing is left", async () => {
      const market = await openMarket();
      const all = await open(format, {});
      const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream, totalMs: 0 });
      expect(outcome).toEqual({ kind: "refused", refusal: { kind: "supplier-timeout", attempts: [] } });
      expect(market.ended).toEqual([]);
      expect(all[0]?.simulator.requests).toEqual([]);
      await expectBalanced(market, requestId);
    });

    test("one that is kept leaves nothing behind", async () => {
      const market = await openMarket();
      const all = await open(format, {});
      const { signal } = new AbortController();
      const asked = { stream, signal, firstByteMs: 5_000, totalMs: 1_000 };
      const { requestId, outcome } = await market.run(format, suppliersOf(all), asked);
      if (stream) expect((await readAll(outcome)).at(-1)).not.toHaveProperty("error");
      expect(getEventListeners(signal, "abort")).toEqual([]);
      await pause(1_050);
      expect(market.ended.map(({ result }) => result.kind)).toEqual(["answered"]);
      expect(await market.receipt(requestId)).toMatchObject({ status: "reconciled" });
    });
  },
);

describe.each(FORMATS)("%s, within a stream", (format) => {
  const SLOW = { tokens: 200, chunks: 100, delayBetweenMs: 20 };

  test("the caller's deadline for everything ends it, and what was delivered is paid", async () => {
    const market = await openMarket();
    const all = await open(format, SLOW, {});
    const asked = { stream: true, totalMs: 500, firstByteMs: 400 };
    const { requestId, outcome } = await market.run(format, suppliersOf(all), asked);
    const events = await readAll(outcome);
    expect(events.at(-1)).toMatchObject({
      error: { type: "timeout_error", message: "The caller's own deadline of 500 ms was over." },
    });
    expect(events.length).toBeGreaterThan(5);
    expect(market.ended).toEqual([{ supplier: "first", result: { kind: "left" } }]);
    const { status, usage } = await market.receipt(requestId);
    expect({ status, estimated: usage?.["estimated"] }).toEqual({ status: "reconciled", estimated: true });
    expect(usage?.["output"]).toBeLessThan(200);
    await expect.poll(() => all[0]?.simulator.requests[0]?.aborted).toBe(true);
    await expectBalanced(market, requestId);
  });

  test("it is over for a caller that does not read, too", async () => {
    const market = await openMarket();
    const all = await open(format, SLOW);
    const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream: true, totalMs: 400 });
    const hearing = hear(outcome, { hasRoom: () => false });
    expect((await hearing.all).at(-1)).toHaveProperty("error.message", "The caller's own deadline of 400 ms was over.");
    await expectBalanced(market, requestId);
  });

  test("what is not begun by then is free, and whoever begins is told why", async () => {
    const market = await openMarket();
    const all = await open(format, SLOW);
    const { requestId, outcome } = await market.run(format, suppliersOf(all), { stream: true, totalMs: 300 });
    await market.relay.idle();
    expect(await market.receipt(requestId)).toMatchObject({ status: "error", reason: "the caller left" });
    expect(await market.available()).toBe(DEPOSITED);
    const events = await readAll(outcome);
    expect(events).toMatchObject([{ error: { message: "The caller's own deadline of 300 ms was over." } }]);
    await tellerOf(outcome).leave();
  });

  test("that for the first byte is forgotten once that is there", async () => {
    const market = await openMarket();
    const all = await open(format, { tokens: 60, chunks: 30, delayBetweenMs: 20 });
    const asked = { stream: true, firstByteMs: 400, attempt: { firstByteMs: 400 } };
    const { outcome } = await market.run(format, suppliersOf(all), asked);
    expect((await readAll(outcome)).at(-1)).not.toHaveProperty("error");
    expect(market.ended.map(({ result }) => result.kind)).toEqual(["answered"]);
  });
});

test("a deadline that is longer than any timer is still one", async () => {
  let isOver = false;
  const timer = new Deadline({ totalMs: 2 ** 40 }).watchTotal(() => {
    isOver = true;
  });
  const never = startTimer(Infinity, () => {
    isOver = true;
  });
  await pause(30);
  expect(isOver).toBe(false);
  for (const each of [timer, never]) each.stop();
});
