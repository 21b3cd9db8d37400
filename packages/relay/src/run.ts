/** What a relay is given and what it gives back. */
import type { SurfaceHalf } from "@interchange/dialects";
import type { Feature, InferenceRequest, Refusal, SupplierFailure } from "@interchange/inference";
import type { Ledger } from "@interchange/ledger";
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
  readonly surface: Pick<SurfaceHalf<never, unknown, unknown>, "writeAnswer" | "writeEvents">;
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal;
}

/**
 * `answer` and each of `events` are in the surface's own form. The hold is resolved when the last of them is there, when
 * they are returned, begun or not, or when the caller has had as much time over them as the supplier may take in all:
 * whoever reads on after that is given an error event.
 */
export type Outcome =
  | { readonly kind: "answer"; readonly answer: unknown }
  | { readonly kind: "events"; readonly events: AsyncIterableIterator<unknown> }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface RelayOptions {
  readonly ledger: Ledger;
  readonly clock: () => number;
  /** Told how each try went, so that the next route can pass over a supplier that failed. */
  onTried?(run: Run, failure: SupplierFailure | undefined): void;
}

/** A run under way. */
export interface Trip {
  readonly options: RelayOptions;
  readonly run: Run;
  readonly sentAtMs: number;
  readonly limit: TimeLimit;
  /** To be called once, when the hold is resolved and the supplier is let go. */
  readonly ended: () => void;
}
