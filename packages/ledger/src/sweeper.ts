/** Ends what is over, now and then. */

import { requireInteger } from "./bounds.ts";

export type SweeperOptions = { everyMs: number; onError?: (error: unknown) => void };

/** The next sweep is counted from the end of the last, so that slow ones never pile up. Never keeps the process alive. */
export function startSweeper(sweep: () => Promise<unknown>, { everyMs, onError }: SweeperOptions): () => void {
  requireInteger(everyMs, "everyMs", 1);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const wait = (): void => {
    if (!stopped) timer = setTimeout(run, everyMs).unref();
  };
  const run = (): void => {
    sweep()
      .catch((error: unknown) => onError?.(error))
      .finally(wait);
  };

  wait();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
