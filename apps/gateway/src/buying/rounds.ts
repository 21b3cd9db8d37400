/** Rounds: the same work again and again, one round at a time, without keeping the process alive. */

export interface Rounds {
  /** Resolves once nothing more is begun and the round under way has ended. */
  stop(): Promise<void>;
}

/** A round that is still under way when the next is due takes its place. It may not reject. */
export function startRounds(round: () => Promise<void>, everyMs: number): Rounds & { begin(): void } {
  let underWay: Promise<void> | undefined;
  const begin = (): void => {
    underWay ??= round().finally(() => {
      underWay = undefined;
    });
  };
  const timer = setInterval(begin, everyMs).unref();
  return {
    begin,
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
