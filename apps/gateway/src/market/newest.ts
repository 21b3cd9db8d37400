/** The newest version of a document as the ledger has it, which this gateway's market may not have heard of yet. */
import type { Ledger, StoredRecord } from "@interchange/ledger";
import type { Kept } from "./document.ts";
import { readDocument } from "./reading.ts";
import { type Documents, type Kind, readSaid, recordName } from "./record.ts";

/** What stands, if anything does; and its version, which is 0 where there is none, or none any more. */
export interface Newest<Document> {
  readonly version: number;
  readonly kept?: Kept<Document>;
}

/** Also when it is not in effect yet. What this version of ours cannot read counts as not there. */
export async function newestOf<K extends Kind>(
  ledger: Pick<Ledger, "record">,
  kind: K,
  id: string,
): Promise<Newest<Documents[K]>> {
  const record = await ledger.record(recordName(kind, id));
  const kept = record === undefined ? undefined : keptIn(kind, id, record);
  return kept === undefined ? { version: 0 } : { version: kept.version, kept };
}

/** The version that the record is; undefined where it says that the document is gone, and where it cannot be read. */
export function keptIn<K extends Kind>(kind: K, id: string, record: StoredRecord): Kept<Documents[K]> | undefined {
  const { document } = readSaid<Documents[K]>(record.document, (fields) => {
    const read = readDocument(kind, id, fields);
    return "broken" in read ? undefined : read;
  });
  if (document === undefined) return undefined;
  const { version, effectiveAtMs, createdAtMs: writtenAtMs } = record;
  return { document, version, effectiveAtMs, writtenAtMs };
}
