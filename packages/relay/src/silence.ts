/** Silence towards the caller: broken by a sign of life, so that nobody on the way takes the stream for dead. */

export interface Silence {
  /** Something was said. */
  broken(): void;
  end(): void;
}

/** Calls `onSilence` when nothing was said for so long, or up to a quarter longer, and each time again. */
export function watchSilence(afterMs: number, onSilence: () => void): Silence {
  let quarters = 0;
  // It looks now and then: a timer set anew for each word would cost more than saying it.
  const timer = setInterval(() => {
    quarters += 1;
    if (quarters <= QUARTERS) return;
    quarters = 0;
    onSilence();
  }, afterMs / QUARTERS).unref();
  return {
    broken() {
      quarters = 0;
    },
    end: () => clearInterval(timer),
  };
}

const QUARTERS = 4;
