/** Trips: runs under way. */
import type { Books } from "./books.ts";
import type { Deadline } from "./deadline.ts";
import type { RelayOptions, Run } from "./run.ts";

/** A run under way. */
export interface Trip {
  readonly options: RelayOptions;
  readonly books: Books;
  readonly run: Run;
  /** The caller's own. */
  readonly deadline: Deadline;
  /** To be called once, when the hold is resolved and every supplier is let go. */
  readonly ended: () => void;
}
