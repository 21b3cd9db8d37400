/** Lists that come a page at a time, read to their end. */
import type { MaybeOptionalInit } from "openapi-fetch";
import { ClientError } from "./client-error.ts";
import type { Paging } from "./operation.ts";

/** A page that tells where the next begins, in the words of either kind of document. */
type Page =
  | { readonly data: readonly unknown[]; readonly next_cursor: string | null }
  | { readonly data: readonly unknown[]; readonly has_more: boolean; readonly last_id: string | null };

type AnswerOf<Item> = Item extends { get: { responses: { 200: { content: { "application/json": infer Answer } } } } }
  ? Answer
  : never;

/** The paths of lists that come a page at a time. */
export type PagedPath<Paths> = {
  [Path in keyof Paths]: [AnswerOf<Paths[Path]>] extends [never]
    ? never
    : AnswerOf<Paths[Path]> extends Page
      ? Path
      : never;
}[keyof Paths];

export type PageOf<Paths, Path extends keyof Paths> = AnswerOf<Paths[Path]>;

export type ItemOf<Paths, Path extends keyof Paths> =
  AnswerOf<Paths[Path]> extends { readonly data: readonly (infer Item)[] } ? Item : never;

/** What a list takes, optional where the document asks for nothing. */
export type ListInit<Item> = Item extends { get: unknown }
  ? undefined extends MaybeOptionalInit<Item, "get">
    ? [init?: MaybeOptionalInit<Item, "get">]
    : [init: MaybeOptionalInit<Item, "get">]
  : never;

export interface Lists<Paths> {
  /** Each page as it is asked for. Throws the class of the status that says no. */
  pages<Path extends PagedPath<Paths>>(path: Path, ...init: ListInit<Paths[Path]>): AsyncIterable<PageOf<Paths, Path>>;
  /** Everything on all pages, one by one. Throws as `pages` does. */
  items<Path extends PagedPath<Paths>>(path: Path, ...init: ListInit<Paths[Path]>): AsyncIterable<ItemOf<Paths, Path>>;
}

type Query = Readonly<Record<string, unknown>>;

/** Asks page after page, as long as each says that there is another. Throws a ClientError where a list turns in a circle. */
export async function* readPages(
  { cursor, next, more }: Paging,
  ask: (query: Query) => Promise<Query>,
  first: Query = {},
): AsyncGenerator<Query> {
  for (let query = first; ; ) {
    const page = await ask(query);
    yield page;
    const at = more === undefined || page[more] === true ? page[next] : null;
    if (typeof at !== "string") return;
    if (at === query[cursor]) throw new ClientError("the list goes on where it began: tell whoever runs the gateway");
    query = { ...query, [cursor]: at };
  }
}
