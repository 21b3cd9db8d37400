/** A counter in this process's memory. */
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import type { Count, Counter, Counters } from "./counter.ts";

export function createMemoryCounter(windowMs: number): Counters {
  // What is too much is judged by whoever asks, since every name may have a limit of its own.
  const limiter = new RateLimiterMemory({ points: 0, duration: windowMs / 1_000, keyPrefix: "" });
  const counter: Counter = {
    async add(name, points) {
      return countOf(await (points < 0 ? limiter.reward(name, -points) : limiter.penalty(name, points)), counter);
    },
    async peek(name) {
      const found = await limiter.get(name);
      // What is over is forgotten a moment later.
      return found === null || found.msBeforeNext <= 0 ? undefined : countOf(found, counter);
    },
  };
  return { ...counter, home: counter, close: () => Promise.resolve() };
}

export function countOf({ consumedPoints, msBeforeNext }: RateLimiterRes, by: Counter): Count {
  return { counted: consumedPoints, endsAtMs: Date.now() + msBeforeNext, by };
}
