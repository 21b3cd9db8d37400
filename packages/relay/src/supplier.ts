/** A supplier as the second leg needs it: where it is, which format it speaks, how patient to be. */
import { NO_QUIRKS, type Quirks, type SupplierHalf } from "@interchange/dialects";
import { Pool } from "undici";

/** All in milliseconds. */
export interface Patience {
  readonly connectMs: number;
  /** From the request sent to the first byte of a streamed answer. */
  readonly firstByteMs: number;
  /** Between two reads of the body. */
  readonly idleMs: number;
  /** What is waited for the supplier in all; the caller has as much again, so that nothing lasts longer than twice this. */
  readonly totalMs: number;
}

export interface SupplierOptions {
  readonly name: string;
  /** Its origin, with a path when its operations lie under one; the dialect adds its own, `/v1/…`. */
  readonly baseUrl: string;
  readonly dialect: SupplierHalf;
  readonly credential?: string;
  readonly patience: Patience;
  readonly quirks?: Quirks;
}

export interface Supplier {
  readonly name: string;
  readonly dialect: SupplierHalf;
  readonly credential: string | undefined;
  readonly patience: Patience;
  readonly quirks: Quirks;
  /** The path of the one operation. */
  readonly path: string;
  /** Connections that are kept open. */
  readonly pool: Pool;
}

export function openSupplier(options: SupplierOptions): Supplier {
  const url = new URL(options.baseUrl);
  const prefix = url.pathname.replace(/\/+$/, "");
  return {
    name: options.name,
    dialect: options.dialect,
    credential: options.credential,
    patience: options.patience,
    quirks: options.quirks ?? NO_QUIRKS,
    path: joinPath(prefix, options.dialect.path),
    pool: new Pool(url.origin, { connect: { timeout: options.patience.connectMs }, connections: null }),
  };
}

/** Vendors print their base URL with and without the version; it is not said twice. */
function joinPath(prefix: string, path: string): string {
  return prefix.endsWith("/v1") && path.startsWith("/v1/") ? `${prefix}${path.slice(3)}` : `${prefix}${path}`;
}
