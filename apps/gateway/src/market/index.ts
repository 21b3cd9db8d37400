/** The market as the gateway has it: documents in the ledger, followed by every gateway, and what routing sees of them. */
export {
  type Dated,
  type InstrumentDocument,
  type Kept,
  type OfferDocument,
  type Origin,
  offerIdOf,
  type SupplierDocument,
} from "./document.ts";
export { type LiveMarketOptions, openMarket } from "./live-market.ts";
export { keptIn, type Newest, newestOf } from "./newest.ts";
export { notedHealth } from "./noted.ts";
export type { Directory, LiveMarket, Put, Written } from "./port.ts";
export { recordName } from "./record.ts";
