/** The typed client of every document of the contract. */
export { StreamError } from "./event-stream.ts";
export * from "./generated/index.ts";
export type { Fetch } from "./redirect.ts";
export type { ClientOptions, StreamResult, SurfaceClient } from "./surface-client.ts";
