/** Handlers that the contract asks for, and the router that a document and its handlers become. */
export { type AnyResponse, writeResponse } from "./answer.ts";
export { type BodyCheck, bodyCheckOf } from "./body-check.ts";
export type { Document, Schema } from "./document.ts";
export * from "./generated/index.ts";
export type * from "./handler.ts";
export { type Entry, type MountOptions, mount, type RequestContext } from "./mount.ts";
export { findProblem, type Problem } from "./problem/index.ts";
export type { AnyRequest } from "./reading.ts";
export { createServer } from "./server.ts";
