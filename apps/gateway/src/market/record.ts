/** Records of the market: under which names its documents are kept, and what is kept beside each of them. */
import type { InstrumentDocument, OfferDocument, SupplierDocument } from "./document.ts";

export interface Documents {
  readonly instrument: InstrumentDocument;
  readonly supplier: SupplierDocument;
  readonly offer: OfferDocument;
}

export type Kind = keyof Documents;

export const KINDS = ["instrument", "supplier", "offer"] as const satisfies readonly Kind[];

/** What a version says. */
export interface Said<Document> {
  /** Absent in a version that says that it is gone, and in one that cannot be read. */
  readonly document?: Document;
  readonly isRemoved: boolean;
  /** The digest of the row of the configuration from which it was last put. */
  readonly seed?: string;
  /** That row: what was changed since is told apart from what the row says anew. */
  readonly row?: object;
}

export function recordName(kind: Kind, id: string): string {
  return `${kind}/${id}`;
}

export function breakerName(supplier: string, instrument: string): string {
  return `breaker/${supplier}/${instrument}`;
}

/** Undefined for a name that is not of the market. */
export function readRecordName(name: string): { readonly kind: Kind | "breaker"; readonly id: string } | undefined {
  const slash = name.indexOf("/");
  const kind = name.slice(0, slash) as Kind | "breaker";
  return kind === "breaker" || KINDS.includes(kind) ? { kind, id: name.slice(slash + 1) } : undefined;
}

export function writeSaid<Document extends object>({ document, isRemoved, seed, row }: Said<Document>): object {
  return {
    ...document,
    ...(seed !== undefined && { seed }),
    ...(row !== undefined && { row }),
    ...(isRemoved && { removed: true }),
  };
}

/** `read` gives the document, or undefined when it cannot be read. */
export function readSaid<Document>(
  stored: unknown,
  read: (fields: Readonly<Record<string, unknown>>) => Document | undefined,
): Said<Document> {
  const fields = fieldsOf(stored);
  const { seed, removed, row } = fields;
  const isRemoved = removed === true;
  const document = isRemoved ? undefined : read(fields);
  const seeded = { ...(typeof seed === "string" && { seed }), ...(isObject(row) && { row }) };
  return { isRemoved, ...seeded, ...(document !== undefined && { document }) };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? (value as Readonly<Record<string, unknown>>) : {};
}
