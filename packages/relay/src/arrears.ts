/** Arrears: what could not be written into the books while they were away, tried again until it is. */
import { LedgerUnavailable } from "@interchange/ledger";
import type { Log } from "./log.ts";
import { createTally } from "./tally.ts";

/** Whether it is written: a ledger that is away has written nothing, or does not know. May be called again then. */
export interface Entry {
  readonly requestId: string;
  write(): Promise<void>;
  /** Called once it is written, or never will be. */
  done(): void;
}

export interface Arrears {
  /** False when there is no room for more. */
  add(entry: Entry): boolean;
  /** Resolves when nothing is in arrears. */
  empty(): Promise<void>;
  /** Tries nothing any more. */
  close(): void;
}

/** An entry is a settlement, most of a kilobyte at the very most: together they stay small. */
const ENTRIES_MAX = 10_000;

/** Tried together once the ledger is back. */
const TOGETHER = 256;

const WAIT_MS_MIN = 100;
const WAIT_MS_MAX = 2_000;

export function createArrears(log: Log): Arrears {
  const entries = new Set<Entry>();
  const tally = createTally();
  let waitMs = WAIT_MS_MIN;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const plan = (): void => {
    if (!isClosed) timer = setTimeout(() => void turn(), waitMs).unref();
  };

  const remove = (entry: Entry): void => {
    entries.delete(entry);
    entry.done();
    tally.end();
  };

  /** Whether the ledger answered. */
  const attempt = async (entry: Entry): Promise<boolean> => {
    try {
      await entry.write();
    } catch (error) {
      if (error instanceof LedgerUnavailable) return false;
      log.error({ err: error, requestId: entry.requestId }, "what a run owes could not be written");
    }
    remove(entry);
    return true;
  };

  /** One asks whether the ledger is back; if it is, the others follow at once. */
  const turn = async (): Promise<void> => {
    const [first] = entries;
    if (first === undefined) return;
    if (await attempt(first)) waitMs = (await writeAll()) ? WAIT_MS_MIN : waitMs;
    else waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
    if (entries.size > 0) plan();
    else log.warn({}, "all that runs owed is written");
  };

  const writeAll = async (): Promise<boolean> => {
    for (;;) {
      const some = [...entries].slice(0, TOGETHER);
      if (some.length === 0) return true;
      const answered = await Promise.all(some.map(attempt));
      if (answered.includes(false)) return false;
    }
  };

  return {
    add(entry) {
      if (entries.size >= ENTRIES_MAX) return false;
      entries.add(entry);
      tally.begin();
      if (entries.size > 1) return true;
      log.warn({ requestId: entry.requestId }, "the ledger is away; what runs owe is written when it is back");
      waitMs = WAIT_MS_MIN;
      plan();
      return true;
    },
    empty: tally.empty,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
