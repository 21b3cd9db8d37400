/** Marks for a supplier's cache: `cache_control`, which some servers of this format take over from another. */
import type { CacheMark } from "@interchange/inference";
import type { Telling } from "../telling.ts";
import { isWire, type Wire } from "../wire.ts";

/** The mark, to be spread. Its exact form stays in the bag. */
export function readCache({ cache_control: wire }: Wire): { readonly cache?: CacheMark } {
  if (!isWire(wire) || wire.type !== "ephemeral") return {};
  return { cache: wire.ttl === "5m" || wire.ttl === "1h" ? { ttl: wire.ttl } : {} };
}

/** The mark, to be spread; nothing where the supplier refuses it. What came in this format has it in its bag. */
export function writeCache(cache: CacheMark | undefined, how: Telling): Wire {
  return cache !== undefined && marksCache(how) ? { cache_control: { type: "ephemeral", ...cache } } : {};
}

export function marksCache({ own, quirks }: Telling): boolean {
  return !own && quirks.cacheControl === true;
}
