/** What a document says of each operation beside its types. */

/**
 * How a document frames its events: with a word that ends the stream, or with a property that names each event, one of
 * which may be the last.
 */
export interface Framing {
  readonly done?: string;
  readonly event?: string;
  readonly last?: string;
}

/** How a list goes on: the parameter that says from where, the property that tells it, and the one that tells whether. */
export interface Paging {
  readonly cursor: string;
  readonly next: string;
  readonly more?: string;
}

export interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its parameters in braces. */
  readonly path: string;
  /** Whether it takes an `Idempotency-Key`. */
  readonly idempotent?: true;
  /** Of a list that comes a page at a time. */
  readonly paged?: Paging;
  /** Of an operation that can answer with events. */
  readonly stream?: Framing;
}

/** By operationId. */
export type OperationTable = Readonly<Record<string, Operation>>;

/** The one at a method and path, among those that are carried in a way of their own; undefined of all others. */
export const operationAt = (special: readonly Operation[], method: string, path: string): Operation | undefined =>
  special.find((each) => each.method === method && each.path === path);
