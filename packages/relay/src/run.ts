/** What a relay is given and what it gives back. */
import type { SurfaceHalf } from "@interchange/dialects";
import type { FailedAttempt, InferenceRequest, Refusal, Usage } from "@interchange/inference";
import type { Ledger } from "@interchange/ledger";
import type { Attempt, Hedge, Next } from "./attempt.ts";
import type { Log } from "./log.ts";

/** A redeemed request on its way to suppliers. */
export interface Run {
  readonly requestId: string;
  readonly request: InferenceRequest;
  /** The instrument's canonical name. */
  readonly instrument: string;
  /** The estimate that the hold was made with. */
  readonly inputTokens: number;
  /** What of the body was estimated as text, for whoever learns from what is settled; absent where more than text was. */
  readonly textBytes?: number;
  readonly surface: Pick<SurfaceHalf<never, unknown, unknown>, "writeAnswer" | "writeEvents" | "parameterOf">;
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal;
  /** Who is tried next, after those that failed; none is handed out twice. Whatever it throws is a bug. */
  next(failed: readonly FailedAttempt[]): Next;
  /** The caller's own deadlines, in ms from the start of the run: for everything, and for the beginning of the answer. */
  readonly totalMs?: number;
  readonly firstByteMs?: number;
  /** Absent: nobody is asked beside another. */
  readonly hedge?: Hedge;
}

/**
 * `answer` and what `events` tells are in the surface's own form; `attempt` is the one that answered. `dropped` is what of
 * the request could not be said to its supplier, as the caller spelt it. The hold is resolved when the last event is told,
 * when the events are left, begun or not, when the caller's own deadline is over, or when it has had as much time over them
 * as the supplier may take in all: whoever begins or reads on after that is told an error.
 */
export type Outcome =
  | {
      readonly kind: "answer";
      readonly answer: unknown;
      readonly dropped: readonly string[];
      readonly attempt: Attempt;
    }
  | {
      readonly kind: "events";
      readonly events: Teller;
      readonly dropped: readonly string[];
      readonly attempt: Attempt;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Tells events by itself, in its own time. */
export interface Teller {
  /** Begins; called once at most. */
  start(sink: Sink): void;
  /** The caller has read what was sent: there is room for more. */
  drained(): void;
  /** There is nobody to tell. Resolves when the hold is resolved; may be called at any time, and again. */
  leave(): Promise<void>;
}

/** Where events are told: whoever offers it frames them, and sends with each flush what was put before it. */
export interface Sink {
  /** One event, in the surface's own form. */
  put(event: unknown): void;
  /** Records that are in the surface's contract and framed already. */
  pass(records: Uint8Array): void;
  /** False when the caller reads slowly: `drained` is called once it has read. */
  flush(): boolean;
  /** All is told. */
  end(): void;
  /** An error that nobody expected; nothing more is told. */
  fail(error: unknown): void;
}

/** What a caller owes for a stream that the supplier broke off after its first token. Before that, it is nothing. */
export type BrokenStreams = "nothing" | "delivered";

export interface RelayOptions {
  readonly ledger: Pick<Ledger, "renew" | "settle" | "release">;
  readonly clock: () => number;
  /** How long the hold of a run outlives a process that dies. One that lives renews it well before. */
  readonly holdLifeMs: number;
  /** `nothing` unless said. */
  readonly brokenStreams?: BrokenStreams;
  readonly log?: Log;
  /** Told what a run was settled to, and by whose answer, once the books have it or, where they are away, are sure to be given it. It may not throw. */
  onSettled?(run: Run, attempt: Attempt, usage: Usage): void;
  /** How long a caller hears nothing before it is given a sign of life. */
  readonly pingAfterMs?: number;
}
