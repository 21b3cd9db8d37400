/** Following: records are read as they are written, by whichever gateway. */
import type { Ledger, StoredRecord } from "@interchange/ledger";
import type { Logger } from "pino";

export interface FollowingOptions {
  readonly ledger: Pick<Ledger, "recordsSince" | "onRecords">;
  readonly log: Pick<Logger, "warn" | "info">;
  /** The last one that is known already. */
  readonly seq: number;
  /** Called with every record once, in their order. */
  readonly take: (records: readonly StoredRecord[]) => void;
}

export interface Following {
  /** Resolves when all that was written before the call has been taken; rejects when it cannot be read. */
  readonly readOn: () => Promise<void>;
  /** Looks by itself whether something was written; what is in the way is logged once, until it is gone. */
  look(): Promise<void>;
  close(): Promise<void>;
}

const PAGE = 1_000;

export function follow({ ledger, log, take, ...from }: FollowingOptions): Following {
  let { seq } = from;
  let isOut = false;
  let current: Promise<void> | undefined;
  let queued: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    for (let count = PAGE; count === PAGE; ) {
      const records = await ledger.recordsSince(seq, PAGE);
      count = records.length;
      const fresh = records.filter((record) => record.seq > seq);
      seq = Math.max(seq, ...fresh.map((record) => record.seq));
      if (fresh.length > 0) take(fresh);
    }
  };
  const begin = (): Promise<void> => {
    const reading = read().finally(() => {
      if (current === reading) current = undefined;
    });
    current = reading;
    return reading;
  };
  const after = async (reading: Promise<void>): Promise<void> => {
    // Whoever began it hears of what was in its way.
    await reading.catch(() => undefined);
    queued = undefined;
    await begin();
  };
  /** One that is under way may have looked before the call: the next one is waited for, by all who call meanwhile. */
  const readOn = (): Promise<void> => {
    if (current === undefined) return begin();
    queued ??= after(current);
    return queued;
  };
  const look = async (): Promise<void> => {
    try {
      await readOn();
      if (isOut) log.info("the market can be followed again");
      isOut = false;
    } catch (error) {
      if (!isOut) log.warn({ err: error }, "the market cannot be followed; it goes on as it was");
      isOut = true;
    }
  };
  const stop = ledger.onRecords(() => void look());
  return {
    readOn,
    look,
    async close() {
      stop();
      await (queued ?? current)?.catch(() => undefined);
    },
  };
}
