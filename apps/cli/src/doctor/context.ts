/** What the doctor works with: where to ask and with what, and the world to ask it of. */
import type { PlatformClient } from "@interchange/client";
import type { Network } from "./network.ts";

export const SURFACES = ["chat-completions", "messages"] as const;

export type SurfaceName = (typeof SURFACES)[number];

export interface ClientSettings {
  /** The origin, and what stands before `/v1`. */
  readonly baseUrl: string;
  readonly key: string;
  readonly fetch: (request: Request) => Promise<Response>;
}

export interface Context {
  /** As it was written. */
  readonly baseUrl: string | undefined;
  readonly key: string | undefined;
  /** The account's default, or else the first that it has tokens of, unless given. */
  readonly instrument?: string;
  /** Both unless given. */
  readonly surface?: SurfaceName;
  readonly client: (settings: ClientSettings) => PlatformClient;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly network: Network;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** How long the gateway may be silent, in milliseconds. */
  readonly patienceMs: number;
  /** Whoever asked has gone. */
  readonly signal?: AbortSignal;
}
