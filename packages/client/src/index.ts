/** The typed client of every document of the contract. */
export type { ClientOptions, DocumentClient } from "./document-client.ts";
export { StreamError } from "./event-stream.ts";
export * from "./generated/index.ts";
export type { Fetch } from "./redirect.ts";
export type { StreamResult, SurfaceClient } from "./surface-client.ts";
