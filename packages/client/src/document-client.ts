/** The client of a document: openapi-fetch's typed methods, with the caller's key on every request. */
import createClient, { type Client } from "openapi-fetch";
import { type Fetch, followOnce } from "./redirect.ts";

export interface ClientOptions {
  /** The origin, with `/inline` after it for answers without a redirect; e.g. `http://localhost:4000`. */
  readonly baseUrl: string;
  /** The key. What the document leaves open, such as the catalogue, needs none. */
  readonly key?: string;
  /** Sends one request; redirects are not its business. The global fetch unless given. */
  readonly fetch?: Fetch;
  /** Sent with every request, names in any case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The header that carries the key, and what stands before the key in it; null where the document knows no key. */
export type Credential = { readonly header: string; readonly prefix: string } | null;

/** What openapi-fetch types requests and answers by. */
export type Json = "application/json";

export type DocumentClient<Paths extends object> = Client<Paths, Json>;

export function createDocumentClient<Paths extends object>(
  options: ClientOptions,
  credential: Credential,
): DocumentClient<Paths> {
  return createClient<Paths, Json>({
    baseUrl: options.baseUrl,
    fetch: followOnce(options.fetch ?? fetch),
    headers: { ...options.headers, ...credentialHeader(options.key, credential) },
  });
}

const credentialHeader = (key: string | undefined, credential: Credential): Record<string, string> =>
  key !== undefined && credential ? { [credential.header]: `${credential.prefix}${key}` } : {};
