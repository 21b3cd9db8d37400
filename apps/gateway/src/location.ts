/** Where a routed request runs: our own relay, the ticket in the path, the caller's path and query behind it. */

import type { Config } from "@interchange/config";
import type { RefusalOf } from "@interchange/inference";
import type { Request } from "express";
import type { Tickets } from "./tickets.ts";

/**
 * The path, since no header outlives a redirect in every client. The query is the caller's own, unchanged. Without a
 * public URL the location is relative (RFC 9110 §10.2.2), so it leads wherever the caller reached us.
 */
export function locationOf(config: Config, req: Request, ticket: string): string {
  return `${config.publicUrl ?? ""}/r/${ticket}${req.url}`;
}

/** In characters: what every client and proxy on the way takes. */
const LOCATION_LENGTH_MAX = 2_048;

/** Whether the caller's query leaves room for any ticket; asked before anything is held for it. */
export function checkQuery(config: Config, req: Request, tickets: Tickets): RefusalOf<"request-invalid"> | undefined {
  const over = locationOf(config, req, "").length + tickets.lengthMax(req.path) - LOCATION_LENGTH_MAX;
  if (over <= 0) return undefined;
  const problem = `is too long by ${over} characters: with it the Location would have more than ${LOCATION_LENGTH_MAX}`;
  return { kind: "request-invalid", fault: "value", param: "query", problem };
}
