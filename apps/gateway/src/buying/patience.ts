/** Waiting between two tries, cut short when the gateway closes. */
import { setTimeout } from "node:timers/promises";

export async function pause(ms: number, closing: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal: closing, ref: false }).catch(() => undefined);
}

const BACKOFF_MS_MIN = 100;
const BACKOFF_MS_MAX = 10_000;

/** The wait after so many failures in a row: 100 ms, then twice as long each time, up to 10 s. */
export function backoffMs(failures: number): number {
  return Math.min(BACKOFF_MS_MIN * 2 ** (failures - 1), BACKOFF_MS_MAX);
}
