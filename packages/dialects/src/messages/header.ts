/** Headers of the format. https://docs.anthropic.com/en/api/versioning and https://docs.anthropic.com/en/api/beta-headers */
import type { InferenceRequest } from "@interchange/inference";
import { isSaid, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";

export const PATH = "/v1/messages";

/** The version that every supplier of the format knows. */
const VERSION = "2023-06-01";

/** What a caller says beside the body: in which version it is written, and which trials it takes part in. */
const CARRIED = ["anthropic-version", "anthropic-beta"];

export function readHeaders(headers: Wire): Pick<InferenceRequest, "headers"> {
  const carried = CARRIED.flatMap((name) => (isSaid(headers[name]) ? [[name, headers[name]] as const] : []));
  return carried.length === 0 ? {} : { headers: { [NAME]: Object.fromEntries(carried) } };
}

export function writeHeaders(request: InferenceRequest, credential: string | undefined): Record<string, string> {
  return {
    "anthropic-version": VERSION,
    ...request.headers?.[NAME],
    ...(credential === undefined ? {} : { "x-api-key": credential }),
  };
}
