/** The time that a trip may take: so much of the supplier's, and as much again of the caller's. */

export interface TimeLimit {
  /** Aborts when the caller leaves, and with a `TimeoutError` when the supplier has had its time. */
  readonly signal: AbortSignal;
  /** Time is the supplier's until this, then the caller's; `onOver` is called when that one has had its own. */
  awaitCaller(onOver: () => void): void;
  /** Time is the supplier's again. */
  awaitSupplier(): void;
  /** Aborts the signal before its time. */
  abort(reason: Error): void;
  /** Leaves no timer and no listener behind, and calls nobody any more. */
  end(): void;
}

/**
 * `totalMs` is what either has in all, so that nothing lasts for longer than twice that. The timer is not set anew with
 * every turn, since there are two for each event: it looks, when it fires, whose time is up by then.
 */
export function startTimeLimit(caller: AbortSignal, totalMs: number): TimeLimit {
  const controller = new AbortController();
  const leave = (): void => controller.abort(caller.reason);
  const timeOut = (): void => controller.abort(new DOMException("The time is over.", "TimeoutError"));
  const clock = startClock(totalMs, timeOut);
  if (caller.aborted) leave();
  else caller.addEventListener("abort", leave);
  return {
    signal: controller.signal,
    awaitCaller: (onOver) => clock.turn("caller", onOver),
    awaitSupplier: () => clock.turn("supplier", timeOut),
    abort: (reason) => controller.abort(reason),
    end() {
      clock.stop();
      caller.removeEventListener("abort", leave);
    },
  };
}

type Party = "supplier" | "caller";

interface Clock {
  turn(to: Party, onOver: () => void): void;
  stop(): void;
}

/** The supplier's turn is the first. */
function startClock(totalMs: number, onSupplierOver: () => void): Clock {
  const spentMs: Record<Party, number> = { supplier: 0, caller: 0 };
  let party: Party = "supplier";
  let onOver = onSupplierOver;
  let sinceMs = performance.now();
  let firesAtMs = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const dueMs = (): number => sinceMs + totalMs - spentMs[party];
  const plan = (): void => {
    if (firesAtMs <= dueMs()) return;
    clearTimeout(timer);
    firesAtMs = dueMs();
    timer = setTimeout(look, Math.max(1, firesAtMs - performance.now())).unref();
  };
  const look = (): void => {
    firesAtMs = Number.POSITIVE_INFINITY;
    if (performance.now() < dueMs()) plan();
    else onOver();
  };

  plan();
  return {
    turn(to, over) {
      const nowMs = performance.now();
      spentMs[party] += nowMs - sinceMs;
      sinceMs = nowMs;
      party = to;
      onOver = over;
      plan();
    },
    stop() {
      clearTimeout(timer);
      firesAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}
