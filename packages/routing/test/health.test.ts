/** Goal: what a row of attempts makes of a supplier's standing. Method: steps at given times, and the state they lead to. */
import { describe, expect, test } from "vitest";
import { type BreakerChange, createHealth, type Fault, type Health } from "../src/health/index.ts";
import { freshStanding, type Standing, stateOf } from "../src/standing.ts";

const T = "text-prime";
const FLOORS = { firstTokenMsMax: 1_000, tokensPerSecondMin: 40 };

/** What one attempt comes to: a good answer, one beyond the floors, a fault (with its Retry-After), or a caller that leaves. */
type Outcome = "ok" | "slow" | "drip" | "blind" | "failure" | "timeout" | "busy" | `busy ${number}` | "left";
/** At a time, so many attempts, one after another. */
type Step = readonly [nowMs: number, outcome: Outcome, times?: number];

const ANSWERS: Readonly<Partial<Record<Outcome, { firstTokenMs?: number; tokensPerSecond?: number }>>> = {
  ok: { firstTokenMs: 400, tokensPerSecond: 80 },
  slow: { firstTokenMs: 1_500, tokensPerSecond: 80 },
  drip: { firstTokenMs: 400, tokensPerSecond: 10 },
  blind: {},
};

function attempt(health: Health, standing: Standing, outcome: Outcome, nowMs: number): void {
  const begun = health.begin(standing, nowMs);
  const answer = ANSWERS[outcome];
  if (answer !== undefined) return begun.answered(answer, nowMs);
  if (outcome === "left") return begun.left(nowMs);
  const [kind, retryAfterMs] = outcome.split(" ");
  const fault = {
    kind: kind as Fault["kind"],
    ...(retryAfterMs !== undefined && { retryAfterMs: Number(retryAfterMs) }),
  };
  begun.failed(fault, nowMs);
}

function play(health: Health, standing: Standing, steps: readonly Step[]): void {
  for (const [nowMs, outcome, times = 1] of steps) {
    for (let turn = 0; turn < times; turn += 1) attempt(health, standing, outcome, nowMs);
  }
}

function played(...steps: readonly Step[]) {
  const health = createHealth();
  const standing = health.standing("north", T, FLOORS);
  const changes: BreakerChange[] = [];
  health.onChange((change) => changes.push(change));
  play(health, standing, steps);
  return { health, standing, changes };
}

function titled<Want>(rows: readonly { readonly given: readonly Step[]; readonly want: Want }[]) {
  return rows.map(({ given, want }) => {
    const steps = given.map((step) => step.join(" "));
    const title = steps.length > 4 ? `${steps.slice(0, 4).join(", ")} … (${steps.length} steps)` : steps.join(", ");
    return [title, want, given] as const;
  });
}

function tell({ breaker }: Standing): string {
  return breaker === undefined ? "closed" : `${breaker.cause} until ${breaker.untilMs}`;
}

describe("when a breaker opens", () => {
  test.each(
    titled<string>([
      { given: [[0, "failure", 4]], want: "closed" },
      { given: [[0, "failure", 5]], want: "failing until 1000" },
      { given: [[0, "timeout"]], want: "closed" },
      { given: [[0, "timeout", 2]], want: "failing until 1000" },
      {
        given: [
          [0, "timeout"],
          [5, "failure", 2],
        ],
        want: "failing until 1005",
      },
      {
        given: [
          [0, "failure", 4],
          [1, "ok"],
          [2, "failure", 4],
        ],
        want: "closed",
      },
      {
        given: [
          [0, "failure", 4],
          [60_000, "failure"],
        ],
        want: "failing until 61000",
      },
      {
        given: [
          [0, "failure", 4],
          [60_001, "failure"],
        ],
        want: "closed",
      },
      {
        given: [
          [0, "failure", 4],
          [1, "left", 9],
          [2, "failure"],
        ],
        want: "failing until 1002",
      },
      {
        given: Array.from({ length: 9 }, (): Step[] => [
          [0, "failure"],
          [0, "ok"],
        ]).flat(),
        want: "closed",
      },
      {
        given: Array.from({ length: 10 }, (): Step[] => [
          [0, "failure"],
          [0, "ok"],
        ]).flat(),
        want: "failing until 1000",
      },
      {
        given: Array.from({ length: 30 }, (): Step[] => [
          [0, "failure"],
          [0, "ok", 2],
        ]).flat(),
        want: "closed",
      },
      {
        given: Array.from({ length: 10 }, (_, n): Step[] => [
          [n * 4_000, "failure"],
          [n * 4_000, "ok"],
        ]).flat(),
        want: "closed",
      },
      { given: [[0, "slow", 19]], want: "closed" },
      { given: [[0, "slow", 20]], want: "slow until 1000" },
      { given: [[0, "drip", 20]], want: "slow until 1000" },
      {
        given: [
          [0, "ok", 19],
          [0, "slow", 19],
        ],
        want: "closed",
      },
      {
        given: [
          [0, "ok", 10],
          [0, "slow", 20],
        ],
        want: "slow until 1000",
      },
      {
        given: [
          [0, "slow", 10],
          [30_000, "slow", 19],
        ],
        want: "closed",
      },
      { given: [[0, "blind", 99]], want: "closed" },
      { given: [[0, "busy"]], want: "busy until 1000" },
      { given: [[0, "busy 7000"]], want: "busy until 7000" },
      { given: [[0, "busy 200"]], want: "busy until 200" },
      { given: [[0, "busy 3600000"]], want: "busy until 60000" },
      { given: [[0, "busy -5"]], want: "busy until 1000" },
      { given: [[0, "busy NaN" as Outcome]], want: "busy until 1000" },
      { given: [[0, "left", 99]], want: "closed" },
    ]),
  )("%s → %s", (_title, want, given) => {
    expect(tell(played(...given).standing)).toBe(want);
  });

  test("without floors nobody is slow; floors said later bind what was measured before", () => {
    const health = createHealth();
    const standing = health.standing("north", T);
    play(health, standing, [[0, "slow", 99]]);
    expect(tell(standing)).toBe("closed");
    health.standing("north", T, FLOORS);
    play(health, standing, [[0, "slow"]]);
    expect(tell(standing)).toBe("slow until 1000");
  });

  test("floors said once stay, until others are", () => {
    const { health, standing } = played();
    expect(health.standing("north", T)).toBe(standing);
    play(health, standing, [[0, "slow", 20]]);
    expect(tell(standing)).toBe("slow until 1000");
    health.standing("north", T, {});
    play(health, standing, [[1_000, "slow", 2]]);
    expect(tell(standing)).toBe("closed");
  });

  test("thresholds are what the options say", () => {
    const health = createHealth({ points: 2, restMs: 50, restMsMax: 80, probes: 1 });
    const standing = health.standing("north", T);
    play(health, standing, [[0, "failure", 2]]);
    expect(tell(standing)).toBe("failing until 50");
    play(health, standing, [[50, "failure"]]);
    expect(tell(standing)).toBe("failing until 130");
    play(health, standing, [[130, "ok"]]);
    expect(tell(standing)).toBe("closed");
  });
});

describe("how it closes, or opens anew", () => {
  const FAILING: Step = [0, "failure", 5];
  const SLOW: Step = [0, "slow", 20];

  test.each(
    titled<string>([
      { given: [FAILING, [999, "ok", 9]], want: "failing until 1000" },
      { given: [FAILING, [1_000, "ok"]], want: "failing until 1000" },
      { given: [FAILING, [1_000, "ok", 2]], want: "closed" },
      { given: [FAILING, [1_000, "slow", 2]], want: "closed" },
      { given: [FAILING, [1_000, "failure"]], want: "failing until 3000" },
      { given: [FAILING, [1_000, "timeout"]], want: "failing until 3000" },
      { given: [FAILING, [1_000, "ok"], [1_000, "failure"]], want: "failing until 3000" },
      { given: [FAILING, [1_000, "failure"], [3_000, "ok"]], want: "failing until 3000" },
      { given: [FAILING, [1_000, "failure"], [3_000, "failure"]], want: "failing until 7000" },
      { given: [FAILING, [1_000, "busy"]], want: "busy until 3000" },
      { given: [FAILING, [1_000, "busy 9000"]], want: "busy until 10000" },
      { given: [FAILING, [1_000, "left", 99]], want: "failing until 1000" },
      { given: [FAILING, [1_000, "left"], [1_000, "ok", 2]], want: "closed" },
      { given: [SLOW, [1_000, "ok", 2]], want: "closed" },
      { given: [SLOW, [1_000, "blind", 2]], want: "closed" },
      { given: [SLOW, [1_000, "slow"]], want: "slow until 3000" },
      { given: [SLOW, [1_000, "drip"]], want: "slow until 3000" },
      { given: [SLOW, [1_000, "ok"], [1_000, "slow"]], want: "slow until 3000" },
      { given: [SLOW, [1_000, "slow"], [3_000, "slow"]], want: "slow until 7000" },
      { given: [SLOW, [1_000, "failure"]], want: "failing until 3000" },
      { given: [SLOW, [500, "failure", 5]], want: "failing until 1500" },
      { given: [SLOW, [500, "busy 3000"]], want: "busy until 3500" },
      { given: [SLOW, [500, "slow", 40]], want: "slow until 1000" },
      { given: [SLOW, [1_000, "ok", 2], [1_000, "slow", 30]], want: "closed" },
      { given: [SLOW, [1_000, "ok", 2], [3_000, "slow", 20]], want: "slow until 5000" },
      {
        given: [
          [0, "busy"],
          [1_000, "ok"],
        ],
        want: "closed",
      },
      {
        given: [
          [0, "busy"],
          [1_000, "busy"],
        ],
        want: "busy until 3000",
      },
      {
        given: [
          [0, "busy 5000"],
          [5_000, "busy 5000"],
        ],
        want: "busy until 15000",
      },
      {
        given: [
          [0, "busy 5000"],
          [5_000, "busy 20000"],
        ],
        want: "busy until 25000",
      },
      {
        given: [
          [0, "busy 40000"],
          [40_000, "busy"],
        ],
        want: "busy until 100000",
      },
      {
        given: [
          [0, "busy 5000"],
          [5_000, "failure"],
        ],
        want: "failing until 7000",
      },
      {
        given: [
          [0, "busy 5000"],
          [1_000, "busy 9000"],
        ],
        want: "busy until 10000",
      },
      {
        given: [
          [0, "busy 5000"],
          [1_000, "busy 4900"],
        ],
        want: "busy until 5000",
      },
      {
        given: [
          [0, "busy 5000"],
          [1_000, "busy"],
        ],
        want: "busy until 5000",
      },
      {
        given: [
          [0, "busy 5000"],
          [1_000, "failure", 99],
        ],
        want: "busy until 5000",
      },
    ]),
  )("%s → %s", (_title, want, given) => {
    expect(tell(played(...given).standing)).toBe(want);
  });

  test("each failed probe doubles the rest, up to one window", () => {
    const { health, standing } = played(FAILING);
    const rests = Array.from({ length: 30 }, () => {
      const sinceMs = standing.breaker?.untilMs ?? Number.NaN;
      play(health, standing, [[sinceMs, "failure"]]);
      return (standing.breaker?.untilMs ?? Number.NaN) - sinceMs;
    });
    expect(rests.slice(0, 7)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(rests.at(-1)).toBe(30_000);
  });

  test.each([
    [59_999, "failing until 62999"],
    [60_000, "failing until 62000"],
  ])("closed for %i ms, then failing again → %s", (peaceMs, want) => {
    const { health, standing } = played(FAILING, [1_000, "ok", 2]);
    play(health, standing, [[1_000 + peaceMs, "failure", 5]]);
    expect(tell(standing)).toBe(want);
  });

  test("what was seen before it closed does not open it again, but still weighs in the penalty", () => {
    const alternating = Array.from({ length: 10 }, (): Step[] => [
      [0, "ok"],
      [0, "failure"],
    ]).flat();
    const { health, standing } = played(...alternating, [1_000, "ok", 2], [4_000, "failure"], [4_000, "ok", 9]);
    expect(tell(standing)).toBe("closed");
    expect(health.measures(standing, 4_000)).toMatchObject({ attempts: 32, failures: 11 });
    expect(standing.penalty).toBeCloseTo(1 + 11 / 42);
  });

  test("the points that opened it are spent", () => {
    const { health, standing } = played(FAILING, [1_000, "ok", 2], [2_000, "failure", 4]);
    expect(tell(standing)).toBe("closed");
    play(health, standing, [[2_000, "failure"]]);
    expect(tell(standing)).toBe("failing until 4000");
  });

  test("a clock that is set back keeps a breaker open for a minute at most", () => {
    const { health, standing } = played([3_600_000, "failure", 5]);
    health.refresh(0);
    expect(tell(standing)).toBe("failing until 60000");
  });
});

describe("probes", () => {
  const opened = () => played([0, "failure", 5]);

  test("one begins at a time, the first that begins when it is half-open", () => {
    const { health, standing } = opened();
    expect(health.begin(standing, 999).isProbe).toBe(false);
    const probe = health.begin(standing, 1_000);
    expect([probe.isProbe, standing.breaker?.probing]).toEqual([true, true]);
    expect(stateOf(standing, 1_000)).toBe("half-open");
    expect(health.begin(standing, 1_001).isProbe).toBe(false);
    probe.answered({}, 1_002);
    expect(standing.breaker?.probing).toBe(false);
    expect(health.begin(standing, 1_003).isProbe).toBe(true);
  });

  test("while it is closed, none is", () => {
    const { health, standing } = played();
    expect(health.begin(standing, 0).isProbe).toBe(false);
  });

  test("one that its caller leaves makes room for another, and says nothing", () => {
    const { health, standing, changes } = opened();
    health.begin(standing, 1_000).left(2_000);
    expect([tell(standing), standing.breaker?.probing]).toEqual(["failing until 1000", false]);
    expect(health.begin(standing, 2_000).isProbe).toBe(true);
    expect(changes).toHaveLength(1);
  });

  test("what runs beside it decides nothing", () => {
    const { health, standing } = opened();
    const probe = health.begin(standing, 1_000);
    play(health, standing, [
      [1_001, "ok", 9],
      [1_002, "failure", 9],
      [1_003, "busy", 9],
    ]);
    expect([tell(standing), standing.breaker?.probing]).toEqual(["failing until 1000", true]);
    probe.failed({ kind: "failure" }, 1_004);
    expect(tell(standing)).toBe("failing until 3004");
  });

  test("somebody slow who stays slow beside the probe is opened no further", () => {
    const { health, standing } = played([0, "slow", 20]);
    const probe = health.begin(standing, 3_000);
    play(health, standing, [[3_001, "slow", 40]]);
    expect([tell(standing), probe.isProbe]).toEqual(["slow until 1000", true]);
    play(health, standing, [[3_002, "failure", 5]]);
    expect(tell(standing)).toBe("failing until 4002");
  });

  test("one that never ends is taken for lost after five minutes, and decides nothing if it does end", () => {
    const { health, standing } = opened();
    const lost = health.begin(standing, 1_000);
    health.refresh(300_999);
    expect(standing.breaker?.probing).toBe(true);
    health.refresh(301_000);
    expect(standing.breaker?.probing).toBe(false);
    const probe = health.begin(standing, 301_000);
    lost.failed({ kind: "failure" }, 301_001);
    expect([tell(standing), standing.breaker?.probing, probe.isProbe]).toEqual(["failing until 1000", true, true]);
  });

  test("one of somebody of whom nothing else is known is taken for lost as well", () => {
    const { health, standing } = played();
    const breaker = { cause: "busy", untilMs: 1_000, restMs: 1_000, level: 0 } as const;
    health.apply({ supplier: "north", instrument: T, breaker, atMs: 0 });
    health.begin(standing, 1_000);
    health.refresh(301_000);
    expect(standing.breaker?.probing).toBe(false);
  });

  test("without a refresh, the next that begins takes a lost one's place", () => {
    const { health, standing } = opened();
    health.begin(standing, 1_000);
    expect(health.begin(standing, 300_999).isProbe).toBe(false);
    expect(health.begin(standing, 301_000).isProbe).toBe(true);
  });

  test("one under way keeps its place when the breaker opens anew meanwhile, and decides nothing any more", () => {
    const { health, standing } = opened();
    const probe = health.begin(standing, 1_000);
    const breaker = { cause: "failing", untilMs: 4_000, restMs: 2_000, level: 1 } as const;
    health.apply({ supplier: "north", instrument: T, breaker, atMs: 2_000 });
    expect(standing.breaker?.probing).toBe(true);
    expect(health.begin(standing, 4_000).isProbe).toBe(false);
    probe.failed({ kind: "failure" }, 4_001);
    expect([tell(standing), standing.breaker?.probing]).toEqual(["failing until 4000", false]);
    expect(health.begin(standing, 4_002).isProbe).toBe(true);
  });
});

describe("attempts", () => {
  test("those that began before the breaker opened neither double its rest nor count once it is closed", () => {
    const { health, standing, changes } = played();
    const together = Array.from({ length: 100 }, () => health.begin(standing, 0));
    for (const one of together.slice(0, 50)) one.failed({ kind: "failure" }, 10);
    expect(tell(standing)).toBe("failing until 1010");
    for (const one of together.slice(50, 60)) one.failed({ kind: "timeout" }, 1_500);
    expect(tell(standing)).toBe("failing until 1010");
    play(health, standing, [[2_000, "ok", 2]]);
    for (const one of together.slice(60)) one.failed({ kind: "timeout" }, 5_000);
    expect([tell(standing), standing.inFlight, changes.length]).toEqual(["closed", 0, 2]);
    expect(health.measures(standing, 5_000)).toMatchObject({ attempts: 7, failures: 5 });
  });

  test("many that are turned away together rest as long as the longest that is asked for", () => {
    const { health, standing, changes } = played();
    const together = Array.from({ length: 100 }, () => health.begin(standing, 0));
    for (const [index, one] of together.entries()) one.failed({ kind: "busy", retryAfterMs: 2_000 }, index);
    expect([tell(standing), changes.length]).toEqual(["busy until 2000", 1]);
  });

  test("one that is turned away late makes no longer rest for somebody who fails", () => {
    const { health, standing } = played();
    const old = health.begin(standing, 0);
    play(health, standing, [[10, "failure", 5]]);
    old.failed({ kind: "busy", retryAfterMs: 30_000 }, 20);
    expect(tell(standing)).toBe("failing until 1010");
  });

  test("one that began before it closed does not open it", () => {
    const { health, standing } = played([0, "failure", 5]);
    const old = health.begin(standing, 500);
    play(health, standing, [[1_000, "ok", 2]]);
    old.failed({ kind: "busy", retryAfterMs: 9_000 }, 2_000);
    expect([tell(standing), standing.inFlight]).toEqual(["closed", 0]);
  });

  test.each<Outcome>(["ok", "failure", "timeout", "busy 100", "left"])(
    "only the first ending counts (%s)",
    (outcome) => {
      const { health, standing } = played();
      const begun = health.begin(standing, 0);
      const twice: Health = { ...health, begin: () => begun };
      attempt(twice, standing, outcome, 0);
      const before = JSON.stringify([health.measures(standing, 0), tell(standing)]);
      for (const again of ["ok", "failure", "timeout", "busy 9000", "left"] as const)
        attempt(twice, standing, again, 0);
      expect([JSON.stringify([health.measures(standing, 0), tell(standing)]), standing.inFlight]).toEqual([before, 0]);
    },
  );

  test("they are in flight until they end", () => {
    const { health, standing } = played();
    const [one, two] = [health.begin(standing, 0), health.begin(standing, 0)];
    expect(standing.inFlight).toBe(2);
    one.left(1);
    expect(standing.inFlight).toBe(1);
    two.answered({}, 1);
    expect(standing.inFlight).toBe(0);
  });

  test("one begun by names alone is counted at the live standing", () => {
    const { health, standing } = played();
    health.begin(freshStanding("north", T), 0);
    expect(standing.inFlight).toBe(1);
  });
});

describe("measures", () => {
  test("they tell what the window holds", () => {
    const { health, standing } = played(
      [0, "ok", 2],
      [0, "slow"],
      [0, "drip"],
      [0, "blind"],
      [0, "failure"],
      [0, "left", 9],
    );
    expect(health.measures(standing, 0)).toEqual({
      windowMs: 30_000,
      attempts: 6,
      failures: 1,
      errorRate: 1 / 6,
      firstTokenMs: (400 * 3 + 1_500) / 4,
      tokensPerSecond: (80 * 3 + 10) / 4,
    });
  });

  test("nothing is known of somebody new, or turned away", () => {
    const { health, standing } = played([0, "busy"]);
    const want = { attempts: 0, failures: 0, errorRate: 0, firstTokenMs: undefined, tokensPerSecond: undefined };
    expect(health.measures(standing, 0)).toEqual({ windowMs: 30_000, ...want });
  });

  test("the window slides by buckets of three seconds", () => {
    const { health, standing } = played([0, "failure"], [2_999, "ok"], [3_000, "ok"], [29_999, "ok"]);
    const attempts = [29_999, 30_000, 32_999, 33_000, 59_999, 60_000].map(
      (nowMs) => health.measures(standing, nowMs).attempts,
    );
    expect(attempts).toEqual([4, 2, 2, 1, 0, 0]);
  });

  test("what is yet to come, by a clock that was set back, is not in it", () => {
    const { health, standing } = played([100_000, "failure"], [50_000, "ok"]);
    expect(health.measures(standing, 50_000)).toMatchObject({ attempts: 1, failures: 0 });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0])("a measurement of %d is none", (wrong) => {
    const { health, standing } = played();
    health.begin(standing, 0).answered({ firstTokenMs: wrong, tokensPerSecond: wrong }, 0);
    expect(health.measures(standing, 0)).toMatchObject({
      attempts: 1,
      firstTokenMs: undefined,
      tokensPerSecond: undefined,
    });
    expect([standing.latencyMs, standing.tokensPerSecond, standing.penalty]).toEqual([0, 0, 1]);
  });
});

describe("averages and penalty", () => {
  const answered = (
    ...answers: readonly (readonly [nowMs: number, firstTokenMs: number, tokensPerSecond?: number])[]
  ) => {
    const { health, standing } = played();
    for (const [nowMs, firstTokenMs, tokensPerSecond = 80] of answers) {
      health.begin(standing, nowMs).answered({ firstTokenMs, tokensPerSecond }, nowMs);
    }
    return { health, standing };
  };

  test("a slower answer shows at once, a faster one over time", () => {
    expect(answered([0, 100], [1, 900]).standing.latencyMs).toBe(900);
    expect(answered([0, 900], [0, 100]).standing.latencyMs).toBe(900);
    expect(answered([0, 900], [10_000, 100]).standing.latencyMs).toBeCloseTo(100 + 800 / Math.E);
    expect(answered([0, 900], [200_000, 100]).standing.latencyMs).toBeCloseTo(100);
  });

  test("a clock that is set back stands still for an average, and then goes on", () => {
    expect(answered([90_000, 900], [0, 100]).standing.latencyMs).toBe(900);
    expect(answered([90_000, 900], [0, 100], [10_000, 100]).standing.latencyMs).toBeCloseTo(100 + 800 / Math.E);
  });

  test("speed moves both ways alike", () => {
    expect(answered([0, 100, 50], [10_000, 100, 150]).standing.tokensPerSecond).toBeCloseTo(150 - 100 / Math.E);
    expect(answered([0, 100, 150], [10_000, 100, 50]).standing.tokensPerSecond).toBeCloseTo(50 + 100 / Math.E);
  });

  test("what is older than the window is held against nobody, and forgotten after five minutes", () => {
    const { health, standing } = answered([0, 1_500, 70]);
    const seen = [30_000, 30_001, 300_000, 300_001].map((nowMs) => {
      health.refresh(nowMs);
      return [standing.penalty, standing.latencyMs, standing.tokensPerSecond];
    });
    expect(seen).toEqual([
      [1.5, 1_500, 70],
      [1, 1_500, 70],
      [1, 1_500, 70],
      [1, 0, 0],
    ]);
  });

  test.each(
    titled<number>([
      { given: [[0, "ok", 9]], want: 1 },
      { given: [[0, "failure"]], want: 1 + 1 / 11 },
      {
        given: [
          [0, "ok", 80],
          [0, "failure", 4],
          [0, "ok", 6],
        ],
        want: 1 + 4 / 100,
      },
      { given: [[0, "slow"]], want: 1.5 },
      {
        given: [
          [0, "slow"],
          [0, "failure"],
        ],
        want: 1.5 + 1 / 12,
      },
      { given: [[0, "drip"]], want: 1 },
      { given: [[0, "busy"]], want: 1 },
      { given: [[0, "left", 9]], want: 1 },
    ]),
  )("%s → %s", (_title, want, given) => {
    expect(played(...given).standing.penalty).toBeCloseTo(want);
  });

  test("slowness at most doubles it", () => {
    expect(answered([0, 2_000]).standing.penalty).toBe(2);
    expect(answered([0, 99_000]).standing.penalty).toBe(2);
    expect(answered([0, 1_000]).standing.penalty).toBe(1);
  });

  test("it falls as the window slides, once refreshed", () => {
    const { health, standing } = played([0, "failure", 4]);
    expect(standing.penalty).toBeGreaterThan(1.2);
    health.refresh(29_999);
    expect(standing.penalty).toBeGreaterThan(1.2);
    health.refresh(30_000);
    expect(standing.penalty).toBe(1);
  });
});

describe("who is known", () => {
  test("a standing is one object, for that supplier at that instrument alone", () => {
    const { health, standing } = played([0, "failure", 5]);
    expect(health.standing("north", T)).toBe(standing);
    expect([health.standing("south", T), health.standing("north", "code-prime")].map(tell)).toEqual([
      "closed",
      "closed",
    ]);
    expect([...health.all()].map((one) => [one.supplier, one.instrument])).toEqual([
      ["north", T],
      ["north", "code-prime"],
      ["south", T],
    ]);
  });

  test("a fresh one is as routing takes it to be", () => {
    const { standing } = played();
    expect(standing).toMatchObject(freshStanding("north", T));
  });

  test("forgetting: an instrument, a supplier, and nobody at all", () => {
    const { health } = played();
    for (const [supplier, instrument] of [
      ["north", "b"],
      ["south", "a"],
      ["south", "b"],
    ] as const) {
      health.standing(supplier, instrument);
    }
    const left = () => [...health.all()].map((one) => `${one.supplier} ${one.instrument}`);
    health.forget("north", "b");
    expect(left()).toEqual([`north ${T}`, "south a", "south b"]);
    health.forget("south");
    expect(left()).toEqual([`north ${T}`]);
    health.forget("nobody");
    health.forget("north", "nothing");
    expect(left()).toEqual([`north ${T}`]);
  });

  test("what ends after it was forgotten changes nothing that anybody hears of", () => {
    const { health, standing, changes } = played();
    const begun = Array.from({ length: 9 }, () => health.begin(standing, 0));
    health.forget("north");
    const anew = health.standing("north", T);
    const revision = health.revision();
    for (const one of begun) one.failed({ kind: "timeout" }, 1);
    expect([changes, tell(anew), anew.inFlight, standing.inFlight]).toEqual([[], "closed", 0, 0]);
    expect([health.revision(), [...health.all()]]).toEqual([revision, [anew]]);
  });

  test("a probe that ends after it was forgotten leaves its place", () => {
    const { health, standing } = played([0, "failure", 5]);
    const probe = health.begin(standing, 1_000);
    health.forget("north");
    probe.answered({}, 1_001);
    expect([standing.breaker?.probing, tell(standing)]).toEqual([false, "failing until 1000"]);
  });
});

test("whether a supplier answers is told for a minute after it did", () => {
  const { health, standing } = played([0, "ok"], [1_000, "failure", 5]);
  expect([tell(standing), standing.isAnswering]).toEqual(["failing until 2000", true]);
  health.refresh(59_999);
  expect(standing.isAnswering).toBe(true);
  health.refresh(60_000);
  expect(standing.isAnswering).toBe(false);
});
