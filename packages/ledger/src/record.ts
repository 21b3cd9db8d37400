/** Records: documents that are kept version by version under a name, whatever they say, each in effect from an instant on. */

import { NEVER_MS, optionalInteger, optionalText, requireBoolean, requireDocument, requireText } from "./bounds.ts";
import type { Page, PageCommand } from "./page.ts";

/**
 * One version of a record. In effect is, of the versions whose instant has come, the newest: a scheduled version that comes
 * due after a newer one was in effect stays without effect.
 */
export interface StoredRecord {
  /** Its place among all that was written, in the order in which they are seen: whoever has seen one will never see a smaller one come. */
  readonly seq: number;
  readonly name: string;
  /** From 1 on, without a gap. */
  readonly version: number;
  /** As JSON said it. */
  readonly document: unknown;
  /** May lie in the future. */
  readonly effectiveAtMs: number;
  readonly createdAtMs: number;
  /** Who wrote it. */
  readonly author?: string;
}

export type RecordPut = {
  /** At most 300 characters. */
  name: string;
  /** What JSON can say in at most 100,000 characters. */
  document: unknown;
  /** Absent means now. */
  effectiveAtMs?: number;
  author?: string;
  /** Writes only where this is the newest version, 0 where there must be none yet. Absent writes whatever is there. */
  expects?: number;
  /** With false no earlier version is kept, but one that stays in effect until this one's instant. */
  history?: boolean;
};

/** `outdated`: nothing was written, since this is the newest version, or 0 where there is none. */
export type RecordOutcome<Kept = StoredRecord> = { kind: "put"; record: Kept } | { kind: "outdated"; version: number };

export const RECORD_NAME_LENGTH_MAX = 300;

export const RECORD_LENGTH_MAX = 100_000;

/** They are read in turn with every hold. */
export const RECORDS_LIMIT_MAX = 1_000;

/** A version as the store has it. */
export type KeptRecord = Omit<StoredRecord, "document"> & { readonly document: string };

/** `effectiveAtMs`: null for now. */
export type RecordCommand = {
  name: string;
  document: string;
  effectiveAtMs: number | null;
  author: string | null;
  expects: number | null;
  keepsHistory: boolean;
};

export type RecordCommands = {
  "put-record": { input: RecordCommand; outcome: RecordOutcome<KeptRecord> };
  "find-record": { input: { name: string }; outcome: KeptRecord | undefined };
  "records-in-effect": { input: { prefix: string }; outcome: KeptRecord[] };
  "records-since": { input: { seq: number; limit: number }; outcome: KeptRecord[] };
  "list-record-versions": { input: PageCommand & { name: string }; outcome: Page<KeptRecord> };
};

export function recordCommand({ name, document, effectiveAtMs, author, expects, history }: RecordPut): RecordCommand {
  return {
    name: requireRecordName(name),
    document: requireDocument(document, "document", RECORD_LENGTH_MAX),
    effectiveAtMs: optionalInteger(effectiveAtMs, "effectiveAtMs", 0, NEVER_MS - 1),
    author: optionalText(author, "author"),
    expects: optionalInteger(expects, "expects", 0),
    keepsHistory: history === undefined || requireBoolean(history, "history"),
  };
}

export function requireRecordName(name: unknown): string {
  return requireText(name, "name", RECORD_NAME_LENGTH_MAX);
}

/** What names begin with; absent and empty are any. */
export function recordPrefix(prefix: unknown): string {
  return prefix === undefined || prefix === "" ? "" : requireText(prefix, "prefix", RECORD_NAME_LENGTH_MAX);
}

export function readRecord(kept: KeptRecord): StoredRecord {
  return { ...kept, document: JSON.parse(kept.document) };
}
