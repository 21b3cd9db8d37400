/** Verdict: what the end of an attempt does to the breaker. */
import type { BreakerCause } from "../standing.ts";
import type { Ending, LiveAttempt } from "./attempt.ts";
import type { Breaker, Reason } from "./breaker.ts";
import type { LiveStanding } from "./live-standing.ts";
import { isBeyond, isMeanBeyond } from "./measures.ts";
import type { Thresholds } from "./thresholds.ts";

/** Undefined: nothing changes. */
export type Verdict =
  | ({ readonly kind: "open" } & Reason)
  | { readonly kind: "lengthen"; readonly restMs: number; readonly untilMs: number }
  | { readonly kind: "close" }
  | undefined;

/**
 * An attempt tells how the supplier was when it began: one that began before the breaker last changed has had its say in
 * that change, or would have. Otherwise all that was under way when a supplier fell over would count a second time.
 */
export function verdictOn(
  standing: LiveStanding,
  attempt: LiveAttempt,
  ending: Ending,
  nowMs: number,
  thresholds: Thresholds,
): Verdict {
  const { breaker } = standing;
  const isProbe = standing.endProbe(attempt);
  if (attempt.epoch !== standing.epoch) return breaker && lengthened(breaker, ending, nowMs, thresholds);
  if (breaker === undefined) return verdictWhenClosed(standing, ending, nowMs, thresholds);
  if (isProbe) return verdictOfProbe(standing, breaker, ending, thresholds);
  return verdictBeside(standing, breaker, ending, nowMs, thresholds);
}

function verdictWhenClosed(standing: LiveStanding, ending: Ending, nowMs: number, thresholds: Thresholds): Verdict {
  const cause = causeIn(standing, ending, nowMs, thresholds);
  if (cause === undefined) return undefined;
  const { closed } = standing;
  const isCalm = closed === undefined || nowMs - closed.closedAtMs >= thresholds.calmMs;
  // One that was only full has shown with its good probe that it is not: its rests do not add up.
  const earlier = isCalm || cause === "busy" ? undefined : closed;
  return { kind: "open", cause, earlier, askedMs: askedIn(ending) };
}

/** A probe that fails opens the breaker anew, for whatever the probe met with. */
function verdictOfProbe({ floors }: LiveStanding, breaker: Breaker, ending: Ending, thresholds: Thresholds): Verdict {
  if (ending.kind === "left") return undefined;
  if (ending.kind === "busy") return { kind: "open", cause: "busy", earlier: breaker, askedMs: askedIn(ending) };
  if (ending.kind !== "answer") return { kind: "open", cause: "failing", earlier: breaker };
  if (breaker.cause === "slow" && isBeyond(floors, ending.firstTokenMs, ending.tokensPerSecond)) {
    return { kind: "open", cause: "slow", earlier: breaker };
  }
  return breaker.noteGoodProbe(thresholds) ? { kind: "close" } : undefined;
}

/** Attempts beside the probe are of no account, except where somebody slow is used as a last resort, and is worse. */
function verdictBeside(
  standing: LiveStanding,
  breaker: Breaker,
  ending: Ending,
  nowMs: number,
  thresholds: Thresholds,
): Verdict {
  if (breaker.cause !== "slow") return lengthened(breaker, ending, nowMs, thresholds);
  const cause = causeIn(standing, ending, nowMs, thresholds);
  return cause === undefined || cause === "slow" ? undefined : { kind: "open", cause, askedMs: askedIn(ending) };
}

/** What the ending, with what came before it, speaks for. */
function causeIn(
  standing: LiveStanding,
  ending: Ending,
  nowMs: number,
  thresholds: Thresholds,
): BreakerCause | undefined {
  if (ending.kind === "left") return undefined;
  if (ending.kind === "busy") return "busy";
  if (isRowFull(standing, ending, nowMs, thresholds)) return "failing";
  const sums = standing.window.sums(nowMs, standing.judgedFromMs);
  const { attemptsMin, errorRateMax, answersMin } = thresholds;
  if (sums.attempts >= attemptsMin && sums.failures >= sums.attempts * errorRateMax) return "failing";
  return isMeanBeyond(standing.floors, sums, answersMin) ? "slow" : undefined;
}

function isRowFull({ faults }: LiveStanding, ending: Ending, nowMs: number, thresholds: Thresholds): boolean {
  if (ending.kind === "answer") {
    faults.clear();
    return false;
  }
  return faults.add(ending.kind === "timeout" ? thresholds.timeoutPoints : 1, nowMs, thresholds);
}

/** A busy supplier that asks for a longer rest gets it. Not for less than `restMs`: many ask at once, a moment apart. */
function lengthened(breaker: Breaker, ending: Ending, nowMs: number, thresholds: Thresholds): Verdict {
  const askedMs = breaker.cause === "busy" ? askedIn(ending) : undefined;
  if (askedMs === undefined) return undefined;
  const restMs = Math.min(askedMs, thresholds.restMsMax);
  const untilMs = nowMs + restMs;
  return untilMs >= breaker.untilMs + thresholds.restMs ? { kind: "lengthen", restMs, untilMs } : undefined;
}

function askedIn(ending: Ending): number | undefined {
  return ending.kind === "busy" ? ending.retryAfterMs : undefined;
}
