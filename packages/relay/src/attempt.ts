/** An attempt: one supplier to whom a run is given, and what came of it. */
import type { Feature, Refusal, SupplierFailure } from "@interchange/inference";
import type { Supplier } from "./supplier.ts";

/** One supplier to whom a run is given. Whoever hands it out has begun it; it is ended exactly once. */
export interface Attempt {
  readonly supplier: Supplier;
  /** The supplier's own name for what fills the instrument. */
  readonly model: string;
  /** What the supplier offers for the instrument. */
  readonly features: ReadonlySet<Feature>;
  /** Most tokens asked of it for one answer, where they are fewer than the request says. */
  readonly outputTokensMax?: number;
  /** Properties of the request that nobody has a word for and the supplier's format leaves out, as the caller spelt them. */
  readonly unknown?: readonly string[];
  /** Why this one, in a few words for the caller's eyes. */
  readonly reason: string;
  /**
   * How long its first event is waited for at most, in ms, where that is shorter than its own patience. Of an answer that
   * does not stream: how long it may be silent, since nothing of it comes before it is written.
   */
  readonly firstByteMs?: number;
  /** What came of it. It may not throw: if it does, that is a bug, and the hold is given back. */
  ended(result: Tried): void;
}

export type Tried =
  | {
      readonly kind: "answered";
      /** From the request sent to the first event that tells something; of streams alone. */
      readonly firstTokenMs?: number;
      /** Of output, after the first token; absent where there is too little to tell. */
      readonly tokensPerSecond?: number;
    }
  /** The supplier's fault. `begun`: after the caller had been told of its answer. */
  | { readonly kind: "failed"; readonly failure: SupplierFailure; readonly begun: boolean }
  /** The request itself is wrong: no fault of the supplier's. */
  | { readonly kind: "refused"; readonly failure: SupplierFailure }
  /** The caller left, or its own time was over, or somebody else was quicker. */
  | { readonly kind: "left" };

/** `nobody` ends the run: with its refusal when nobody was tried. */
export type Next =
  | { readonly kind: "attempt"; readonly attempt: Attempt }
  | { readonly kind: "nobody"; readonly refusal: Refusal };

/** A second attempt beside one that is silent. */
export interface Hedge {
  /** How long one is silent before. */
  readonly afterMs: number;
  /** Asks the budget for one. */
  take(): boolean;
}
