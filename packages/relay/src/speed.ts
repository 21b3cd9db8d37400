/** Speed: how fast a supplier was, where there was enough of its answer to tell. */
import type { Usage } from "@interchange/inference";
import type { Tried } from "./attempt.ts";
import type { Meter } from "./meter.ts";

/** What is learned of a supplier by a stream that it has told to its end. */
export function speedOf(known: Streamed, usage: Usage, { sentAtMs, endedAtMs }: Times): Tried {
  const firstTokenAtMs = known.meter.firstTokenAtMs();
  if (firstTokenAtMs === undefined) return { kind: "answered" };
  const firstTokenMs = Math.max(0, firstTokenAtMs - sentAtMs);
  const [tokens, tookMs] = [usage.output - 1, endedAtMs - firstTokenAtMs];
  // Of a stream that waited for its caller, the speed is the caller's.
  const isTold = !known.wasHeldBack() && tokens >= TOKENS_MIN && tookMs >= TOOK_MS_MIN;
  return { kind: "answered", firstTokenMs, ...(isTold ? { tokensPerSecond: (tokens * 1_000) / tookMs } : {}) };
}

interface Streamed {
  readonly meter: Pick<Meter, "firstTokenAtMs">;
  /** Whether its caller was ever waited for. */
  wasHeldBack(): boolean;
}

/** By the clock. */
export interface Times {
  readonly sentAtMs: number;
  readonly endedAtMs: number;
}

/** What comes in one burst says more of the network than of the supplier. */
const TOKENS_MIN = 16;
const TOOK_MS_MIN = 100;
