/** What binds a ticket to its body. */

import { hash } from "node:crypto";
import type { Ticket } from "./ticket.ts";

/** SHA-256 of the bytes as they came, in base64url. */
export function bodyDigest(body: Uint8Array | string): string {
  return hash("sha256", body, "base64url");
}

/** Whether the ticket was sealed for a body of this digest. The digest is no secret, so its comparison may take any time. */
export function isForBody(ticket: Ticket, digest: string): boolean {
  return ticket.bodyDigest === digest;
}
