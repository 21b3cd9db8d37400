/** The configuration as the gateway uses it: plain data, every default filled in, every reference proved. */
import type { Quirks } from "@interchange/dialects";
import type { Feature } from "@interchange/inference";
import type { Instrument, Offer } from "@interchange/routing";

/** The wire formats that a supplier may speak and a surface may have. */
export const FORMATS = ["chat-completions", "messages"] as const;

export type Format = (typeof FORMATS)[number];

export interface Config {
  /** 0 asks the machine for a free one. */
  readonly port: number;
  /** The address to listen on. */
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** The origin to write into `Location` and links; absent takes it from each request. No slash at the end. */
  readonly publicUrl?: string;
  /** Host names by surface, in lower case. A request to a host of one surface sees that surface alone. */
  readonly hosts: Readonly<Record<Format, readonly string[]>>;
  /** Whether a key counts only in the header that the surface documents. */
  readonly strictHeaders: boolean;
  /** From 1,000 to 600,000. */
  readonly ticketLifeMs: number;
  readonly limits: Limits;
  /** The version of the built-in catalogue on which `instruments` stands. */
  readonly catalogueVersion: string;
  readonly instruments: readonly Instrument[];
  readonly suppliers: readonly SupplierRow[];
  /** Opened, funded and given a key at the start, each once. */
  readonly accounts: readonly AccountRow[];
}

export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly lots: readonly LotRow[];
}

/** Deposited once by its reference. */
export interface LotRow {
  readonly reference: string;
  /** The canonical name. */
  readonly instrument: string;
  readonly tokens: number;
  readonly costMicros: number;
}

export interface Limits {
  /** The largest body that is read. */
  readonly bodyBytesMax: number;
  /** Output tokens held for a caller that names no cap; absent holds the instrument's own maximum. */
  readonly holdOutputTokensDefault?: number;
  /** Per key; 0 sets no limit. */
  readonly requestsPerMinute: number;
  /** How long answers under way may go on once the gateway is told to stop. */
  readonly drainMs: number;
}

/** A supplier as the operator wrote it. It holds a secret: never log it whole. */
export interface SupplierRow {
  readonly name: string;
  /** The format's own path is added to it. No slash and no `/v1` at the end. */
  readonly baseUrl: string;
  readonly dialects: readonly Format[];
  /** The secret itself; absent when the supplier asks for none. */
  readonly credential?: string;
  readonly timeouts: Timeouts;
  /** In what it differs from its format; in nothing when absent. */
  readonly quirks?: Quirks;
  /** One for each instrument and format. */
  readonly offers: readonly OfferRow[];
}

/** An offer as the operator wrote it. */
export interface OfferRow extends Offer {
  /** What it does not offer, though every supplier is taken to. */
  readonly lacks?: readonly Feature[];
}

export interface Timeouts {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** From the request sent to the first byte of a streamed answer. */
  readonly firstByteMs: number;
  /** The longest silence within an answer that has begun. */
  readonly idleMs: number;
  /** What is waited for the supplier in all, streamed or not; the caller has as much again to read. */
  readonly totalMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  connectMs: 5_000,
  firstByteMs: 120_000,
  idleMs: 120_000,
  totalMs: 1_800_000,
};

export const DEFAULT_LIMITS: Limits = {
  bodyBytesMax: 33_554_432,
  requestsPerMinute: 0,
  drainMs: 30_000,
};

/** What stands when neither the file nor the environment says otherwise. */
export const DEFAULTS = {
  port: 4_000,
  host: "127.0.0.1",
  dataDir: ".interchange",
  strictHeaders: false,
  ticketLifeMs: 60_000,
} as const;

/** Every offer of every supplier. */
export function offersOf(config: Config): readonly OfferRow[] {
  return config.suppliers.flatMap((supplier) => supplier.offers);
}
