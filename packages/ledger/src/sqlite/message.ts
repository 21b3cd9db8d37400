/** What the ledger's thread and the database's thread say to each other: always many at a time, since a message costs more than a command. */

import type { CommandKind, Commands } from "../store.ts";
import type { Fault } from "./fault.ts";

export type WorkerOptions = {
  file: string;
  /** How long to wait for another process that is writing to the file. */
  busyTimeoutMs: number;
};

export type Request = {
  [K in CommandKind]: { id: number; kind: K; input: Commands[K]["input"]; nowMs: number };
}[CommandKind];

export type Reply = { id: number; outcome: unknown } | { id: number; fault: Fault };

/** To the worker: requests, or the wish to close. */
export type ToWorker = Request[] | "close";

/** From the worker: that the file is open, then replies. A failure of the disk ends it with an error instead. */
export type FromWorker = "open" | Reply[];
