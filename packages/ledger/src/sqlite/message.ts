/** What the ledger's thread and the database's thread say to each other: always many at a time, since a message costs more than a command. */

import type { Fault } from "../group/fault.ts";
import type { Command } from "../transactions/command.ts";

export type WorkerOptions = {
  file: string;
  /** How long to wait for another process that is writing to the file. */
  busyTimeoutMs: number;
};

export type Request = Command & { id: number };

export type Reply = { id: number; outcome: unknown } | { id: number; fault: Fault };

/** To the worker: requests, or the wish to close. */
export type ToWorker = Request[] | "close";

/** From the worker: that the file is open, then replies. A failure of the disk ends it with an error instead. */
export type FromWorker = "open" | Reply[];
