/** The books: all documents of the market, as the ledger's records tell of them. */
import type { StoredRecord } from "@interchange/ledger";
import type { Logger } from "pino";
import { Book } from "./book.ts";
import { readDocument } from "./reading.ts";
import { type Documents, type Kind, readRecordName, readSaid } from "./record.ts";

export type Books = { readonly [K in Kind]: Book<Documents[K]> };

export function createBooks(): Books {
  return { instrument: new Book(), supplier: new Book(), offer: new Book() };
}

/** Adds what the record says, unless it is known; one that cannot be read is told to the log. Whether it is a new one. */
export function addRecord<K extends Kind>(
  books: Books,
  kind: K,
  record: StoredRecord,
  { nowMs, log }: { readonly nowMs: number; readonly log: Pick<Logger, "warn"> },
): boolean {
  const { version, effectiveAtMs, createdAtMs: writtenAtMs } = record;
  const id = readRecordName(record.name)?.id ?? record.name;
  const book = books[kind] as Book<Documents[K]>;
  if (book.knows(id, version)) return false;
  const said = readSaid<Documents[K]>(record.document, (fields) => {
    const read = readDocument(kind, id, fields);
    if (!("broken" in read)) return read;
    log.warn({ record: record.name, version, properties: read.broken }, "a record of the market cannot be read");
    return undefined;
  });
  book.add(id, { ...said, version, effectiveAtMs, writtenAtMs }, nowMs);
  return true;
}
