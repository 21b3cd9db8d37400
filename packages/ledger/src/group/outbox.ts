/** The outbox: requests on their way to the database, one group at a time. */

/** More would gain little a request and keep the first of the group waiting. */
const GROUP_MAX = 512;

export type Outbox<Request> = {
  put(request: Request): void;
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
    answered: () => {
      isUnderWay = false;
      flush();
    },
    clear: () => requests.splice(0),
  };
}
