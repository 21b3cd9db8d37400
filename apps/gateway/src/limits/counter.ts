/** A counter: how much has been asked for, by name, in a window that begins when a name is first counted. */

export interface Counter {
  /** Adds points, or takes them away when they are below zero, in one step. Begins a window where none is. */
  add(name: string, points: number): Promise<Count>;
  /** What is counted; undefined where no window has begun. */
  peek(name: string): Promise<Count | undefined>;
}

/** What stood in a window once points were added. */
export interface Count {
  readonly counted: number;
  /** When the window is over, by the machine's clock: what counts knows no other. */
  readonly endsAtMs: number;
  readonly by: Counter;
}

/** Where counts are kept, and what stands in for it. */
export interface Counters extends Counter {
  /** Whoever counts when all is well. */
  readonly home: Counter;
  close(): Promise<void>;
}

/** Points counted in a window that may be over by now. */
export interface Counted {
  readonly counter: string;
  readonly by: Counter;
  readonly endsAtMs: number;
}

/**
 * Adds to what was counted, or takes away from it, in the window in which it was. Where that is over, or was lost, nothing is
 * changed: taking away from the next window would let more through than its limit. Gives what then stands there.
 */
export async function correct({ counter, by, endsAtMs }: Counted, points: number): Promise<Count | undefined> {
  if (points === 0 || endsAtMs - Date.now() < ENDING_MS) return undefined;
  const after = await by.add(counter, points);
  if (Math.abs(after.endsAtMs - endsAtMs) < ENDING_MS) return after;
  await by.add(counter, -points);
  return undefined;
}

/** A window that ends so soon is left alone. Two windows of one name lie further apart, and one is never told so differently. */
const ENDING_MS = 50;
