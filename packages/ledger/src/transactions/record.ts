/** Records: put, many at a time, and read. */

import { NEVER_MS } from "../bounds.ts";
import type { Page, PageCommand } from "../page.ts";
import type { KeptRecord, RecordCommand, RecordOutcome } from "../record.ts";
import { readPage } from "./page.ts";
import { present, rowOf, rowsOf, rowsOfEach, type Transaction } from "./statement.ts";
import {
  endEarlier,
  findNewest,
  forgetEarlier,
  RECORD_COLUMNS,
  type RecordRow,
  saveRecords,
  takeTurns,
} from "./tables/record.ts";

type Put = { input: RecordCommand; nowMs: number };

/** A put that was accepted, with what came of it. */
type Accepted = Put & { record: KeptRecord };

/**
 * Puts records as if one came after the other. Nobody else puts any until the transaction ends, so their numbers grow in the
 * order in which transactions end. Numbers of what was outdated are left out. `isLast`: the transaction ends with them.
 */
export function* putRecords(puts: readonly Put[], isLast = false): Transaction<RecordOutcome<KeptRecord>[]> {
  const sets = setsOf(puts);
  const outcomes: RecordOutcome<KeptRecord>[] = [];
  for (const set of sets) outcomes.push(...(yield* putSet(set, isLast && set === sets.at(-1))));
  return outcomes;
}

/** What is kept beside a version without a history depends on what was there when it came: nothing newer is put along with it. */
function setsOf(puts: readonly Put[]): Put[][] {
  let set: Put[] = [];
  let alone = new Set<string>();
  const sets = [set];
  for (const put of puts) {
    const { name, keepsHistory } = put.input;
    if (alone.has(name)) {
      set = [];
      sets.push(set);
      alone = new Set();
    }
    set.push(put);
    if (!keepsHistory) alone.add(name);
  }
  return sets;
}

function* putSet(puts: readonly Put[], isLast: boolean): Transaction<RecordOutcome<KeptRecord>[]> {
  const names = new Set(puts.map(({ input }) => input.name));
  const rows = yield* rowsOfEach({
    // The turn comes first: what is found after it nobody else changes.
    turn: [takeTurns(puts.length)],
    newest: findNewest([...names].map((name) => [name])),
  });
  const newest = new Map(rows.newest.map(({ name, version }) => [name as string, (version as number | null) ?? 0]));
  const firstSeq = (rows.turn[0]?.seq as number) - puts.length + 1;
  const outcomes = puts.map((put, place) => decide(put, newest, firstSeq + place));
  yield* save(acceptedOf(puts, outcomes), isLast);
  return outcomes;
}

export function* putRecord(input: RecordCommand, nowMs: number): Transaction<RecordOutcome<KeptRecord>> {
  const [outcome] = yield* putRecords([{ input, nowMs }]);
  return outcome as RecordOutcome<KeptRecord>;
}

/** The newest version of a name, 0 where there is none, is the one before it. */
function decide({ input, nowMs }: Put, newest: Map<string, number>, seq: number): RecordOutcome<KeptRecord> {
  const { name, document, author, expects } = input;
  const before = newest.get(name) ?? 0;
  if (expects !== null && expects !== before) return { kind: "outdated", version: before };
  const version = before + 1;
  newest.set(name, version);
  const effectiveAtMs = input.effectiveAtMs ?? nowMs;
  return {
    kind: "put",
    record: { seq, name, version, document, effectiveAtMs, createdAtMs: nowMs, ...(author !== null && { author }) },
  };
}

function acceptedOf(puts: readonly Put[], outcomes: readonly RecordOutcome<KeptRecord>[]): Accepted[] {
  return puts.flatMap((put, place) => {
    const outcome = outcomes[place];
    return outcome?.kind === "put" ? [{ ...put, record: outcome.record }] : [];
  });
}

function* save(accepted: readonly Accepted[], isLast: boolean): Transaction<void> {
  const { ends, earliest } = endsOf(accepted);
  const alone = accepted.filter(({ input }) => !input.keepsHistory);
  yield* rowsOfEach(
    {
      ended: endEarlier([...earliest]),
      inserted: saveRecords(accepted.map(({ record }, place) => ({ record, endsAtMs: ends[place] as number }))),
      forgotten: forgetEarlier(alone.map(({ record: { name, version }, nowMs }) => [name, version, nowMs])),
    },
    isLast,
  );
}

/** When each of them ends, which is when the earliest of the newer ones begins; and the earliest begin of each name. */
function endsOf(accepted: readonly Accepted[]): { ends: number[]; earliest: Map<string, number> } {
  const earliest = new Map<string, number>();
  const ends = accepted.toReversed().map(({ record: { name, effectiveAtMs } }) => {
    const endsAtMs = earliest.get(name) ?? NEVER_MS;
    earliest.set(name, Math.min(endsAtMs, effectiveAtMs));
    return endsAtMs;
  });
  return { ends: ends.toReversed(), earliest };
}

export function* seekRecord({ name }: { name: string }): Transaction<KeptRecord | undefined> {
  const row = yield* rowOf<RecordRow>(
    `SELECT ${RECORD_COLUMNS} FROM record WHERE name = $1 ORDER BY version DESC LIMIT 1`,
    name,
  );
  return row && readRow(row);
}

/** What ends before it begins will never be in effect. */
export function* recordsInEffect({ prefix }: { prefix: string }, nowMs: number): Transaction<KeptRecord[]> {
  const rows = yield* rowsOf<RecordRow>(
    `SELECT ${RECORD_COLUMNS} FROM record
     WHERE ends_at_ms > $1 AND ends_at_ms > effective_at_ms
       AND substr(name, 1, length(CAST($2 AS TEXT))) = CAST($2 AS TEXT)
     ORDER BY seq`,
    nowMs,
    prefix,
  );
  return rows.map(readRow);
}

export function* recordsSince({ seq, limit }: { seq: number; limit: number }): Transaction<KeptRecord[]> {
  const rows = yield* rowsOf<RecordRow>(
    `SELECT ${RECORD_COLUMNS} FROM record WHERE seq > $1 ORDER BY seq LIMIT $2`,
    seq,
    limit,
  );
  return rows.map(readRow);
}

export function* listRecordVersions(command: PageCommand & { name: string }): Transaction<Page<KeptRecord>> {
  const versions = { list: "record-versions", table: "record", columns: RECORD_COLUMNS, order: ["version"] } as const;
  const conditions = [["name = ?", command.name]] as const;
  return yield* readPage<RecordRow, KeptRecord>({ ...versions, conditions, read: readRow }, command);
}

function readRow(row: RecordRow): KeptRecord {
  return present({
    seq: row.seq,
    name: row.name,
    version: row.version,
    document: row.document,
    effectiveAtMs: row.effective_at_ms,
    createdAtMs: row.created_at_ms,
    author: row.author,
  });
}
