/** Goal: what is counted in a window is corrected there or nowhere, and a store that is away stops nobody. */
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { inBatches } from "../src/limits/batches.ts";
import { correct } from "../src/limits/counter.ts";
import { insured } from "../src/limits/insured-counter.ts";
import { createMemoryCounter } from "../src/limits/memory-counter.ts";
import { openSharedCounter } from "../src/limits/shared-counter.ts";
import { Spent } from "../src/limits/spent.ts";

const WINDOW_MS = 300;

describe("in memory", () => {
  test("a name counts for itself, in a window that begins with its first", async () => {
    const counter = createMemoryCounter(WINDOW_MS);
    const beganMs = Date.now();
    expect(await counter.peek("a")).toBeUndefined();
    expect(await counter.add("a", 2)).toMatchObject({ counted: 2 });
    const addedMs = Date.now();
    const { counted, endsAtMs } = await counter.add("a", 3);
    expect(counted).toBe(5);
    expect(endsAtMs - beganMs).toBeGreaterThanOrEqual(WINDOW_MS - 1);
    expect(endsAtMs - addedMs).toBeLessThanOrEqual(WINDOW_MS + 1);
    expect(await counter.add("b", 1)).toMatchObject({ counted: 1 });
    await sleep(WINDOW_MS + 20);
    expect(await counter.peek("a")).toBeUndefined();
    expect(await counter.add("a", 1)).toMatchObject({ counted: 1 });
  });

  test("500 at once are each counted once", async () => {
    const counter = createMemoryCounter(60_000);
    const counts = await Promise.all(Array.from({ length: 500 }, () => counter.add("a", 1)));
    expect(new Set(counts.map(({ counted }) => counted)).size).toBe(500);
  });
});

describe("in batches", () => {
  test("500 at once are a few statements, and each is told what stood there after its own", async () => {
    const counter = createMemoryCounter(60_000);
    const sums: number[] = [];
    const add = inBatches(async (name, points) => {
      sums.push(points);
      await sleep(5);
      return counter.add(name, points);
    });
    const points = Array.from({ length: 500 }, (_, index) => (index % 10 === 9 ? -1 : 2));
    const counts = await Promise.all(points.map((each) => add("a", each)));
    let total = 0;
    expect(counts.map(({ counted }) => counted)).toEqual(points.map((each) => (total += each)));
    expect(sums).toEqual([2, total - 2]);
    expect(await add("a", 1)).toMatchObject({ counted: total + 1 });
  });

  test("one that fails fails all who were in it, and nobody after", async () => {
    const counter = createMemoryCounter(60_000);
    let sent = 0;
    const add = inBatches(async (name, points) => {
      sent += 1;
      if (sent === 2) throw new Error("away");
      return counter.add(name, points);
    });
    const outcomes = await Promise.allSettled([add("a", 1), add("a", 1), add("a", 1)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(await add("a", 1)).toMatchObject({ counted: 2 });
  });
});

describe("a correction", () => {
  const counted = async (points: number) => {
    const counter = createMemoryCounter(WINDOW_MS);
    return { counter, taken: { counter: "a", ...(await counter.add("a", points)) } };
  };

  test.each([
    [-60, 40],
    [25, 125],
  ])("by %i within the window leaves %i", async (points, want) => {
    const { counter, taken } = await counted(100);
    expect(await correct(taken, points)).toMatchObject({ counted: want });
    expect(await counter.peek("a")).toMatchObject({ counted: want });
  });

  test("after the window does nothing to the next", async () => {
    const { counter, taken } = await counted(100);
    await sleep(WINDOW_MS + 20);
    await counter.add("a", 10);
    expect(await correct(taken, -100)).toBeUndefined();
    expect(await counter.peek("a")).toMatchObject({ counted: 10 });
  });

  test("does nothing to a window that is not the one in which it was counted", async () => {
    const { counter, taken } = await counted(100);
    expect(await correct({ ...taken, endsAtMs: taken.endsAtMs + 10_000 }, -100)).toBeUndefined();
    expect(await counter.peek("a")).toMatchObject({ counted: 100 });
  });

  test("of what was lost leaves nothing below zero", async () => {
    const { taken } = await counted(100);
    const restarted = createMemoryCounter(10 * WINDOW_MS);
    expect(await correct({ ...taken, by: restarted }, -100)).toBeUndefined();
    expect(await restarted.peek("a")).toMatchObject({ counted: 0 });
  });
});

describe("a store that cannot be reached", () => {
  test("is stood in for by memory, said once, and looked for again", async () => {
    const lines: string[] = [];
    const log = pino({ level: "info" }, { write: (line) => void lines.push(line) });
    let isAway = true;
    const real = createMemoryCounter(60_000);
    const asked = { times: 0 };
    const shared = {
      add: async (name: string, points: number) => {
        asked.times += 1;
        if (isAway) throw new Error("connection refused");
        return real.add(name, points);
      },
      peek: real.peek,
      close: real.close,
    };
    const own = createMemoryCounter(60_000);
    const counters = insured(shared, own.home, log);
    expect(await counters.add("a", 1)).toMatchObject({ counted: 1, by: own.home });
    expect(await counters.add("a", 1)).toMatchObject({ counted: 2, by: own.home });
    expect(asked.times).toBe(1);
    isAway = false;
    await sleep(1_050);
    const back = await counters.add("a", 1);
    expect(back).toMatchObject({ counted: 1 });
    expect(back.by).not.toBe(own.home);
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      "limits cannot be counted in the database: this gateway counts for itself",
      "limits are counted for all gateways together again",
    ]);
  });

  test("a PostgreSQL that is not there fails in time, and its password is not in what it says", async () => {
    const shared = openSharedCounter({
      url: "postgres://me:sesame@127.0.0.1:1/none",
      schema: "interchange",
      windowMs: 1,
    });
    const failure = await shared.add("a", 1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain("sesame");
    await shared.close();
  });
});

describe("what is spent", () => {
  test("is believed until something is given back, a second at most, and never after its window", async () => {
    const spent = new Spent();
    const { home: by } = createMemoryCounter(60_000);
    const count = { counted: 9, endsAtMs: Date.now() + 60_000, by };
    spent.note("a", count);
    spent.note("b", count);
    spent.note("c", { ...count, endsAtMs: Date.now() + 50 });
    expect(spent.find("a")).toBe(count);
    spent.forget("a");
    expect(spent.find("a")).toBeUndefined();
    await sleep(70);
    expect([spent.find("b"), spent.find("c")]).toEqual([count, undefined]);
    await sleep(1_000);
    expect(spent.find("b")).toBeUndefined();
  });
});
