/** Records: put version by version, read, and heard of whoever puts them. */

import { requireInteger } from "../bounds.ts";
import { type Page, type PageRequest, pageCommand } from "../page.ts";
import {
  RECORDS_LIMIT_MAX,
  type RecordOutcome,
  type RecordPut,
  readRecord,
  recordCommand,
  recordPrefix,
  requireRecordName,
  type StoredRecord,
} from "../record.ts";
import type { Watch } from "../store.ts";
import type { Parts } from "./parts.ts";

export type Records = {
  /** Writes the next version. When it is not known whether that was done, one with `expects` can safely be asked for again. */
  putRecord(put: RecordPut): Promise<RecordOutcome>;

  /**
   * Of each name, or of those with a prefix, the version in effect now and those that will be, in the order of `seq`. Without
   * a prefix the last is the last that was written: what comes after it is what `recordsSince` gives.
   */
  recordsInEffect(prefix?: string): Promise<StoredRecord[]>;

  /** What was written after `seq` and is still kept, in that order; `limit` at most, which is from 1 to 1,000. */
  recordsSince(seq: number, limit: number): Promise<StoredRecord[]>;

  /** The newest version of a name, also when it is not in effect yet. */
  record(name: string): Promise<StoredRecord | undefined>;

  /** The versions of a name that are kept, newest first. */
  recordVersions(name: string, page: PageRequest): Promise<Page<StoredRecord>>;

  /**
   * Calls whenever any process may have written a record, within a second, and after a lost connection when it is back; on
   * a file, whenever this process may have. Gives what stops it. Whoever then reads and is refused has to try again himself.
   */
  onRecords(listener: () => void): () => void;
};

export function recordsOf(parts: Parts): Records {
  const ears = earsOn(parts.store.watch);
  return { ...writtenOf(parts, ears), ...readOf(parts), onRecords: ears.listen };
}

function writtenOf({ submit }: Parts, { tell }: Ears): Pick<Records, "putRecord"> {
  return {
    putRecord: async (put) => {
      const command = recordCommand(put);
      try {
        const outcome = await submit("put-record", command);
        return outcome.kind === "put" ? { kind: "put", record: readRecord(outcome.record) } : outcome;
      } finally {
        // Also when it failed: it may have been written.
        tell();
      }
    },
  };
}

function readOf({ submit }: Parts): Pick<Records, "recordsInEffect" | "recordsSince" | "record" | "recordVersions"> {
  return {
    recordsInEffect: async (prefix) => {
      const kept = await submit("records-in-effect", { prefix: recordPrefix(prefix) });
      return kept.map(readRecord);
    },
    recordsSince: async (seq, limit) => {
      requireInteger(seq, "seq", 0);
      requireInteger(limit, "limit", 1, RECORDS_LIMIT_MAX);
      return (await submit("records-since", { seq, limit })).map(readRecord);
    },
    record: async (name) => {
      const kept = await submit("find-record", { name: requireRecordName(name) });
      return kept && readRecord(kept);
    },
    recordVersions: async (name, page) => {
      const command = { name: requireRecordName(name), ...pageCommand("record-versions", page) };
      const { data, ...next } = await submit("list-record-versions", command);
      return { data: data.map(readRecord), ...next };
    },
  };
}

type Ears = { listen: Records["onRecords"]; tell: () => void };

/** All that is told in one turn is heard as one: thousands may be put together. */
function earsOn(watch: Watch | undefined): Ears {
  const listeners = new Set<{ call: () => void }>();
  let isDue = false;
  const call = (): void => {
    isDue = false;
    for (const listener of listeners) listener.call();
  };
  const tell = (): void => {
    if (isDue || listeners.size === 0) return;
    isDue = true;
    setImmediate(call);
  };
  watch?.onRecords(tell);
  return {
    tell,
    listen: (listener) => {
      const one = { call: listener };
      listeners.add(one);
      return () => void listeners.delete(one);
    },
  };
}
