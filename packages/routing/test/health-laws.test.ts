/** Goal: what holds whatever happens. Method: random histories of overlapping attempts, with a plain count beside them. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Attempt, type BreakerChange, createHealth, type Health } from "../src/health/index.ts";
import { type Standing, stateOf } from "../src/standing.ts";

const FLOORS = { firstTokenMsMax: 1_000, tokensPerSecondMin: 40 };

type Ending =
  | { readonly kind: "answer"; readonly firstTokenMs: number; readonly tokensPerSecond: number }
  | { readonly kind: "failure" | "timeout" | "busy"; readonly retryAfterMs: number }
  | { readonly kind: "left" };

/** Time passes, then an attempt begins, or one of those under way ends, or some one is lost, or another gateway speaks. */
type Step =
  | { readonly do: "begin" }
  | { readonly do: "end"; readonly which: number; readonly ending: Ending }
  | { readonly do: "refresh" }
  | { readonly do: "apply"; readonly change: Pick<BreakerChange, "breaker"> };
type Timed = Step & { readonly afterMs: number };

const answers = fc.record({
  kind: fc.constant("answer" as const),
  firstTokenMs: fc.constantFrom(10, 500, 5_000),
  tokensPerSecond: fc.constantFrom(5, 100),
});
const faults = fc.record({
  kind: fc.constantFrom("failure" as const, "failure" as const, "timeout" as const, "busy" as const),
  retryAfterMs: fc.constantFrom(0, 100, 5_000, 3_600_000),
});
const endings: fc.Arbitrary<Ending> = fc.oneof(answers, faults, fc.constant({ kind: "left" as const }));
const causes = fc.constantFrom("failing" as const, "slow" as const, "busy" as const);
const changes = causes.map((cause) => ({ breaker: { cause, untilMs: 0, restMs: 2_000, level: 1 } }));
const afterMs = fc.constantFrom(0, 0, 1, 50, 1_000, 4_000, 40_000);

const steps: fc.Arbitrary<Timed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("begin" as const), afterMs }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("end" as const), which: fc.nat(), ending: endings, afterMs }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("refresh" as const), afterMs }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("apply" as const), change: changes, afterMs }) },
);
const histories = fc.array(steps, { maxLength: 120, size: "max" });

/** No probe is ever lost here, so that there is at most one. */
const UNLOST = { probeLostAfterMs: Number.MAX_SAFE_INTEGER };

function end(attempt: Attempt, ending: Ending, nowMs: number): void {
  if (ending.kind === "left") attempt.left(nowMs);
  else if (ending.kind === "answer") attempt.answered(ending, nowMs);
  else attempt.failed(ending, nowMs);
}

interface Moment {
  readonly health: Health;
  readonly standing: Standing;
  readonly underWay: readonly Attempt[];
  readonly nowMs: number;
  readonly step: Timed;
}

/** Plays the history and looks after each step; in the end nothing is under way. */
function live(history: readonly Timed[], look: (moment: Moment) => void = () => undefined) {
  const health = createHealth(UNLOST);
  const standing = health.standing("north", "text-prime", FLOORS);
  const underWay: Attempt[] = [];
  let nowMs = 1_000_000;
  for (const step of history) {
    nowMs += step.afterMs;
    take(step, health, standing, underWay, nowMs);
    look({ health, standing, underWay, nowMs, step });
  }
  for (const attempt of underWay) attempt.left(nowMs);
  return { health, standing, nowMs };
}

function take(step: Timed, health: Health, standing: Standing, underWay: Attempt[], nowMs: number): void {
  if (step.do === "begin") underWay.push(health.begin(standing, nowMs));
  else if (step.do === "refresh") health.refresh(nowMs);
  else if (step.do === "apply") {
    const { cause, restMs, level } = step.change.breaker!;
    const breaker = { cause, restMs, level, untilMs: nowMs + restMs };
    health.apply({ supplier: "north", instrument: "text-prime", breaker, atMs: nowMs });
  } else if (underWay.length > 0) {
    const [attempt] = underWay.splice(step.which % underWay.length, 1);
    end(attempt!, step.ending, nowMs);
  }
}

describe("laws of health", () => {
  test("there is never more than one probe, it shows, and it began half-open", () => {
    let probes = 0;
    fc.assert(
      fc.property(histories, (history) => {
        live(history, ({ standing, underWay, nowMs, step }) => {
          const probing = underWay.filter((attempt) => attempt.isProbe);
          expect(probing.length).toBeLessThanOrEqual(1);
          if (standing.breaker !== undefined) expect(standing.breaker.probing).toBe(probing.length === 1);
          if (step.do !== "begin" || !underWay.at(-1)!.isProbe) return;
          expect(stateOf(standing, nowMs)).toBe("half-open");
          probes += 1;
        });
      }),
      { numRuns: 500 },
    );
    expect(probes).toBeGreaterThan(1_000);
  });

  test("a half-open breaker without a probe takes the next attempt for one", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { health, standing, nowMs } = live(history);
        const isHalfOpen = stateOf(standing, nowMs) === "half-open";
        expect(health.begin(standing, nowMs).isProbe).toBe(isHalfOpen);
      }),
      { numRuns: 500 },
    );
  });

  test("in flight is what is under way", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { standing } = live(history, ({ standing, underWay }) => expect(standing.inFlight).toBe(underWay.length));
        expect(standing.inFlight).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("an error rate is a share, a penalty is 1 to 3, and a breaker is open for a minute at most", () => {
    fc.assert(
      fc.property(histories, (history) => {
        live(history, ({ health, standing, nowMs }) => {
          const { attempts, failures, errorRate } = health.measures(standing, nowMs);
          expect(errorRate).toBe(attempts === 0 ? 0 : failures / attempts);
          expect(errorRate >= 0 && errorRate <= 1).toBe(true);
          expect(standing.penalty >= 1 && standing.penalty <= 3).toBe(true);
          expect((standing.breaker?.untilMs ?? nowMs) - nowMs).toBeLessThanOrEqual(60_000);
        });
      }),
      { numRuns: 300 },
    );
  });

  test("enough good probes close it, whatever came before", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { health, standing, nowMs } = live(history);
        const probesMax = standing.breaker?.cause === "busy" ? 1 : 2;
        const laterMs = Math.max(nowMs, standing.breaker?.untilMs ?? 0);
        for (let turn = 0; turn < probesMax && standing.breaker !== undefined; turn += 1) {
          const probe = health.begin(standing, laterMs);
          expect(probe.isProbe).toBe(true);
          probe.answered({ firstTokenMs: 10, tokensPerSecond: 100 }, laterMs);
        }
        expect(standing.breaker).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test("callers that leave, or ask what is wrong, never change anything", () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 50 }), (history, leavers) => {
        const { health, standing, nowMs } = live(history);
        const seen = () =>
          structuredClone([{ ...standing }.breaker, standing.penalty, standing.latencyMs, health.write()]);
        health.refresh(nowMs);
        const [before, revision] = [seen(), health.revision()];
        const begun = Array.from({ length: leavers }, () => health.begin(standing, nowMs));
        for (const attempt of begun) attempt.left(nowMs);
        expect([seen(), health.revision(), standing.inFlight]).toEqual([before, revision, 0]);
      }),
      { numRuns: 300 },
    );
  });

  test("another gateway that hears every change is in the same state, and changes are told in order", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const there = createHealth(UNLOST);
        const heard: BreakerChange[] = [];
        const here = createHealth(UNLOST);
        here.onChange((change) => heard.push(JSON.parse(JSON.stringify(change)) as BreakerChange));
        const standing = here.standing("north", "text-prime", FLOORS);
        const underWay: Attempt[] = [];
        let nowMs = 0;
        for (const step of history.filter((one) => one.do !== "apply")) {
          nowMs += step.afterMs;
          take(step, here, standing, underWay, nowMs);
        }
        const twice = heard.flatMap((change) => [change, change]);
        for (const change of [...twice, ...heard.toReversed()]) there.apply(change);
        const mirror = there.standing("north", "text-prime");
        expect(mirror.breaker?.untilMs).toBe(standing.breaker?.untilMs);
        expect(mirror.breaker?.cause).toBe(standing.breaker?.cause);
        expect(heard.every((change, index) => index === 0 || change.atMs > heard[index - 1]!.atMs)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("what was written and read again, as JSON, is written alike", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { health, standing, nowMs } = live(history);
        health.refresh(nowMs);
        const written = JSON.stringify(health.write());
        const again = createHealth();
        again.standing("north", "text-prime", FLOORS);
        again.read(JSON.parse(written), nowMs);
        const mirror = again.standing("north", "text-prime");
        expect(again.measures(mirror, nowMs)).toEqual(health.measures(standing, nowMs));
        const shown = ({ penalty, latencyMs, tokensPerSecond, breaker }: Standing) => ({
          ...{ penalty, latencyMs, tokensPerSecond },
          breaker: breaker && [breaker.cause, breaker.untilMs],
        });
        expect(shown(mirror)).toEqual(shown(standing));
      }),
      { numRuns: 300 },
    );
  });

  test("reading never throws, and leaves nothing unsound", () => {
    const numbers = fc.oneof(fc.double(), fc.integer(), fc.constant(1_000_000));
    const notes = fc.record(
      {
        supplier: fc.oneof(fc.constant("north"), fc.anything()),
        instrument: fc.oneof(fc.constant("text-prime"), fc.anything()),
        window: fc.record({
          bucketMs: fc.oneof(fc.constant(3_000), fc.anything()),
          buckets: fc.oneof(fc.array(fc.array(numbers, { minLength: 7, maxLength: 7 })), fc.anything()),
        }),
        latency: fc.oneof(fc.record({ value: numbers, atMs: numbers }), fc.anything()),
        speed: fc.oneof(fc.record({ value: numbers, atMs: numbers }), fc.anything()),
        changedAtMs: fc.oneof(numbers, fc.anything()),
        breaker: fc.oneof(
          fc.record({ cause: causes, untilMs: numbers, restMs: numbers, level: numbers }),
          fc.anything(),
        ),
        closed: fc.oneof(
          fc.record({ cause: causes, closedAtMs: numbers, restMs: numbers, level: numbers }),
          fc.anything(),
        ),
      },
      { requiredKeys: [] },
    );
    const documents = fc.oneof(fc.anything(), fc.record({ standings: fc.array(fc.oneof(notes, fc.anything())) }));
    fc.assert(
      fc.property(documents, (document) => {
        const health = createHealth();
        health.read(document, 1_000_000);
        for (const standing of health.all()) {
          const { errorRate } = health.measures(standing, 1_000_000);
          expect(errorRate >= 0 && errorRate <= 1).toBe(true);
          expect(standing.penalty >= 1 && standing.penalty <= 3).toBe(true);
          expect((standing.breaker?.untilMs ?? 0) <= 1_060_000).toBe(true);
          expect(standing.breaker === undefined || health.begin(standing, 1_060_000).isProbe).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
