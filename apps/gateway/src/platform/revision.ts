/** Revisions: documents of the market made and changed, though others write the same ones at the same time. */
import { isDeepStrictEqual } from "node:util";
import type { Kept, Newest, Written } from "../market/index.ts";
import { conflicting, isRefused, type Refused } from "./refused.ts";

/** A document by what it is and how it is called, such as `supplier` and `cirrus`. */
interface Named {
  readonly thing: string;
  readonly name: string;
}

export interface Creation<Document> extends Named {
  /** Where the caller said how it is to be called. */
  readonly param: string;
  readonly document: Document;
  newest(): Promise<Newest<Document>>;
  put(document: Document, expects: number): Promise<Written<Document>>;
}

export interface Revision<Document> extends Named {
  /** The version that the caller knows; absent changes whatever stands. */
  readonly ifVersion?: number | undefined;
  newest(): Promise<Newest<Document>>;
  /** What the change starts from, where that is not the newest version. */
  base?(newest: Kept<Document>): Document;
  change(document: Document): Document | Refused;
  put(document: Document, expects: number): Promise<Written<Document>>;
  /** Where there is none. */
  missing(): Refused;
}

/** Nobody is kept waiting by a crowd of others. */
const TRIES_MAX = 10;

export async function create<Document>(creation: Creation<Document>): Promise<Kept<Document> | Refused> {
  const { thing, name, param, document } = creation;
  const { version, kept } = await creation.newest();
  const written = kept === undefined ? await creation.put(document, version) : undefined;
  if (written?.kind === "put") return written.kept;
  return conflicting(`There is ${articleOf(thing)} ${thing} ${JSON.stringify(name)} already.`, param);
}

/** What is changed is always what stands: where somebody else was faster, the change is made anew, or refused where it names a version. */
export async function revise<Document>(revision: Revision<Document>): Promise<Kept<Document> | Refused> {
  const { ifVersion } = revision;
  for (let left = TRIES_MAX; left > 0; left -= 1) {
    const { version, kept } = await revision.newest();
    if (kept === undefined) return revision.missing();
    if (ifVersion !== undefined && ifVersion !== version) return outdated(revision, version, ifVersion);
    const base = revision.base?.(kept) ?? kept.document;
    const document = revision.change(base);
    if (isRefused(document)) return document;
    // What changes nothing makes no version, and cancels nothing that is to come.
    if (isDeepStrictEqual(document, base)) return kept;
    const written = await revision.put(document, version);
    if (written.kind === "put") return written.kept;
  }
  return conflicting(`The ${calledBy(revision)} is being changed by others just now; repeat the change.`);
}

function outdated(named: Named, version: number, ifVersion: number): Refused {
  const found = `The ${calledBy(named)} is at version ${version} by now, not ${ifVersion}`;
  return conflicting(`${found}; read it again and repeat the change.`, "if_version");
}

function calledBy({ thing, name }: Named): string {
  return `${thing} ${JSON.stringify(name)}`;
}

function articleOf(thing: string): string {
  return /^[aeiou]/.test(thing) ? "an" : "a";
}
