/**
 * Goal: our choice of suppliers keeps what is asked of it while suppliers fail, and the simulator that says so can be
 * trusted. Method: a short run of a market a tenth as large, and the parts of the simulator by themselves.
 */
import { describe, expect, test } from "vitest";
import { ticksUpTo } from "../src/market/chart.ts";
import { Draws } from "../src/market/draws.ts";
import { written } from "../src/market/measure.ts";
import { chartIn, withTable } from "../src/market/pages.ts";
import { PrefixCache } from "../src/market/prefix-cache.ts";
import { Queue } from "../src/market/queue.ts";
import { PREFIX_LIFE_MS, SHORT } from "../src/market/settings.ts";
import { simulate } from "../src/market/simulate.ts";
import { tableOf } from "../src/market/table.ts";
import type { Figures } from "../src/market/tally.ts";

describe("with five in a hundred suppliers failing", () => {
  const ours = simulate("ours", SHORT);
  const inTurns = simulate("round robin near the lowest ask", SHORT);

  test("all but one in a thousand are answered", () => expect(ours.answered).toBeGreaterThanOrEqual(0.999));
  test("it costs at most three in a hundred more than whoever knows everything would pay", () =>
    expect(ours.cost).toBeLessThanOrEqual(1.03));
  test("prompts are found in a cache twice as often as by round robin at the same cost", () => {
    expect(Math.abs(ours.cost - inTurns.cost)).toBeLessThan(0.01);
    expect(ours.cacheHits).toBeGreaterThanOrEqual(2 * inTurns.cacheHits);
  });
  test("the first token comes in time more often than by round robin at the same cost", () =>
    expect(ours.inTime).toBeGreaterThan(inTurns.inTime));
});

describe("the simulator", () => {
  const few = { ...SHORT, requests: 4_000 };

  test("comes to the same figures with the same seed, and to others with another", () => {
    expect(simulate("ours", few)).toEqual(simulate("ours", few));
    expect(simulate("ours", few)).not.toEqual(simulate("ours", { ...few, seed: 2 }));
  });
  test("has nobody fail when nobody is to: the cheapest then costs what the oracle pays", () => {
    const calm = { ...few, failing: 0, requestsPerSecond: 1 };
    expect(simulate("cheapest only", calm)).toMatchObject({ answered: 1, cost: expect.closeTo(1, 3) });
  });
  test("answers fewer when nearly everybody fails", () =>
    expect(simulate("random", { ...few, failing: 0.9 }).answered).toBeLessThan(0.9));
  test("answers every request or counts it as not answered", () =>
    expect(simulate("cheapest only", few).requests).toBe(few.requests));
});

describe("virtual time", () => {
  test("happens in its order, and at one moment in the order of asking", () => {
    const queue = new Queue();
    const draws = new Draws(3);
    const want = Array.from({ length: 500 }, (_, turn) => ({ atMs: Math.floor(draws.next() * 100), turn }));
    const got: typeof want = [];
    for (const each of want) queue.after(each.atMs, () => got.push({ ...each, atMs: queue.nowMs }));
    while (queue.step());
    expect(got).toEqual(want.toSorted((one, other) => one.atMs - other.atMs || one.turn - other.turn));
  });
  test("never goes back", () => {
    const queue = new Queue();
    const seen: number[] = [];
    queue.after(5, () => queue.after(-3, () => seen.push(queue.nowMs)));
    while (queue.step());
    expect(seen).toEqual([5]);
  });
});

describe("a supplier's prefix cache", () => {
  test("knows a conversation for as long as it lives, counted anew from each turn", () => {
    const cache = new PrefixCache(1_000);
    cache.keep(1, 100, 0);
    cache.keep(1, 300, PREFIX_LIFE_MS);
    expect(cache.tokensOf(1, 2 * PREFIX_LIFE_MS)).toBe(300);
    expect(cache.tokensOf(1, 2 * PREFIX_LIFE_MS + 1)).toBe(0);
  });
  test("forgets the one that was used longest ago when it is full", () => {
    const cache = new PrefixCache(1_000);
    for (const conversation of [1, 2]) cache.keep(conversation, 400, conversation);
    cache.keep(1, 500, 3);
    cache.keep(3, 400, 4);
    expect([1, 2, 3].map((conversation) => cache.tokensOf(conversation, 5))).toEqual([500, 0, 400]);
  });
});

describe("what is shown", () => {
  const figures: Figures = {
    requests: 10,
    answered: 0.999_999,
    cost: 1.0137,
    inTime: 0.98,
    cacheHits: 0.453,
    fairness: 0.84,
    attempts: 1.0028,
    firstTokenMs: { p50: 549, p99: 2_429 },
  };
  const all = new Map([
    ["ours", figures],
    ["cheapest only", { ...figures, cost: 0.998, answered: 0.5 }],
  ]);

  test("the table", () =>
    expect(tableOf(all).split("\n")).toEqual([
      "| policy | answered % | over oracle % | SLA kept % | cache hits % | fairness | attempts | TTFT p50 s | TTFT p99 s |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
      "| ours | 99.999 | 1.37 | 98.00 | 45.3 | 0.840 | 1.002 | 0.54 | 2.42 |",
      "| cheapest only | 50.000 | −0.20 | 98.00 | 45.3 | 0.840 | 1.002 | 0.54 | 2.42 |",
    ]));
  test("the table stands where the guide says", () => {
    const guide = "a\n<!-- figures of the market -->\nold\n<!-- end of the figures -->\nb";
    const want = "a\n<!-- figures of the market -->\n\nnew\n\n<!-- end of the figures -->\nb";
    expect(withTable(guide, "new")).toBe(want);
    expect(withTable(want, "new")).toBe(want);
    expect(() => withTable("a", "new")).toThrow("does not say");
  });
  test("the chart has a bar for each policy in each panel, none of them too long, and both looks", () => {
    const chart = chartIn(all, SHORT);
    const widths = [...chart.matchAll(/<rect class="(?:ours|other)" x="128" y="\d+" width="([\d.]+)"/g)].map(
      ([, each]) => Number(each),
    );
    const [, width = ""] = /viewBox="0 0 (\d+)/.exec(chart) ?? [];
    expect(widths).toHaveLength(6 * all.size);
    expect(Math.max(...widths)).toBeLessThan(Number(width) / 2 - 128);
    expect(chart).toContain("prefers-color-scheme: dark");
    expect(chart).not.toMatch(/NaN|undefined|Infinity/);
  });
  test.each([
    [100, [0, 25, 50, 75, 100]],
    [1, [0, 0.25, 0.5, 0.75, 1]],
    [42.7, [0, 20, 40, 60]],
  ])("the axis up to %d", (end, want) => expect(ticksUpTo(end)).toEqual(want));
  test("there is an axis where nothing is to be shown", () => expect(ticksUpTo(0).length).toBeGreaterThan(1));
  test.each([
    [99.999_96, 3, "99.999"],
    [100, 3, "100.000"],
    [1.37, 2, "1.37"],
    [-0.0001, 2, "0.00"],
    [-0.25, 2, "−0.25"],
  ])("%d with %d decimals", (value, digits, want) => expect(written(value, digits)).toBe(want));
});
