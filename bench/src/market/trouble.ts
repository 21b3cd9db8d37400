/** Trouble: the times in which a supplier fails, and how. They come by the seed alone, whoever asks it for what. */
import { Draws } from "./draws.ts";
import type { Queue } from "./queue.ts";
import { type Settings, SPELL_MS } from "./settings.ts";

/**
 * `down` refuses connections; `hanging` accepts and never answers; `erring` answers with 500; `slow` takes ten times as
 * long; `busy` answers with 429 and a wait; `flapping` is down and up again every two seconds.
 */
export type Trouble = (typeof TROUBLES)[number];

const TROUBLES = ["down", "hanging", "erring", "slow", "busy", "flapping"] as const;

const FLAP_MS = 2_000;

export class Supplier {
  readonly name: string;
  /** What it suffers from, and since when; undefined while it is healthy. */
  trouble: Trouble | undefined = undefined;
  sinceMs = 0;
  /** Whether it was in trouble at any time since this was last put back. */
  hasSuffered = false;

  constructor(name: string) {
    this.name = name;
  }

  /** What somebody who asks at this moment meets with. */
  met(nowMs: number): Exclude<Trouble, "flapping"> | undefined {
    if (this.trouble !== "flapping") return this.trouble;
    return Math.floor((nowMs - this.sinceMs) / FLAP_MS) % 2 === 0 ? "down" : undefined;
  }

  suffer(trouble: Trouble | undefined, nowMs: number): void {
    this.trouble = trouble;
    this.sinceMs = nowMs;
    this.hasSuffered = true;
  }
}

/** Each supplier is healthy and in trouble in turns; at any time the share of those in trouble is as set. */
export function beginTroubles(suppliers: readonly Supplier[], { seed, failing }: Settings, queue: Queue): void {
  if (failing === 0) return;
  const healthyMs = (SPELL_MS * (1 - failing)) / failing;
  for (const [place, supplier] of suppliers.entries()) {
    const draws = new Draws(seed, 0x7201, place);
    const turn = (isHealthy: boolean): void => {
      supplier.suffer(isHealthy ? undefined : TROUBLES[Math.floor(draws.next() * TROUBLES.length)], queue.nowMs);
      queue.after(draws.exponential(isHealthy ? healthyMs : SPELL_MS), () => turn(!isHealthy));
    };
    turn(draws.next() >= failing);
  }
}
