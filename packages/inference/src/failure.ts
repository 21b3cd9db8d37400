/** What went wrong at a supplier, with its own words kept. */
import type { InferenceAnswer } from "./answer.ts";

export interface SupplierFailure {
  /** The HTTP status that the supplier gave; absent when it gave none. */
  readonly status?: number;
  /** The kind in the supplier's own envelope, when it had one. */
  readonly type?: string;
  /** A sentence without its full stop, fit for the caller's eyes. */
  readonly message: string;
  /** The supplier's own words where they are not in `message`: for the operator alone. */
  readonly said?: string;
  /** Whether the fault lies with the request itself, so that no other supplier would do better. */
  readonly caller: boolean;
  /** Whether waiting for it ended it. */
  readonly timeout?: boolean;
  readonly retryAfterMs?: number;
  /** Whether it was only too busy, so that it may do it later. */
  readonly overloaded?: boolean;
  /** What of the context was exceeded, in tokens, when the supplier says that the prompt is too long. */
  readonly overflow?: Overflow;
}

/** A prompt that is too long; `context` is what question and answer may have together. */
export interface Overflow {
  readonly context?: number;
  readonly input?: number;
  /** The cap on the answer, where the supplier counts it too. */
  readonly output?: number;
}

/** Tells the two results of asking a supplier apart. */
export function isFailure(result: InferenceAnswer | SupplierFailure): result is SupplierFailure {
  return !("choices" in result);
}
