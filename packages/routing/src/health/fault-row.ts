/** Fault row: failures that came one after another with no answer in between, as points. */

/** The times of the latest points, no more of them than it takes to open a breaker. */
export class FaultRow {
  #times: number[] = [];

  /** Whether there are as many points now, within that time, as there may be. */
  add(points: number, nowMs: number, { points: pointsMax, pointsWithinMs }: Limits): boolean {
    const fresh = Array.from({ length: Math.min(points, pointsMax) }, () => nowMs);
    this.#times = [...this.#times, ...fresh].slice(-pointsMax);
    return this.#times.length === pointsMax && nowMs - (this.#times[0] as number) <= pointsWithinMs;
  }

  clear(): void {
    if (this.#times.length > 0) this.#times = [];
  }
}

interface Limits {
  readonly points: number;
  readonly pointsWithinMs: number;
}
