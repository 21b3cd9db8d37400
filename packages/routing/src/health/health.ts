/** Health: the standings of all suppliers, kept up to date by what the attempts at them come to. */
import type { Floors } from "../instrument.ts";
import type { Standing } from "../standing.ts";
import { type Attempt, type Ending, LiveAttempt } from "./attempt.ts";
import { adopted, backoffOf, opened } from "./breaker.ts";
import { type BreakerChange, fieldsOf, readBreakerChange } from "./breaker-change.ts";
import { LiveStanding } from "./live-standing.ts";
import { type Measures, measuresOf } from "./measures.ts";
import { readPair, readStanding, writeStanding } from "./standing-note.ts";
import { type HealthOptions, THRESHOLDS } from "./thresholds.ts";
import { type Verdict, verdictOn } from "./verdict.ts";

/**
 * All times are wall-clock milliseconds, since gateways tell them to each other. Nothing happens by itself: what goes by
 * with time alone is brought up to date by `refresh`.
 */
export interface Health {
  /**
   * The live standing of a supplier at an instrument: the same object each time, until it is forgotten. `floors` bind
   * from the next observation on; absent, those said last do. It takes some 100 bytes, and a kilobyte once it is used.
   */
  standing(supplier: string, instrument: string, floors?: Floors): Standing;
  /** A request begins there. Gives what ends it; a probe is what began while the breaker was half-open. */
  begin(standing: Standing, nowMs: number): Attempt;
  /** What the rolling window holds. */
  measures(standing: Standing, nowMs: number): Measures;
  /**
   * Brings every standing up to this moment. To be called every second or so: between two calls, a standing that nothing
   * is heard of shows its penalty and averages as they were, and a lost probe's place as taken.
   */
  refresh(nowMs: number): void;
  all(): Iterable<Standing>;
  /** Breaker changes, as they happen here: to be told to other gateways. A listener hears them after they have happened. */
  onChange(listener: (change: BreakerChange) => void): void;
  /**
   * A change that another gateway saw, told on to nobody. The same one again, and one older than what is known here, are
   * passed over. `nowMs` is when it is heard, and when it happened unless said.
   */
  apply(change: BreakerChange, nowMs?: number): void;
  /** Grows when `write` has something new to say. */
  revision(): number;
  /** All that is known, as JSON can say it. */
  write(): Record<string, unknown>;
  /** Takes over what was written, as far as it is sound, young and not known better. Never throws. */
  read(document: unknown, nowMs: number): void;
  /** The supplier is gone, or no longer sells the instrument. Attempts still under way end without effect. */
  forget(supplier: string, instrument?: string): void;
}

/** Knows nobody yet. */
export function createHealth(options: HealthOptions = {}): Health {
  const thresholds = { ...THRESHOLDS, ...options };
  const suppliers = new Map<string, Map<string, LiveStanding>>();
  const listeners: ((change: BreakerChange) => void)[] = [];
  let revision = 0;

  function liveOf(supplier: string, instrument: string): LiveStanding {
    const own = suppliers.get(supplier) ?? new Map<string, LiveStanding>();
    const standing = own.get(instrument) ?? new LiveStanding(supplier, instrument, thresholds);
    own.set(instrument, standing);
    suppliers.set(supplier, own);
    return standing;
  }

  /** One that was made elsewhere, as `freshStanding` does, stands for the live one of its names. */
  function ours(standing: Standing): LiveStanding {
    return standing instanceof LiveStanding ? standing : liveOf(standing.supplier, standing.instrument);
  }

  function end(standing: LiveStanding, attempt: LiveAttempt, ending: Ending, nowMs: number): void {
    standing.inFlight -= 1;
    if (standing.isForgotten) {
      standing.endProbe(attempt);
      return;
    }
    if (attempt.epoch === standing.epoch) standing.note(ending, nowMs);
    if (ending.kind !== "left") revision += 1;
    execute(verdictOn(standing, attempt, ending, nowMs, thresholds), standing, nowMs);
  }

  function execute(verdict: Verdict, standing: LiveStanding, nowMs: number): void {
    if (verdict === undefined) return;
    if (verdict.kind === "lengthen") standing.breaker?.lengthen(verdict.restMs, verdict.untilMs);
    else standing.turn(verdict.kind === "open" ? opened(verdict, nowMs, thresholds) : undefined, nowMs);
    standing.changedAtMs = Math.max(nowMs, standing.changedAtMs + 1);
    const { supplier, instrument, breaker, changedAtMs } = standing;
    const change = { supplier, instrument, breaker: breaker && backoffOf(breaker), atMs: changedAtMs };
    for (const listener of listeners) listener(change);
  }

  function* all(): Iterable<LiveStanding> {
    for (const own of suppliers.values()) yield* own.values();
  }

  return {
    standing(supplier, instrument, floors) {
      const standing = liveOf(supplier, instrument);
      if (floors !== undefined) standing.floors = floors;
      return standing;
    },
    begin(standing, nowMs) {
      const own = ours(standing);
      own.inFlight += 1;
      const isProbe = own.takesProbe(nowMs);
      const attempt = new LiveAttempt(isProbe, own.epoch, (...ending) => end(own, ...ending));
      if (isProbe) own.beginProbe(attempt, nowMs + thresholds.probeLostAfterMs);
      return attempt;
    },
    measures: (standing, nowMs) => measuresOf(ours(standing).window.sums(nowMs), thresholds.windowMs),
    refresh(nowMs) {
      for (const standing of all()) standing.refresh(nowMs);
    },
    all,
    onChange(listener) {
      listeners.push(listener);
    },
    apply(change, heardAtMs) {
      const sound = readBreakerChange(change);
      if (sound === undefined) return;
      const { supplier, instrument, breaker, atMs } = sound;
      const standing = liveOf(supplier, instrument);
      if (atMs <= standing.changedAtMs) return;
      const nowMs = heardAtMs ?? atMs;
      if (breaker ?? standing.breaker) standing.turn(breaker && adopted(breaker, nowMs, thresholds), nowMs);
      standing.changedAtMs = atMs;
      revision += 1;
    },
    revision: () => revision,
    write: () => ({ standings: [...all()].flatMap((standing) => writeStanding(standing) ?? []) }),
    read(document, nowMs) {
      const { standings } = fieldsOf(document);
      for (const note of Array.isArray(standings) ? standings : []) {
        const pair = readPair(note, nowMs);
        if (pair !== undefined) readStanding(note, liveOf(pair.supplier, pair.instrument), nowMs, thresholds);
      }
    },
    forget(supplier, instrument) {
      const own = suppliers.get(supplier);
      for (const standing of own?.values() ?? []) {
        if (instrument !== undefined && standing.instrument !== instrument) continue;
        standing.isForgotten = true;
        own?.delete(standing.instrument);
        revision += 1;
      }
      if (own?.size === 0) suppliers.delete(supplier);
    },
  };
}
