/** Journey: a turn on its way from one supplier to the next, until one answers, as the gateway does it. */
import type { Desk, Fate } from "./desk.ts";
import type { Begun, Policy } from "./policy.ts";
import type { Queue } from "./queue.ts";
import { FALLBACK } from "./settings.ts";
import type { Turn } from "./turn.ts";

/** What became of a turn. */
export interface Outcome {
  readonly turn: Turn;
  readonly attempts: number;
  /** Absent when nobody answered. */
  readonly answer?: {
    /** From when it was asked, attempts that failed included. */
    readonly firstTokenMs: number;
    readonly askMicros: number;
    /** Tokens of the prompt that were not read again. */
    readonly cached: number;
  };
}

type Answer = Fate & { kind: "answer" };

export function setOut(turn: Turn, policy: Policy, queue: Queue, arrive: (outcome: Outcome) => void): void {
  const begunMs = queue.nowMs;
  const tried = new Set<string>();

  function ask(): void {
    const begun = tried.size < FALLBACK.attemptsMax ? policy.choose(turn, tried, queue.nowMs) : undefined;
    if (begun === undefined) return arrive({ turn, attempts: tried.size });
    const { desk } = begun;
    const { askMicros } = desk;
    tried.add(desk.supplier.name);
    const fate = cutShort(desk.fateOf(turn, queue.nowMs), deadlineOf(begun, tried.size));
    desk.running += 1;
    desk.came += 1;
    if (fate.kind !== "answer") return fail(begun, fate);
    const firstTokenMs = queue.nowMs - begunMs + fate.firstTokenMs;
    arrive({ turn, attempts: tried.size, answer: { firstTokenMs, askMicros, cached: fate.cached } });
    queue.after(durationOf(fate, turn), () => settle(begun, fate));
  }

  function fail({ desk, attempt }: Begun, fate: Failed): void {
    queue.after(fate.afterMs, () => {
      desk.running -= 1;
      attempt.failed(fate, queue.nowMs);
      ask();
    });
  }

  function settle({ desk, attempt }: Begun, { firstTokenMs, tokensPerSecond }: Answer): void {
    desk.running -= 1;
    keep(desk, turn, queue.nowMs);
    attempt.answered({ firstTokenMs, tokensPerSecond }, queue.nowMs);
  }

  ask();
}

interface Failed {
  readonly kind: "failure" | "timeout" | "busy";
  readonly afterMs: number;
  readonly retryAfterMs?: number;
}

function cutShort(fate: Fate, deadlineMs: number): Answer | Failed {
  if (fate.kind === "silence") return { kind: "timeout", afterMs: deadlineMs };
  if (fate.kind === "answer" && fate.firstTokenMs > deadlineMs) return { kind: "timeout", afterMs: deadlineMs };
  return fate;
}

function deadlineOf({ attempt }: Begun, attempts: number): number {
  if (attempts === FALLBACK.attemptsMax) return FALLBACK.lastMs;
  return attempt.isProbe ? FALLBACK.probeAfterMs : FALLBACK.afterMs;
}

function durationOf({ firstTokenMs, tokensPerSecond }: Answer, { outputTokens }: Turn): number {
  return firstTokenMs + (1_000 * outputTokens) / tokensPerSecond;
}

function keep(desk: Desk, { conversation, promptTokens, outputTokens }: Turn, nowMs: number): void {
  desk.cache.keep(conversation, promptTokens + outputTokens, nowMs);
}
