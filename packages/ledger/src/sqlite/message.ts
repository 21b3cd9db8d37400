/** What the ledger's thread and the database's thread say to each other: always many at a time, since a message costs more than a command. */

import type { LedgerErrorCode } from "../ledger-error.ts";
import type { CommandKind, Commands } from "../store.ts";

export type WorkerOptions = { file: string; busyTimeoutMs: number };

export type Request = {
  [K in CommandKind]: { id: number; kind: K; input: Commands[K]["input"]; nowMs: number };
}[CommandKind];

/** A fault without a code is a bug of ours. `unavailable` passes. Either way the command did not happen. */
export type Fault = { code?: LedgerErrorCode | "unavailable"; message: string };

export type Reply = { id: number; outcome: unknown } | { id: number; fault: Fault };

/** To the worker: requests, or the wish to close. */
export type ToWorker = Request[] | "close";

/** From the worker: that the file is open, then replies. A failure of the disk ends it with an error instead. */
export type FromWorker = "open" | Reply[];
