/** What a relay is given and what it gives back. */
import type { SurfaceHalf } from "@interchange/dialects";
import type { Feature, InferenceRequest, Refusal, SupplierFailure, Usage } from "@interchange/inference";
import type { Ledger } from "@interchange/ledger";
import type { Books } from "./books.ts";
import type { Log } from "./log.ts";
import type { Supplier } from "./supplier.ts";
import type { TimeLimit } from "./time-limit.ts";

/** A redeemed request on its way to a supplier. */
export interface Run {
  readonly requestId: string;
  readonly request: InferenceRequest;
  /** The instrument's canonical name. */
  readonly instrument: string;
  readonly supplier: Supplier;
  /** The supplier's own name for what fills the instrument. */
  readonly model: string;
  /** What the supplier offers for the instrument. */
  readonly features: ReadonlySet<Feature>;
  /** The estimate that the hold was made with. */
  readonly inputTokens: number;
  /** What of the body was estimated as text, for whoever learns from what is settled; absent where more than text was. */
  readonly textBytes?: number;
  readonly surface: Pick<SurfaceHalf<never, unknown, unknown>, "writeAnswer" | "writeEvents" | "parameterOf">;
  /** Properties of the request that nobody has a word for and the supplier's format leaves out, as the caller spelt them. */
  readonly unknown?: readonly string[];
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal;
}

/**
 * `answer` and what `events` tells are in the surface's own form. `dropped` is what of the request could not be said to
 * the supplier, as the caller spelt it. The hold is resolved when the last event is told, when the events are left, begun or not, or when the caller has had
 * as much time over them as the supplier may take in all: whoever begins or reads on after that is told an error.
 */
export type Outcome =
  | { readonly kind: "answer"; readonly answer: unknown; readonly dropped: readonly string[] }
  | { readonly kind: "events"; readonly events: Teller; readonly dropped: readonly string[] }
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
  /** Told how each try went, so that the next route can pass over a supplier that failed. */
  onTried?(run: Run, failure: SupplierFailure | undefined): void;
  /** Told what a run was settled to, once the books have it or, where they are away, are sure to be given it. It may not throw. */
  onSettled?(run: Run, usage: Usage): void;
  /** How long a caller hears nothing before it is given a sign of life. */
  readonly pingAfterMs?: number;
}

/** A run under way. */
export interface Trip {
  readonly options: RelayOptions;
  readonly books: Books;
  readonly run: Run;
  readonly sentAtMs: number;
  /** What of the request could not be said; known once it is written. */
  readonly dropped: readonly string[];
  readonly limit: TimeLimit;
  /** To be called once, when the hold is resolved and the supplier is let go. */
  readonly ended: () => void;
}
