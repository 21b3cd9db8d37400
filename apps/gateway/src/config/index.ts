/** The gateway's configuration: one file, a few environment variables, and the built-in catalogue. */
export { type Catalogue, readCatalogue } from "./catalogue.ts";
export {
  type AccountRow,
  type AutoBuyRow,
  type AutoReloadRow,
  type Config,
  type CreditsRow,
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUTS,
  DEFAULTS,
  FORMATS,
  type Format,
  type InstrumentRow,
  type Limits,
  type LotRow,
  type OfferRow,
  offersOf,
  type SupplierRow,
  type Timeouts,
} from "./config.ts";
export { CONFIG_FILE, type ConfigReading, type ReadConfigOptions, readConfig } from "./reading.ts";
