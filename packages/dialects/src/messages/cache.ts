/** Marks for a supplier's cache: `cache_control`. https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching */
import type { CacheMark, Part } from "@interchange/inference";
import { isWire, type Wire } from "../wire.ts";

/** The mark; undefined when there is none. Its exact form stays in the bag. */
export function readCache({ cache_control: wire }: Wire): CacheMark | undefined {
  if (!isWire(wire) || wire.type !== "ephemeral") return undefined;
  return wire.ttl === "5m" || wire.ttl === "1h" ? { ttl: wire.ttl } : {};
}

/** The mark, to be spread. What came in this format has it in its bag. */
export function writeCache(cache: CacheMark | undefined): Wire {
  return cache === undefined ? {} : { cache_control: { type: "ephemeral", ...cache } };
}

/** Whether a mark can stand on it. */
export function isMarkable(part: Part): part is Extract<Part, { readonly cache?: CacheMark }> {
  return part.type !== "reasoning" && part.type !== "refusal" && part.type !== "audio" && part.type !== "opaque";
}
