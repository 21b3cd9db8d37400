/** Seeding: what the configuration says is put into the market once, and again when a row is edited or taken away. */
import { isDeepStrictEqual } from "node:util";
import type { RecordPut } from "@interchange/ledger";
import type { Logger } from "pino";
import type { Version } from "./book.ts";
import type { Books } from "./books.ts";
import type { OfferDocument } from "./document.ts";
import { type Documents, KINDS, type Kind, recordName, type Said, writeSaid } from "./record.ts";
import type { Row } from "./row.ts";

export interface Seeding {
  readonly rows: readonly Row[];
  readonly books: Books;
  readonly nowMs: number;
  readonly log: Pick<Logger, "info">;
  /** False when somebody else has put another version meanwhile. What is in the books afterwards is what there is. */
  readonly put: (put: RecordPut & { expects: number }) => Promise<boolean>;
  /** Brings the books up to what others have put. */
  readonly readOn: () => Promise<void>;
}

type AnyDocument = Documents[Kind];

interface Change {
  readonly name: string;
  readonly said: Said<AnyDocument>;
  readonly expects: number;
  readonly why: "new" | "edited" | "away" | "gone";
}

/** So many are under way at once. */
const BATCH = 1_000;

/** Gateways that start at once with one configuration need two; those of many configurations, a few more. */
const PASSES_MAX = 20;

/**
 * A record keeps the digest of the row that it was put from. While the row is as it was, the record is left as it is:
 * whatever has changed it since stands. Of an edited row, what was edited is put; what came of a row that is gone leaves the market.
 */
export async function seedMarket(seeding: Seeding): Promise<void> {
  requireOnce(seeding.rows);
  for (let pass = 1; pass <= PASSES_MAX; pass += 1) {
    const changes = changesFor(seeding);
    if (await putAll(changes, seeding)) return;
    await seeding.readOn();
  }
  throw new Error("the market cannot be seeded: somebody else goes on changing what the configuration says");
}

function requireOnce(rows: readonly Row[]): void {
  const names = new Set<string>();
  for (const { kind, id } of rows) {
    const name = recordName(kind, id);
    if (names.has(name)) throw new Error(`the configuration has the ${kind} ${id} twice`);
    names.add(name);
  }
}

function changesFor(seeding: Seeding): readonly Change[] {
  return [...seeding.rows.flatMap((row) => changeOf(row, seeding) ?? []), ...departures(seeding)];
}

function changeOf({ kind, id, document, digest }: Row, { books, nowMs }: Seeding): Change | undefined {
  const newest = books[kind].newest(id);
  if (newest?.seed === digest) return undefined;
  const seeded = { seed: digest, row: document };
  // What was removed by hand stays away while its row is there.
  const isRemoved = newest?.isRemoved === true && newest.seed !== undefined;
  const said = isRemoved ? { isRemoved } : { isRemoved, document: foundedBy(document, newest, nowMs) };
  const why = newest === undefined ? "new" : isRemoved ? "away" : "edited";
  return { name: recordName(kind, id), said: { ...said, ...seeded }, expects: newest?.version ?? 0, why };
}

/** The row, and of what it says as before whatever it was changed to since. */
function foundedBy(row: object, newest: Version<AnyDocument> | undefined, nowMs: number): AnyDocument {
  const { document, seed, row: before = {} } = newest ?? {};
  const createdAtMs = document?.createdAtMs ?? nowMs;
  if (document?.origin !== "config" || seed === undefined)
    return { ...row, origin: "config", createdAtMs } as AnyDocument;
  const names = new Set([...Object.keys(before), ...Object.keys(row)]);
  const edited = [...names].filter((name) => !isDeepStrictEqual(at(before, name), at(row, name)));
  const merged: object = { ...document, ...Object.fromEntries(edited.map((name) => [name, at(row, name)])) };
  return merged as AnyDocument;
}

function at(document: object, name: string): unknown {
  return (document as Readonly<Record<string, unknown>>)[name];
}

/** What came of the configuration and has no row there any more. */
function departures({ rows, books }: Seeding): readonly Change[] {
  const names = new Set(rows.map(({ kind, id }) => recordName(kind, id)));
  return KINDS.flatMap((kind) =>
    [...books[kind].ids()].flatMap((id) => {
      const name = recordName(kind, id);
      const newest = books[kind].newest(id);
      if (newest === undefined || names.has(name)) return [];
      const said = departed(kind, newest) ?? orphaned(kind, newest, books, names);
      return said === undefined ? [] : [{ name, said, expects: newest.version, why: "gone" as const }];
    }),
  );
}

/** It keeps no digest: a row that comes back is a new one. */
function departed(kind: Kind, { document, isRemoved, seed }: Version<AnyDocument>): Said<AnyDocument> | undefined {
  if (isRemoved) return seed === undefined ? undefined : { isRemoved };
  if (document?.origin !== "config") return undefined;
  if (kind !== "instrument") return { document, isRemoved: true };
  const isRetired = "isRetired" in document;
  return isRetired && seed === undefined
    ? undefined
    : { document: { ...document, isRetired: true } as AnyDocument, isRemoved: false };
}

/** With a supplier go the offers that others have put for it. */
function orphaned(
  kind: Kind,
  { document }: Version<AnyDocument>,
  books: Books,
  names: ReadonlySet<string>,
): Said<AnyDocument> | undefined {
  if (kind !== "offer" || document === undefined) return undefined;
  const { supplier } = document as OfferDocument;
  const isLeaving =
    books.supplier.newest(supplier)?.document?.origin === "config" && !names.has(recordName("supplier", supplier));
  return isLeaving ? { document, isRemoved: true } : undefined;
}

/** Whether all of them were put. */
async function putAll(changes: readonly Change[], { put, log }: Seeding): Promise<boolean> {
  let areAllPut = true;
  for (let from = 0; from < changes.length; from += BATCH) {
    const batch = changes.slice(from, from + BATCH);
    const outcomes = await Promise.all(
      batch.map(async ({ name, said, expects, why }) => {
        const isPut = await put({ name, document: writeSaid(said), expects });
        if (isPut && why !== "new") log.info({ record: name }, SENTENCES[why]);
        return isPut;
      }),
    );
    areAllPut &&= outcomes.every((isPut) => isPut);
  }
  return areAllPut;
}

const SENTENCES = {
  edited: "changed in the market, since its row in the configuration was edited",
  away: "left out of the market, where it was removed, though its row in the configuration was edited",
  gone: "taken from the market, since it has no row in the configuration any more",
} as const;
