/** The configuration file as it is written, before defaults; `interchange.config.schema.json` says the same in full. */
import type { Quirks } from "@interchange/dialects";
import type { Feature } from "@interchange/inference";
import type {
  AutoReloadRow,
  Config,
  CreditsRow,
  Format,
  InstrumentRow,
  Limits,
  RoutingRow,
  Timeouts,
} from "./config.ts";

export interface ConfigFile {
  readonly port?: number;
  readonly host?: string;
  readonly dataDir?: string;
  readonly publicUrl?: string;
  readonly hosts?: Partial<Readonly<Record<Format, readonly string[]>>>;
  readonly strictHeaders?: boolean;
  readonly ticketLifeMs?: number;
  readonly limits?: Partial<Limits>;
  readonly brokenStreams?: Config["brokenStreams"];
  readonly instruments?: readonly InstrumentEntry[];
  readonly suppliers: readonly SupplierEntry[];
  readonly routing?: RoutingEntry;
  readonly accounts?: readonly AccountEntry[];
}

/** A row that adds an instrument, or changes the catalogue's of that name. */
export type InstrumentEntry = Pick<InstrumentRow, "name"> &
  Partial<Omit<InstrumentRow, "askMicrosMax">> & { readonly askMicrosPerUnitMax?: number };

export type RoutingEntry = Partial<RoutingRow>;

export interface AccountEntry {
  readonly id: string;
  readonly name?: string;
  readonly lots: readonly LotEntry[];
  readonly credits?: readonly CreditsRow[];
  readonly autoBuy?: readonly AutoBuyEntry[];
  readonly autoReload?: AutoReloadRow;
}

export interface AutoBuyEntry {
  readonly instrument: string;
  readonly tokens: number;
  readonly belowTokens: number;
  readonly priceMicrosPerUnitMax?: number;
}

export interface LotEntry {
  readonly reference: string;
  readonly instrument: string;
  readonly tokens: number;
  readonly costMicros?: number;
}

export interface SupplierEntry {
  readonly name: string;
  readonly baseUrl: string;
  readonly dialect: Format | readonly Format[];
  readonly credentialEnv?: string;
  readonly collectsData?: boolean;
  readonly paused?: boolean;
  readonly timeouts?: Partial<Timeouts>;
  readonly lacks?: readonly Feature[];
  readonly quirks?: Quirks;
  readonly offers: readonly OfferEntry[];
}

export interface OfferEntry {
  readonly instrument: string;
  readonly model: string;
  readonly askMicrosPerUnit: number;
  readonly features?: readonly Feature[];
  readonly lacks?: readonly Feature[];
  readonly contextTokens?: number;
  readonly outputTokensMax?: number;
  readonly runningMax?: number;
  readonly paused?: boolean;
}
