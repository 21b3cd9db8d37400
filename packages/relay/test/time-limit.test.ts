/** Whose time is up when, and that nothing is left behind. */
import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTimeLimit } from "../src/time-limit.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TOTAL_MS = 1_000;

function start() {
  const caller = new AbortController();
  const stalled = vi.fn<() => void>();
  return { caller, stalled, limit: startTimeLimit(caller.signal, TOTAL_MS) };
}

test("the supplier has its time, and no more", () => {
  const { limit } = start();
  vi.advanceTimersByTime(TOTAL_MS - 1);
  expect(limit.signal.aborted).toBe(false);
  vi.advanceTimersByTime(2);
  expect(limit.signal.reason).toHaveProperty("name", "TimeoutError");
});

test("either has its time in all, however the turns are cut", () => {
  const { limit, stalled } = start();
  for (let turn = 0; turn < 9; turn += 1) {
    vi.advanceTimersByTime(100);
    limit.awaitCaller(stalled);
    vi.advanceTimersByTime(105);
    limit.awaitSupplier();
  }
  vi.advanceTimersByTime(90);
  expect(limit.signal.aborted).toBe(false);
  limit.awaitCaller(stalled);
  vi.advanceTimersByTime(50);
  expect(stalled).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10);
  expect(stalled).toHaveBeenCalledOnce();
  limit.awaitSupplier();
  vi.advanceTimersByTime(12);
  expect(limit.signal.aborted).toBe(true);
});

test("a caller that stalls is told of, once, and the supplier's time stands still", () => {
  const { limit, stalled } = start();
  vi.advanceTimersByTime(TOTAL_MS - 1);
  limit.awaitCaller(stalled);
  vi.advanceTimersByTime(TOTAL_MS - 1);
  expect(stalled).not.toHaveBeenCalled();
  vi.advanceTimersByTime(TOTAL_MS * 3);
  expect(stalled).toHaveBeenCalledOnce();
  expect(limit.signal.aborted).toBe(false);
});

test("a supplier with little time left does not get the rest of the caller's", () => {
  const { limit, stalled } = start();
  vi.advanceTimersByTime(TOTAL_MS - 10);
  limit.awaitCaller(stalled);
  // The timer has been set to the end of the caller's time by then.
  vi.advanceTimersByTime(20);
  limit.awaitSupplier();
  vi.advanceTimersByTime(12);
  expect(limit.signal.aborted).toBe(true);
});

test.each(["before", "after"])("a caller that leaves %s the start aborts it, with its own reason", (when) => {
  const caller = new AbortController();
  if (when === "before") caller.abort("gone");
  const limit = startTimeLimit(caller.signal, TOTAL_MS);
  if (when === "after") caller.abort("gone");
  expect(limit.signal.reason).toBe("gone");
});

test("when it has ended, no timer and no listener is left, whoever's turn comes", () => {
  const { limit, caller, stalled } = start();
  expect(vi.getTimerCount()).toBe(1);
  expect(getEventListeners(caller.signal, "abort")).toHaveLength(1);
  limit.end();
  limit.awaitCaller(stalled);
  limit.awaitSupplier();
  expect(vi.getTimerCount()).toBe(0);
  expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
});
