/** The gateway's configuration: one file, a few environment variables, and the built-in catalogue. */
export { baseUrlOf } from "./assembly.ts";
export { type Catalogue, readCatalogue } from "./catalogue.ts";
export {
  type AccountRow,
  type AutoBuyRow,
  type AutoReloadRow,
  type Config,
  type CreditsRow,
  DEFAULT_LIMITS,
  DEFAULT_ROUTING,
  DEFAULT_TIMEOUTS,
  DEFAULTS,
  FORMATS,
  type Format,
  type HedgingRow,
  type InstrumentRow,
  type Limits,
  type LotRow,
  type OfferRow,
  type RoutingRow,
  type SupplierRow,
  type Timeouts,
} from "./config.ts";
export { baseUrlSentence, credentialSentence } from "./consistency.ts";
export { doubtsOf } from "./doubts.ts";
export { isListenable, type Variables } from "./environment.ts";
export { didYouMean, nearest } from "./nearest.ts";
export { QUIRK_FORMATS } from "./quirk.ts";
export { CONFIG_FILE, type ConfigReading, type ReadConfigOptions, readConfig } from "./reading.ts";
