/** The directory: the market's documents, for those who manage it. */
import type { RecordOutcome, RecordPut } from "@interchange/ledger";
import type { Version } from "./book.ts";
import type { Books } from "./books.ts";
import { type InstrumentDocument, offerIdOf } from "./document.ts";
import type { Directory, Put, Written } from "./port.ts";
import { type Documents, type Kind, recordName, writeSaid } from "./record.ts";

export interface DirectoryOptions {
  readonly books: Books;
  readonly clock: () => number;
  readonly placeOf: (instrument: InstrumentDocument) => number;
  /** Writes a record, and brings the market up to it. */
  readonly write: (put: RecordPut) => Promise<RecordOutcome>;
  /** Brings the market up to what others have written. */
  readonly readOn: () => Promise<void>;
}

/** Whoever says nothing of what is to be replaced replaces whatever there is, however often that changes meanwhile. */
const TRIES_MAX = 10;

export function createDirectory(options: DirectoryOptions): Directory {
  const { books, clock, placeOf } = options;
  const put = putIn(options);
  const remove = removeIn(options);
  const all = <K extends Kind>(kind: K) =>
    [...books[kind].ids()].sort().flatMap((id) => books[kind].kept(id, clock()) ?? []);

  return {
    instrumentDocuments: () =>
      [...books.instrument.ids()]
        .sort()
        .flatMap((name) => books.instrument.dated(name, clock()) ?? [])
        .sort(({ document: a }, { document: b }) => placeOf(a) - placeOf(b) || a.createdAtMs - b.createdAtMs),
    instrumentDocument: (name) => books.instrument.dated(name.toLowerCase(), clock()),
    putInstrument: (document, how) => put("instrument", document.name, document, how),
    supplierDocuments: () => all("supplier"),
    supplierDocument: (name) => books.supplier.kept(name, clock()),
    putSupplier: (document, how) => put("supplier", document.name, document, how),
    async removeSupplier(name, author) {
      const own = all("offer").filter(({ document }) => document.supplier === name);
      await Promise.all(own.map(({ document }) => remove("offer", offerIdOf(document), author)));
      return remove("supplier", name, author);
    },
    offerDocuments: (of) =>
      all("offer").filter(({ document }) =>
        "supplier" in of ? document.supplier === of.supplier : document.instrument === of.instrument.toLowerCase(),
      ),
    offerDocument: (id) => books.offer.kept(id, clock()),
    putOffer: (document, how) => put("offer", offerIdOf(document), document, how),
    removeOffer: (id, author) => remove("offer", id, author),
  };
}

type PutIn = <K extends Kind>(kind: K, id: string, document: Documents[K], put: Put) => Promise<Written<Documents[K]>>;

/** What the configuration put stays marked as its own, so that it is put anew only when its row is edited. */
function putIn({ books, write, readOn }: DirectoryOptions): PutIn {
  return async (kind, id, document, { author, effectiveAtMs, expects }) => {
    type Newest = Version<typeof document> | undefined;
    const look = (): Newest => books[kind].newest(id) as Newest;
    // Somebody may know of a version that has not come here yet.
    if (!isExpected(look(), expects)) await readOn();
    for (let tries = 1; ; tries += 1) {
      const newest = look();
      if (!isExpected(newest, expects) || tries > TRIES_MAX)
        return { kind: "outdated", version: presentVersion(newest) };
      const { seed, row } = newest ?? {};
      const outcome = await write({
        name: recordName(kind, id),
        document: writeSaid({
          document,
          isRemoved: false,
          ...(seed !== undefined && { seed }),
          ...(row !== undefined && { row }),
        }),
        author,
        expects: newest?.version ?? 0,
        ...(effectiveAtMs !== undefined && { effectiveAtMs }),
      });
      if (outcome.kind === "outdated") continue;
      const { record } = outcome;
      const { effectiveAtMs: fromMs, createdAtMs: writtenAtMs } = record;
      return { kind: "put", kept: { document, version: record.version, effectiveAtMs: fromMs, writtenAtMs } };
    }
  };
}

/** What is gone may be named by its last version or as nothing. */
function isExpected(newest: Version<unknown> | undefined, expects: number | undefined): boolean {
  return expects === undefined || expects === presentVersion(newest) || expects === newest?.version;
}

/** 0 where there is none. */
function presentVersion(newest: Version<unknown> | undefined): number {
  return newest === undefined || newest.isRemoved ? 0 : newest.version;
}

function removeIn({ books, write, readOn }: DirectoryOptions) {
  return async (kind: Kind, id: string, author: string): Promise<boolean> => {
    if (presentVersion(books[kind].newest(id)) === 0) await readOn();
    for (let tries = 1; ; tries += 1) {
      const newest = books[kind].newest(id);
      if (newest === undefined || newest.isRemoved) return false;
      if (tries > TRIES_MAX) throw new Error(`${recordName(kind, id)} cannot be removed: it goes on being changed`);
      const { document, seed, row } = newest as Version<Documents[Kind]>;
      const said = {
        isRemoved: true,
        ...(document !== undefined && { document }),
        ...(seed !== undefined && { seed }),
        ...(row !== undefined && { row }),
      };
      const outcome = await write({
        name: recordName(kind, id),
        document: writeSaid(said),
        author,
        expects: newest.version,
      });
      if (outcome.kind === "put") return true;
    }
  };
}
