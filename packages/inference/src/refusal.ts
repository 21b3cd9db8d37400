/** Every way in which we say no: a closed union, returned and never thrown. */

import type { SupplierFailure } from "./failure.ts";
import type { Feature } from "./feature.ts";
import type { NotBought } from "./not-bought.ts";

/** Why one supplier was left out. */
export interface Exclusion {
  readonly supplier: string;
  readonly reason: string;
}

/** What is left of the limits on a caller; absent where nothing limits it. Where several bind, the one with the least left. */
export interface Allowance {
  readonly requests?: Remainder;
  readonly tokens?: Remainder;
}

/** What is left of one limit. */
export interface Remainder {
  /** When nothing of it is used. */
  readonly limit: number;
  readonly remaining: number;
  /** When all of it is there again: from now, and by the clock. */
  readonly resetAfterMs: number;
  readonly resetAtMs: number;
}

/** A supplier that was tried and failed. */
export interface FailedAttempt {
  readonly supplier: string;
  readonly failure: SupplierFailure;
}

export type Refusal =
  | { readonly kind: "body-not-json"; readonly problem: string }
  /** `shape`: a wrong type or something missing. `value`: the right type, out of range or of no known variant. */
  | {
      readonly kind: "request-invalid";
      readonly fault: "shape" | "value";
      readonly param: string;
      readonly problem: string;
    }
  | { readonly kind: "key-missing"; readonly problem: string }
  | { readonly kind: "key-refused"; readonly problem: string }
  | { readonly kind: "key-forbidden"; readonly problem: string }
  | {
      readonly kind: "balance-too-low";
      readonly instrument: string;
      readonly available: number;
      readonly needed: number;
      /** Absent where it was not looked into. */
      readonly notBought?: NotBought;
    }
  /** Too few for now: a purchase is under way, of so many tokens where it is known. */
  | { readonly kind: "tokens-on-the-way"; readonly instrument: string; readonly tokens?: number }
  | { readonly kind: "ticket-forged" }
  | { readonly kind: "ticket-stale"; readonly problem: "expired" | "spent" }
  | {
      readonly kind: "unknown-instrument";
      readonly instrument: string;
      readonly known: readonly string[];
      /** It was sold once. */
      readonly isRetired?: boolean;
    }
  | { readonly kind: "unknown-path"; readonly path: string; readonly hint?: string }
  /** A thing that is asked for by its id: there is none, or it is somebody else's. `thing` is a word such as `account`, `param` where its id stood. */
  | { readonly kind: "not-found"; readonly thing: string; readonly id: string; readonly param: string }
  /** What is there does not allow it: an id or reference of something else, a closed account. `problem` is a whole sentence. */
  | { readonly kind: "conflict"; readonly problem: string; readonly param?: string }
  /** Dollars, where tokens were to be bought with them. */
  | { readonly kind: "credits-too-low"; readonly availableMicros: number; readonly neededMicros: number }
  | { readonly kind: "method-not-allowed"; readonly method: string; readonly allow: readonly string[] }
  /** An idempotency key that has been used: for another body, for a request still under way, or for one that is done. */
  | {
      readonly kind: "repeated";
      readonly of: "another-body" | "running" | "finished";
      /** The request that it was used for. */
      readonly requestId: string;
    }
  | { readonly kind: "body-too-large"; readonly bytesMax: number }
  | { readonly kind: "media-type-unsupported"; readonly problem: string }
  | {
      readonly kind: "rate-limited";
      readonly problem: string;
      /** Absent when the request alone is over the limit: no waiting helps. */
      readonly retryAfterMs?: number;
      readonly allowance: Allowance;
    }
  /** Longer than any supplier of the instrument can read. `tokens` is an estimate that errs downwards. */
  | {
      readonly kind: "prompt-too-long";
      readonly instrument: string;
      readonly tokens: number;
      readonly contextTokens: number;
      readonly excluded: readonly Exclusion[];
    }
  | {
      readonly kind: "feature-unsupported";
      readonly features: readonly Feature[];
      /** What only the caller's own format can say, as it spelt it; tools that suppliers run are named here too. */
      readonly bonds: readonly string[];
      readonly excluded: readonly Exclusion[];
    }
  /** Every supplier has something in the way that time does not move. */
  | { readonly kind: "no-supplier-fits"; readonly instrument: string; readonly excluded: readonly Exclusion[] }
  /** The same, but there will be somebody again. */
  | {
      readonly kind: "nobody-eligible";
      readonly instrument: string;
      readonly excluded: readonly Exclusion[];
      /** Until the first of those that are left alone for a while is back, where that is known. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: "supplier-failed"; readonly attempts: readonly FailedAttempt[] }
  | { readonly kind: "supplier-timeout"; readonly attempts: readonly FailedAttempt[] }
  /** Every one that was tried was too busy. */
  | {
      readonly kind: "supplier-overloaded";
      readonly attempts: readonly FailedAttempt[];
      readonly retryAfterMs?: number;
    }
  /** The supplier says the request itself is wrong: passed on with its words. */
  | { readonly kind: "supplier-refused"; readonly supplier: string; readonly failure: SupplierFailure }
  | { readonly kind: "stopping" }
  /** `problem`, a whole sentence, is said in place of the usual one, which is about requests that were not run. */
  | { readonly kind: "ledger-unavailable"; readonly problem?: string }
  | { readonly kind: "bug" };

export type RefusalKind = Refusal["kind"];

export type RefusalOf<K extends RefusalKind> = Extract<Refusal, { kind: K }>;
