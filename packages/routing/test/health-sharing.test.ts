/** Goal: what a gateway knows of its suppliers reaches other gateways, and its own next start. */
import { describe, expect, test } from "vitest";
import { type BreakerChange, createHealth, type Health, readBreakerChange } from "../src/health/index.ts";
import type { Standing } from "../src/standing.ts";

const T = "text-prime";
const PAIR = { supplier: "north", instrument: T };
const OPEN = { cause: "failing", untilMs: 11_000, restMs: 1_000, level: 0 } as const;

function fail(health: Health, standing: Standing, nowMs: number, times = 5): void {
  for (let turn = 0; turn < times; turn += 1) health.begin(standing, nowMs).failed({ kind: "failure" }, nowMs);
}

function answer(health: Health, standing: Standing, nowMs: number, times = 2): void {
  for (let turn = 0; turn < times; turn += 1) {
    health.begin(standing, nowMs).answered({ firstTokenMs: 300, tokensPerSecond: 60 }, nowMs);
  }
}

function started() {
  const health = createHealth();
  const standing = health.standing("north", T);
  const changes: BreakerChange[] = [];
  health.onChange((change) => changes.push(change));
  return { health, standing, changes };
}

describe("changes", () => {
  test("each is told once, whole, to every listener, after it has happened", () => {
    const { health, standing, changes } = started();
    const states: (string | undefined)[] = [];
    health.onChange(() => states.push(standing.breaker?.cause));
    fail(health, standing, 10_000);
    answer(health, standing, 11_000, 1);
    health.begin(standing, 11_000).failed({ kind: "busy", retryAfterMs: 5_000 }, 11_000);
    health.begin(standing, 12_000).failed({ kind: "busy", retryAfterMs: 9_000 }, 12_000);
    answer(health, standing, 21_000, 1);
    expect(changes).toEqual([
      { ...PAIR, breaker: OPEN, atMs: 10_000 },
      { ...PAIR, breaker: { cause: "busy", untilMs: 16_000, restMs: 5_000, level: 1 }, atMs: 11_000 },
      { ...PAIR, breaker: { cause: "busy", untilMs: 21_000, restMs: 9_000, level: 1 }, atMs: 12_000 },
      { ...PAIR, breaker: undefined, atMs: 21_000 },
    ]);
    expect(states).toEqual(["failing", "busy", "busy", undefined]);
  });

  test("those of one moment are still in order", () => {
    const { health, standing, changes } = started();
    health.begin(standing, 10_000).failed({ kind: "busy", retryAfterMs: 1e-9 }, 10_000);
    answer(health, standing, 10_000.000000001, 1);
    expect(changes.map((change) => change.atMs)).toEqual([10_000, 10_001]);
  });

  test("another gateway's opens and closes here, is told on to nobody, and is new for the notes", () => {
    const { health, standing, changes } = started();
    health.apply({ ...PAIR, breaker: OPEN, atMs: 10_000 });
    expect(standing.breaker).toMatchObject(OPEN);
    health.apply({ ...PAIR, breaker: undefined, atMs: 12_000 });
    expect([standing.breaker, changes, health.revision()]).toEqual([undefined, [], 2]);
  });

  test("the backoff goes on from what another gateway saw", () => {
    const { health, standing } = started();
    health.apply({ ...PAIR, breaker: { ...OPEN, level: 2, restMs: 4_000 }, atMs: 10_000 });
    fail(health, standing, 11_000, 1);
    expect(standing.breaker).toMatchObject({ cause: "failing", untilMs: 19_000, restMs: 8_000, level: 3 });
    health.apply({ ...PAIR, breaker: undefined, atMs: 20_000 });
    fail(health, standing, 79_999);
    expect(standing.breaker).toMatchObject({ restMs: 16_000, level: 4 });
  });

  test("the same again, and an older one, are passed over", () => {
    const { health, standing } = started();
    fail(health, standing, 10_000);
    const { breaker } = standing;
    const revision = health.revision();
    health.apply({ ...PAIR, breaker: OPEN, atMs: 10_000 });
    health.apply({ ...PAIR, breaker: undefined, atMs: 9_999 });
    expect(standing.breaker).toBe(breaker);
    expect(health.revision()).toBe(revision);
  });

  test("what happens here after a change from a clock that runs ahead counts as later", () => {
    const { health, standing, changes } = started();
    health.apply({ ...PAIR, breaker: { ...OPEN, untilMs: 500_000 }, atMs: 499_000 }, 10_000);
    expect(standing.breaker?.untilMs).toBe(70_000);
    answer(health, standing, 70_000);
    expect(changes).toEqual([{ ...PAIR, breaker: undefined, atMs: 499_001 }]);
  });

  test("a backoff without bounds is taken for the longest there is", () => {
    const { health, standing } = started();
    health.apply({ ...PAIR, breaker: { cause: "busy", untilMs: 1e15, restMs: 1e15, level: 1e9 }, atMs: 10_000 });
    expect(standing.breaker).toMatchObject({ untilMs: 70_000, restMs: 60_000, level: 20 });
  });

  test("attempts under way when a closed breaker is said to be closed still count", () => {
    const { health, standing } = started();
    const begun = health.begin(standing, 0);
    health.apply({ ...PAIR, breaker: undefined, atMs: 1 });
    begun.failed({ kind: "failure" }, 2);
    expect(health.measures(standing, 2).failures).toBe(1);
  });

  test("one of somebody unknown is kept for when it is asked for", () => {
    const health = createHealth();
    health.apply({ ...PAIR, breaker: OPEN, atMs: 10_000 });
    expect(health.standing("north", T).breaker).toMatchObject(OPEN);
  });

  test.each<[unknown, BreakerChange | undefined]>([
    [
      { ...PAIR, breaker: OPEN, atMs: 1, more: true },
      { ...PAIR, breaker: OPEN, atMs: 1 },
    ],
    [
      { ...PAIR, atMs: 1 },
      { ...PAIR, breaker: undefined, atMs: 1 },
    ],
    [
      { ...PAIR, breaker: null, atMs: 1 },
      { ...PAIR, breaker: undefined, atMs: 1 },
    ],
    [undefined, undefined],
    ["north", undefined],
    [{ ...PAIR, atMs: "1" }, undefined],
    [{ ...PAIR, supplier: "", atMs: 1 }, undefined],
    [{ ...PAIR, supplier: "n".repeat(301), atMs: 1 }, undefined],
    [{ supplier: "north", atMs: 1 }, undefined],
    [{ ...PAIR, breaker: true, atMs: 1 }, undefined],
    [{ ...PAIR, breaker: { ...OPEN, cause: "asleep" }, atMs: 1 }, undefined],
    [{ ...PAIR, breaker: { ...OPEN, untilMs: null }, atMs: 1 }, undefined],
    [{ ...PAIR, breaker: { ...OPEN, restMs: 0 }, atMs: 1 }, undefined],
    [{ ...PAIR, breaker: { ...OPEN, level: -1 }, atMs: 1 }, undefined],
    [{ ...PAIR, breaker: { ...OPEN, level: 0.5 }, atMs: 1 }, undefined],
  ])("%j is read as %j", (document, want) => {
    expect(readBreakerChange(document)).toEqual(want);
    const health = createHealth();
    health.apply(document as BreakerChange);
    expect([...health.all()]).toHaveLength(want === undefined ? 0 : 1);
  });
});

describe("notes", () => {
  const restarted = (health: Health, nowMs: number) => {
    const next = createHealth();
    const standing = next.standing("north", T);
    next.read(JSON.parse(JSON.stringify(health.write())), nowMs);
    return { next, standing };
  };

  test("they are in plain numbers", () => {
    const { health, standing } = started();
    answer(health, standing, 10_000);
    fail(health, standing, 10_000);
    expect(health.write()).toEqual({
      standings: [
        {
          ...PAIR,
          window: { bucketMs: 3_000, buckets: [[3, 7, 5, 2, 600, 2, 120]] },
          latency: { value: 300, atMs: 10_000 },
          speed: { value: 60, atMs: 10_000 },
          changedAtMs: 10_000,
          breaker: OPEN,
          closed: undefined,
        },
      ],
    });
  });

  test("nobody of whom nothing is known is in them", () => {
    const { health, standing } = started();
    health.begin(standing, 0).left(1);
    expect([health.write(), health.revision()]).toEqual([{ standings: [] }, 0]);
  });

  test("what was measured is there after a restart, as far as the window reaches", () => {
    const { health, standing } = started();
    answer(health, standing, 10_000, 3);
    fail(health, standing, 20_000, 1);
    const { next, standing: again } = restarted(health, 25_000);
    expect(next.measures(again, 25_000)).toEqual(health.measures(standing, 25_000));
    expect([again.latencyMs, again.tokensPerSecond]).toEqual([300, 60]);
    expect(again.penalty).toBeCloseTo(1 + 1 / 14);
    const later = restarted(health, 45_000);
    expect(later.next.measures(later.standing, 45_000)).toMatchObject({ attempts: 1, failures: 1 });
    expect(restarted(health, 310_001).standing.latencyMs).toBe(0);
  });

  test("a breaker is as it was: its rest, its backoff, and what it took to close", () => {
    const { health, standing } = started();
    fail(health, standing, 10_000);
    const { next, standing: again } = restarted(health, 10_500);
    expect(again.breaker).toMatchObject({ ...OPEN, probing: false });
    fail(next, again, 11_000, 1);
    expect(again.breaker).toMatchObject({ restMs: 2_000, level: 1 });
    answer(next, again, 13_000);
    const third = restarted(next, 14_000);
    expect(third.standing.breaker).toBeUndefined();
    fail(third.next, third.standing, 20_000);
    expect(third.standing.breaker).toMatchObject({ restMs: 4_000, level: 2 });
  });

  test("failures from before the restart count towards opening after it", () => {
    const { health, standing } = started();
    for (let turn = 0; turn < 10; turn += 1) {
      answer(health, standing, 10_000, 1);
      if (turn < 9) fail(health, standing, 10_000, 1);
    }
    const { next, standing: again } = restarted(health, 11_000);
    expect(again.breaker).toBeUndefined();
    fail(next, again, 11_000, 1);
    expect(again.breaker).toMatchObject({ cause: "failing" });
  });

  test("so they do when the breaker was closed since, but not those from before that", () => {
    const { health, standing } = started();
    fail(health, standing, 9_000);
    answer(health, standing, 10_000);
    for (let turn = 0; turn < 10; turn += 1) {
      answer(health, standing, 12_000, 1);
      if (turn < 9) fail(health, standing, 12_000, 1);
    }
    const { next, standing: again } = restarted(health, 20_000);
    expect(again.breaker).toBeUndefined();
    fail(next, again, 20_000, 1);
    expect(again.breaker).toMatchObject({ cause: "failing", level: 1 });
  });

  test("under a clock that was set back, what was measured later than now is passed over, and no change waits for it", () => {
    const { health, standing } = started();
    fail(health, standing, 100_000);
    answer(health, standing, 101_000);
    const { next, standing: again } = restarted(health, 50_000);
    expect([again.latencyMs, again.tokensPerSecond]).toEqual([0, 0]);
    expect(next.measures(again, 101_000).attempts).toBe(0);
    next.apply({ ...PAIR, breaker: { ...OPEN, untilMs: 52_000 }, atMs: 51_000 });
    expect(again.breaker).toMatchObject({ untilMs: 52_000 });
    const calm = restarted(health, 50_000);
    fail(calm.next, calm.standing, 110_000);
    expect(calm.standing.breaker).toMatchObject({ level: 0 });
  });

  test("a breaker that cannot be read leaves the one that is here", () => {
    const { health, standing } = started();
    fail(health, standing, 10_000);
    const { breaker } = standing;
    health.read({ standings: [{ ...PAIR, changedAtMs: 10_500, breaker: { ...OPEN, cause: "asleep" } }] }, 11_000);
    expect(standing.breaker).toBe(breaker);
  });

  test("what is known better here stays", () => {
    const { health, standing } = started();
    answer(health, standing, 9_000);
    fail(health, standing, 10_000);
    const note = JSON.parse(JSON.stringify(health.write())) as unknown;
    health.begin(standing, 11_000).answered({ firstTokenMs: 900 }, 11_000);
    answer(health, standing, 11_000, 1);
    const before = [standing.breaker, standing.latencyMs, health.measures(standing, 12_000)];
    health.read(note, 12_000);
    expect([standing.breaker, standing.latencyMs, health.measures(standing, 12_000)]).toEqual(before);
  });

  test("a pair of which nothing was heard for an hour is passed over", () => {
    const { health, standing } = started();
    fail(health, standing, 9_000);
    const lastMs = 9_000 + 3_600_000;
    for (const [nowMs, want] of [
      [lastMs, 1],
      [lastMs + 1, 0],
    ] as const) {
      const next = createHealth();
      next.read(health.write(), nowMs);
      expect([...next.all()]).toHaveLength(want);
    }
  });

  test("a window cut otherwise is passed over", () => {
    const { health, standing } = started();
    answer(health, standing, 10_000);
    const next = createHealth({ buckets: 5 });
    next.read(health.write(), 10_000);
    const again = next.standing("north", T);
    expect([next.measures(again, 10_000).attempts, again.latencyMs]).toEqual([0, 300]);
  });

  test("a note says nothing twice, however much has happened", () => {
    const { health, standing } = started();
    let length = 0;
    for (let nowMs = 0; nowMs < 3_000_000; nowMs += 100) {
      fail(health, standing, nowMs, 1);
      answer(health, standing, nowMs, 1);
      if (nowMs === 300_000) length = JSON.stringify(health.write()).length;
    }
    expect(length).toBeGreaterThan(500);
    expect(JSON.stringify(health.write()).length).toBeLessThan(length + 100);
  });

  test("the revision grows with what there is to write, and not by reading", () => {
    const { health, standing } = started();
    answer(health, standing, 10_000, 1);
    const first = health.revision();
    fail(health, standing, 10_000, 1);
    expect([first > 0, health.revision() > first]).toEqual([true, true]);
    expect(restarted(health, 10_000).next.revision()).toBe(0);
    health.forget("north");
    expect([health.revision() > first + 1, health.write()]).toEqual([true, { standings: [] }]);
  });
});
