/** The outbox: requests on their way to the database, one group at a time. */

import { LedgerUnavailable } from "../ledger-error.ts";

/** More would gain little a request and keep the first of the group waiting. */
const GROUP_MAX = 512;

/** Seconds of the work of a fast disk. Behind a slow one the first would wait for minutes, and memory would grow for as long. */
const WAITING_MAX = 16_384;

export type Outbox<Request> = {
  put(request: Request): void;
  /** Throws `LedgerUnavailable` when so many wait that one more should not. */
  requireRoom(): void;
  /** The group under way has been answered: the next may go. */
  answered(): void;
  /** Takes out all that wait. */
  clear(): Request[];
};

/**
 * What comes while a group is under way waits here and makes the next, so that what costs more than a command, a message to
 * a thread or a commit on a disk, is shared by as many as there are.
 */
export function outboxTo<Request>(send: (group: Request[]) => void): Outbox<Request> {
  const requests: Request[] = [];
  let isUnderWay = false;

  const flush = (): void => {
    if (isUnderWay || requests.length === 0) return;
    isUnderWay = true;
    send(requests.splice(0, GROUP_MAX));
  };

  return {
    put: (request) => {
      // After the turn's events, so that all requests of one turn go in one message.
      if (requests.length === 0 && !isUnderWay) setImmediate(flush);
      requests.push(request);
    },
    requireRoom: () => {
      if (requests.length < WAITING_MAX) return;
      throw new LedgerUnavailable("too many calls are waiting for the database; nothing was done");
    },
    answered: () => {
      isUnderWay = false;
      flush();
    },
    clear: () => requests.splice(0),
  };
}
