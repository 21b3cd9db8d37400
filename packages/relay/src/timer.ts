/** A timer that keeps no process alive and knows of no time that is too long for it. */

export interface Timer {
  /** It calls nobody any more. */
  stop(): void;
}

/** Nothing is set for a time without an end. */
export function startTimer(ms: number, onOver: () => void): Timer {
  if (ms === Infinity) return NEVER;
  const timer = setTimeout(onOver, Math.min(Math.max(ms, 0), LONGEST_MS)).unref();
  return { stop: () => clearTimeout(timer) };
}

const NEVER: Timer = { stop: () => undefined };

/** Of a longer time Node makes one millisecond. */
const LONGEST_MS = 2 ** 31 - 1;
