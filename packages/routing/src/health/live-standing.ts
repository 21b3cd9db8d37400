/** Live standing: the standing that routing reads, with all that it follows from. */
import type { Floors } from "../instrument.ts";
import type { Standing } from "../standing.ts";
import type { Ending, LiveAttempt } from "./attempt.ts";
import { Average } from "./average.ts";
import type { Breaker, Earlier } from "./breaker.ts";
import { FaultRow } from "./fault-row.ts";
import { penaltyOf } from "./penalty.ts";
import type { Thresholds } from "./thresholds.ts";
import { Window } from "./window.ts";

/** How a breaker was open before it was closed. */
export interface Closed extends Earlier {
  readonly closedAtMs: number;
}

export class LiveStanding implements Standing {
  readonly supplier: string;
  readonly instrument: string;
  floors: Floors = {};
  breaker: Breaker | undefined = undefined;
  isAnswering = false;
  penalty = 1;
  inFlight = 0;
  latencyMs = 0;
  tokensPerSecond = 0;
  /** How often the breaker has changed. */
  epoch = 0;
  /** Since when the breaker is as it is, by our clock: what came before is not judged again. */
  judgedFromMs = Number.NEGATIVE_INFINITY;
  /** The latest change of the breaker that is known, of this gateway or another. */
  changedAtMs = Number.NEGATIVE_INFINITY;
  closed: Closed | undefined = undefined;
  /** The probe under way, even when the breaker has changed since; when it is taken for lost. */
  probe: { readonly attempt: LiveAttempt; readonly lostAtMs: number } | undefined = undefined;
  /** Nobody hears of it any more. */
  isForgotten = false;
  readonly faults = new FaultRow();
  readonly latency = new Average();
  readonly speed = new Average();
  readonly window: Window;
  readonly #thresholds: Thresholds;
  #answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(supplier: string, instrument: string, thresholds: Thresholds) {
    this.supplier = supplier;
    this.instrument = instrument;
    this.window = new Window(thresholds);
    this.#thresholds = thresholds;
  }

  /** Exchanges the breaker, or closes it. What is under way was begun under the old one and decides nothing any more. */
  turn(breaker: Breaker | undefined, nowMs: number): void {
    if (breaker === undefined && this.breaker !== undefined) {
      const { cause, restMs, level } = this.breaker;
      this.closed = { cause, restMs, level, closedAtMs: nowMs };
    }
    this.breaker = breaker;
    this.#showProbe();
    this.epoch += 1;
    this.judgedFromMs = nowMs;
    this.faults.clear();
  }

  /** Whether an attempt that begins now is a probe. */
  takesProbe(nowMs: number): boolean {
    this.#limit(nowMs);
    return this.breaker !== undefined && nowMs >= this.breaker.untilMs && this.probe === undefined;
  }

  beginProbe(attempt: LiveAttempt, lostAtMs: number): void {
    this.probe = { attempt, lostAtMs };
    this.#showProbe();
  }

  /** Frees the place of the probe, if that attempt has it: one that was taken for lost has it no more. */
  endProbe(attempt: LiveAttempt): boolean {
    if (this.probe?.attempt !== attempt) return false;
    this.probe = undefined;
    this.#showProbe();
    return true;
  }

  /** Whether time alone changes nothing of what routing reads: so it is with most pairs of a large market. */
  #isAgeless(): boolean {
    return this.window.isUnused && this.latency.value === 0 && this.speed.value === 0 && this.breaker === undefined;
  }

  #showProbe(): void {
    if (this.breaker !== undefined) this.breaker.probing = this.probe !== undefined;
  }

  /** Ends what has lasted for too long: the wait for a probe, and an opening under a clock that was set back. */
  #limit(nowMs: number): void {
    if (this.probe !== undefined && nowMs >= this.probe.lostAtMs) this.endProbe(this.probe.attempt);
    this.breaker?.limit(nowMs + this.#thresholds.restMsMax);
  }

  /** Puts what an attempt came to into the window and the averages. */
  note(ending: Ending, nowMs: number): void {
    if (ending.kind === "left" || ending.kind === "busy") return;
    this.window.noteAttempt(nowMs, ending.kind !== "answer");
    if (ending.kind === "answer") this.#noteAnswer(ending, nowMs);
    this.refresh(nowMs);
  }

  #noteAnswer({ firstTokenMs, tokensPerSecond }: Ending & { kind: "answer" }, nowMs: number): void {
    const { decayMs } = this.#thresholds;
    this.#answeredAtMs = nowMs;
    if (firstTokenMs !== undefined) {
      this.window.noteFirstToken(nowMs, firstTokenMs);
      this.latency.feedPeak(firstTokenMs, nowMs, decayMs);
    }
    if (tokensPerSecond !== undefined) {
      this.window.noteSpeed(nowMs, tokensPerSecond);
      this.speed.feed(tokensPerSecond, nowMs, decayMs);
    }
  }

  /** Brings up to this moment what routing reads: penalty, averages, and the place of a probe that was lost. */
  refresh(nowMs: number): void {
    if (this.#isAgeless()) return;
    const { windowMs, unknownAfterMs } = this.#thresholds;
    this.#limit(nowMs);
    if (nowMs - this.latency.atMs > unknownAfterMs) this.latency.forget();
    if (nowMs - this.speed.atMs > unknownAfterMs) this.speed.forget();
    this.latencyMs = this.latency.value;
    this.tokensPerSecond = this.speed.value;
    const isFresh = nowMs - this.latency.atMs <= windowMs;
    const sums = this.window.sums(nowMs);
    this.isAnswering = nowMs - this.#answeredAtMs < this.#thresholds.calmMs;
    this.penalty = penaltyOf(sums, isFresh ? this.latencyMs : 0, this.floors.firstTokenMsMax);
  }
}
