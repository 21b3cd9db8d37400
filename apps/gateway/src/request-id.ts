/** Ids of requests: the same in the answer's headers, in its body, in the log and in the books. */
import { randomUUIDv7 } from "node:crypto";

/** Ids grow with time (RFC 9562 §5.7), so the ledger writes them side by side. */
export function newRequestId(): string {
  const id = randomUUIDv7();
  return `req_${id.slice(0, 8)}${id.slice(9, 13)}${id.slice(14, 18)}${id.slice(19, 23)}${id.slice(24)}`;
}

/** Both vendors' SDKs look for the id, each under its own name. */
export function idHeaders(requestId: string): Record<"x-request-id" | "request-id", string> {
  return { "x-request-id": requestId, "request-id": requestId };
}
