/** The gateway, to be started by a program. */

export {
  type Config,
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUTS,
  readConfig,
  type SupplierRow,
} from "@interchange/config";
export type { Payments } from "./buying/index.ts";
export { type Gateway, type GatewayOptions, startGateway } from "./gateway.ts";
export type { Api, Surface } from "./surface.ts";
