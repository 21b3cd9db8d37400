/** What a client is told once. */
import type { Fetch } from "./fetch.ts";

/** How long to wait, in milliseconds; `Infinity` for as long as it takes. */
export interface ClientTimeouts {
  /**
   * Until the first leg has answered: 60,000. An inference may be answered in the first leg, for which `idleMs` holds instead:
   * always below `/inline` and in browsers, elsewhere unless this is said.
   */
  readonly connectMs?: number | undefined;
  /** Of silence: after a redirect, and between two pieces of an answer. 120,000 of a stream, 600,000 of a whole answer. */
  readonly idleMs?: number | undefined;
  /** For the whole call with all its attempts: 600,000, and no end for a stream. */
  readonly totalMs?: number | undefined;
}

export interface ClientOptions {
  /** The gateway's origin, with `/inline` after it for answers without a redirect; e.g. `http://localhost:4000`. */
  readonly baseUrl: string;
  /** The key, or a function that is asked for it before every attempt. What the document leaves open needs none. */
  readonly key?: string | (() => string | Promise<string>) | undefined;
  /** Sends one request; redirects and retries are not its business. The global fetch unless given. */
  readonly fetch?: Fetch | undefined;
  /** Sent with every request, names in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How often to ask again after the first attempt; 2 unless said. */
  readonly retries?: number | undefined;
  readonly timeouts?: ClientTimeouts | undefined;
}
