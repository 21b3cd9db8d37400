/** What we offer, as everything above the dialects sees it: surfaces, and the platform beside them. */
import type { Dialect } from "@interchange/dialects";
import { type Refusal, retryAfterMs, statusOf } from "@interchange/inference";
import type { AnyResponse, Document, Route } from "@interchange/stubs";
import { allowanceHeaders } from "./limits/index.ts";

/** An API that a document of the contract describes. */
export interface Api {
  /** The name of its folder in the contract. */
  readonly name: string;
  readonly document: Document;
  readonly routes: readonly Route[];
  /** The wire format in which it says no. */
  // The four wire types are the contract's own and differ from surface to surface; nothing above the dialects looks into them.
  readonly dialect: Dialect;
  /** The header in which it documents its key. */
  readonly keyHeader: "authorization" | "x-api-key";
}

/** An API that runs inference: one for each wire format, by the name of its dialect. */
export interface Surface extends Api {
  /** The operation that runs inference: the one that is routed. */
  readonly operationId: string;
  /** Headers that only clients of this surface send. */
  readonly marks: readonly string[];
}

/** Says no in the API's own envelope, with what a client needs to do the right thing next. */
export function refuse(surface: Api, refusal: Refusal, requestId: string): AnyResponse {
  return {
    status: statusOf(refusal),
    headers: { ...retryHeaders(refusal), ...kindHeaders(refusal) },
    body: surface.dialect.surface.writeRefusal(refusal, requestId),
  };
}

/**
 * Both vendors' SDKs retry by status unless told otherwise: they are told not to where asking again cannot help.
 * `retry-after` has whole seconds (RFC 9110 §10.2.3), so a shorter wait is said in milliseconds beside it.
 */
function retryHeaders(refusal: Refusal): Record<string, string> {
  const waitMs = retryAfterMs(refusal);
  if (waitMs === undefined) return { "x-should-retry": "false" };
  const seconds = { "retry-after": String(Math.ceil(waitMs / 1_000)) };
  return waitMs % 1_000 === 0 ? seconds : { ...seconds, "retry-after-ms": String(waitMs) };
}

/** What a kind of refusal says in headers beside. */
function kindHeaders(refusal: Refusal): Record<string, string> {
  switch (refusal.kind) {
    case "method-not-allowed":
      return { allow: refusal.allow.join(", ") };
    case "key-missing":
    case "key-refused":
      return { "www-authenticate": "Bearer" };
    case "rate-limited":
      return allowanceHeaders(refusal.allowance);
    default:
      return {};
  }
}
