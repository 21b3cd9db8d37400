/** Average: a moving average over time, for samples that come when they like. */

/** `0` while nothing is known. Samples weigh by the time that passed since the last one, not by their number. */
export class Average {
  value = 0;
  /** When it was last fed. */
  atMs = Number.NEGATIVE_INFINITY;

  /** Moves towards the sample: all the way after a long silence, hardly after a moment. */
  feed(sample: number, nowMs: number, decayMs: number): void {
    this.set(this.value === 0 ? sample : mixed(this.value, sample, nowMs - this.atMs, decayMs), nowMs);
  }

  /**
   * Jumps to a sample that is higher, and moves towards one that is lower: a sudden slowness shows at once, and has to be
   * lived down. The idea is that of the peak EWMA in Twitter's Finagle (`PeakEwma`, "load balancing").
   */
  feedPeak(sample: number, nowMs: number, decayMs: number): void {
    if (sample >= this.value) this.set(sample, nowMs);
    else this.feed(sample, nowMs, decayMs);
  }

  set(value: number, atMs: number): void {
    this.value = value;
    this.atMs = atMs;
  }

  forget(): void {
    this.value = 0;
    this.atMs = Number.NEGATIVE_INFINITY;
  }
}

/** A clock that went backwards is taken for one that stood still. */
function mixed(value: number, sample: number, elapsedMs: number, decayMs: number): number {
  const kept = Math.exp(-Math.max(0, elapsedMs) / decayMs);
  return value * kept + sample * (1 - kept);
}
