/** Where a routed request runs: our own relay, the ticket in the path, the caller's path and query behind it. */
import type { Request } from "express";
import type { Config } from "./config/index.ts";

/**
 * The path, since no header outlives a redirect in every client. The query is the caller's own, unchanged. Without a
 * public URL the location is relative (RFC 9110 §10.2.2), so it leads wherever the caller reached us.
 */
export function locationOf(config: Config, req: Request, ticket: string): string {
  return `${config.publicUrl ?? ""}/r/${ticket}${req.url}`;
}
