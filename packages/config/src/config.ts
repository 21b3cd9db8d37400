/** The configuration as the gateway uses it: plain data, every default filled in, every reference proved. */
import type { Quirks } from "@interchange/dialects";
import type { Feature } from "@interchange/inference";
import type { Limits as InstrumentLimits } from "@interchange/ledger";
import type { Instrument, Offer, OfferStatus } from "@interchange/routing";

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
  /** Where the books are when they are not in the data directory: a PostgreSQL that gateways share. It has a password in it: never log it. */
  readonly databaseUrl?: string;
  /** The schema of its tables, when it is not the usual one. */
  readonly databaseSchema?: string;
  /** The origin to write into `Location` and links; absent takes it from each request. No slash at the end. */
  readonly publicUrl?: string;
  /** Host names by surface, in lower case. Of the surfaces, a request to a host of one sees that one alone. */
  readonly hosts: Readonly<Record<Format, readonly string[]>>;
  /** Whether a key counts only in the header that the surface documents. */
  readonly strictHeaders: boolean;
  /** From 1,000 to 600,000. */
  readonly ticketLifeMs: number;
  readonly limits: Limits;
  /** What a caller owes for a stream that its supplier broke off after the first token. */
  readonly brokenStreams: "nothing" | "delivered";
  /** The version of the built-in catalogue on which `instruments` stands. */
  readonly catalogueVersion: string;
  readonly instruments: readonly InstrumentRow[];
  readonly suppliers: readonly SupplierRow[];
  readonly routing: RoutingRow;
  /** Opened, funded and given a key at the start, each once. */
  readonly accounts: readonly AccountRow[];
}

/** An instrument as the operator sells it. */
export interface InstrumentRow extends Instrument {
  /** What its tokens are sold at, in micro-dollars per Unit; absent sells them at the cheapest ask. */
  readonly priceMicrosPerUnit?: number;
  /** What any one account may ask of it; what is absent is not limited. */
  readonly limits?: Readonly<InstrumentLimits>;
}

/** How suppliers are tried, one after another or side by side. */
export interface RoutingRow {
  /** How long the first byte is waited for where somebody else could be asked. */
  readonly fallbackAfterMs: number;
  /** Likewise of somebody who is asked to see whether he is back. */
  readonly probeAfterMs: number;
  /** How many are asked at most to fill one request. */
  readonly attemptsMax: number;
  /** Absent asks nobody beside another. */
  readonly hedging?: HedgingRow;
}

export interface HedgingRow {
  /** How long somebody is silent before another is asked beside him. */
  readonly afterMs: number;
  /** From 1 to 100: of how many requests in a hundred that may be done. */
  readonly budgetPercent: number;
}

export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly lots: readonly LotRow[];
  readonly credits?: readonly CreditsRow[];
  readonly autoBuy?: readonly AutoBuyRow[];
  readonly autoReload?: AutoReloadRow;
}

/** Deposited once by its reference. */
export interface LotRow {
  readonly reference: string;
  /** The canonical name. */
  readonly instrument: string;
  readonly tokens: number;
  readonly costMicros: number;
}

/** Deposited once by its reference. */
export interface CreditsRow {
  readonly reference: string;
  readonly amountMicros: number;
}

/** Put once, and then changed over the platform API alone. */
export interface AutoBuyRow {
  /** The canonical name. */
  readonly instrument: string;
  readonly tokens: number;
  readonly belowTokens: number;
  readonly priceMicrosPerUnitMax?: number;
}

/** Put once, and then changed over the platform API alone. */
export interface AutoReloadRow {
  readonly amountMicros: number;
  readonly belowMicros: number;
  readonly monthlyLimitMicros: number;
}

export interface Limits {
  /** The largest body that is read. */
  readonly bodyBytesMax: number;
  /** Output tokens held for a caller that names no cap; absent holds the instrument's own maximum. */
  readonly holdOutputTokensDefault?: number;
  /** Per key that has none of its own; 0 sets no limit. */
  readonly requestsPerMinute: number;
  /** Likewise; as held, and corrected to what was used. */
  readonly tokensPerMinute: number;
  /** Likewise; requests under way at once. */
  readonly runningMax: number;
  /** How long answers under way may go on once the gateway is told to stop. */
  readonly drainMs: number;
  /** How long what a run holds outlives a gateway that dies; one that lives renews it well before. */
  readonly runLifeMs: number;
}

/** A supplier as the operator wrote it. It holds a secret: never log it whole. */
export interface SupplierRow {
  readonly name: string;
  /** The format's own path is added to it. No slash and no `/v1` at the end. */
  readonly baseUrl: string;
  readonly dialects: readonly Format[];
  /** The environment variable that has the secret. */
  readonly credentialEnv?: string;
  /** The secret itself; absent when the supplier asks for none. */
  readonly credential?: string;
  /** Whether it keeps what it is sent; absent where that is not known. */
  readonly collectsData?: boolean;
  /** `active` when absent. */
  readonly status?: OfferStatus;
  readonly timeouts: Timeouts;
  /** In what it differs from its format; in nothing when absent. */
  readonly quirks?: Quirks;
  /** One for each instrument and format. */
  readonly offers: readonly OfferRow[];
}

/** An offer as the operator wrote it. */
export interface OfferRow extends Omit<Offer, "features" | "unsayable" | "collectsData"> {
  /** The instrument's own when absent. */
  readonly features?: readonly Feature[];
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
  tokensPerMinute: 0,
  runningMax: 0,
  drainMs: 30_000,
  runLifeMs: 120_000,
};

export const DEFAULT_ROUTING: RoutingRow = { fallbackAfterMs: 30_000, probeAfterMs: 10_000, attemptsMax: 4 };

/** What stands when neither the file nor the environment says otherwise. */
export const DEFAULTS = {
  port: 4_000,
  host: "127.0.0.1",
  dataDir: ".interchange",
  strictHeaders: false,
  ticketLifeMs: 60_000,
  brokenStreams: "nothing",
} as const;
