/** Why an answer ended. */

export type FinishReason =
  | "stop"
  | "stop-sequence"
  | "length"
  | "context-length"
  | "tool-use"
  | "content-filter"
  | "pause"
  | "unknown";

export interface Finish {
  readonly reason: FinishReason;
  /** The supplier's own word; null when it gave none. */
  readonly raw: string | null;
  /** The sequence that stopped it, when known. */
  readonly stopSequence?: string;
  /** Why it declined, in words beside those of the answer. */
  readonly explanation?: string;
}
