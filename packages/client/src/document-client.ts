/** The client of a document: openapi-fetch's typed methods, carried as carriage.ts carries, and lists read to their end. */
import createClient, { type Client } from "openapi-fetch";
import { carry, type Errand, type Settings } from "./carriage.ts";
import type { ClientOptions } from "./client-options.ts";
import { expected, nothing, torn } from "./expected.ts";
import type { Fetch } from "./fetch.ts";
import { operationAt } from "./operation.ts";
import { type Lists, readPages } from "./page.ts";
import { type DocumentFacts, readSettings } from "./settings.ts";
import { type Answered, unwrap } from "./unwrap.ts";

/** What openapi-fetch types requests and answers by. */
export type Json = "application/json";

export interface DocumentClient<Paths extends object> extends Client<Paths, Json>, Lists<Paths> {}

/** What a call is given, as far as it is looked at here. */
export interface Init {
  readonly body?: unknown;
  readonly fetch?: Fetch;
  readonly parseAs?: string;
  readonly signal?: AbortSignal | null;
  readonly params?: { readonly query?: Readonly<Record<string, unknown>> };
}

/** Sends one call of any method. */
export type Ask = (method: string, path: string, init?: Init, streamed?: boolean) => Promise<Answered>;

export function createDocumentClient<Paths extends object>(
  options: ClientOptions,
  facts: DocumentFacts,
): DocumentClient<Paths> {
  return documentClientOver<Paths>(options, facts).client;
}

/** The client, and what it asks with, for those who add to it. */
export function documentClientOver<Paths extends object>(
  options: ClientOptions,
  facts: DocumentFacts,
): { readonly client: DocumentClient<Paths>; readonly ask: Ask } {
  const settings = readSettings(options, facts);
  const core = createClient<Paths, Json>({ baseUrl: settings.baseUrl, headers: { ...options.headers } });
  const ask = askOver(core as unknown as Core, settings, facts, options.fetch ?? fetch);
  const methods = Object.fromEntries(METHODS.map((method) => [method, ask.bind(undefined, method)]));
  const client = { ...core, ...methods, request: ask, ...listsOver(ask, facts) };
  return { client: client as unknown as DocumentClient<Paths>, ask };
}

/** Those that documents have. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** openapi-fetch's client without the types of a document. */
interface Core {
  request(method: string, path: string, init: object): Promise<Answered>;
}

const askOver =
  (core: Core, settings: Settings, { special }: DocumentFacts, fetch: Fetch): Ask =>
  async (method, path, init = {}, streamed = false) => {
    const errand: Errand = { operation: operationAt(special, method.toUpperCase(), path), streamed };
    const send = carry(settings, errand, init.fetch ?? fetch);
    const isJson = streamed || (init.parseAs ?? "json") === "json";
    let seen: Response | undefined;
    const sendAndCheck: Fetch = async (request) => {
      const response = await send(request);
      seen = isJson ? await expected(response, errand) : response;
      return seen;
    };
    try {
      return complete(await core.request(method, path, { ...init, fetch: sendAndCheck }));
    } catch (failure) {
      throw failure instanceof SyntaxError && seen ? torn(seen, failure) : failure;
    }
  };

/** An error without a word is none of the document's, and a success without a body only where it has 204. */
function complete({ data, error, response }: Answered): Answered {
  if (!response.ok) return { error: error === "" ? undefined : error, response };
  if ((data ?? undefined) === undefined && response.status !== 204) throw nothing(response);
  return { data, response };
}

/** `pages` and `items`, which nobody can call on a document that has no such list. */
function listsOver(ask: Ask, { special }: DocumentFacts) {
  const pages = (path: string, init: Init = {}) => {
    const paged = operationAt(special, "GET", path)?.paged;
    if (!paged) throw new TypeError(`${path} is no list that comes a page at a time`);
    const askPage = async (query: object) =>
      (await unwrap(ask("GET", path, { ...init, params: { ...init.params, query: { ...query } } }))) as Page;
    return readPages(paged, askPage, init.params?.query);
  };
  async function* items(path: string, init?: Init): AsyncGenerator<unknown> {
    for await (const page of pages(path, init)) yield* page["data"] as readonly unknown[];
  }
  return { pages, items };
}

type Page = Readonly<Record<string, unknown>>;
