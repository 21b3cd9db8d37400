/** A supplier that can be programmed, speaking both wire formats: for tests, the demo and benches. */
export { DirectiveError, type Directives } from "./directive.ts";
export type { FaultName } from "./fault.ts";
export type { RecordedRequest } from "./record.ts";
export { type Supplier, type SupplierOptions, startSupplier } from "./server.ts";
export { type Settings, SettingsError } from "./settings.ts";
