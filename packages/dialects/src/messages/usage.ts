/** Usage. Input that was read from a cache or written to one is counted apart from `input_tokens`. */
import type { Usage } from "@interchange/inference";
import { isNumber, isWire, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";

export function readUsage(wire: Wire): Usage {
  const written = count(wire.cache_creation_input_tokens);
  const lives = isWire(wire.cache_creation) ? wire.cache_creation : {};
  const cacheWrite1h = count(lives.ephemeral_1h_input_tokens);
  const reasoning = isWire(wire.output_tokens_details) ? wire.output_tokens_details.thinking_tokens : undefined;
  return {
    input: count(wire.input_tokens),
    cacheRead: count(wire.cache_read_input_tokens),
    cacheWrite5m: Math.max(written - cacheWrite1h, count(lives.ephemeral_5m_input_tokens)),
    cacheWrite1h,
    output: count(wire.output_tokens),
    ...(isNumber(reasoning) ? { reasoning } : {}),
    raw: { dialect: NAME, wire },
  };
}

/** A supplier's number, or 0 when it is none. */
function count(value: unknown): number {
  return isNumber(value) && value > 0 ? Math.round(value) : 0;
}

/** The supplier's own record when it is of this format, with the counts that the contract demands. */
export function writeUsage(usage: Usage): Wire {
  if (usage.raw?.dialect !== NAME) return writeCounts(usage);
  const counts = { input_tokens: usage.input, output_tokens: usage.output };
  const said = Object.entries(usage.raw.wire).filter(([key, value]) => !Object.hasOwn(counts, key) || isCount(value));
  return { ...counts, ...Object.fromEntries(said) };
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function writeCounts(usage: Usage): Wire {
  return {
    input_tokens: usage.input,
    output_tokens: usage.output,
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    ...(usage.cacheWrite1h === 0 ? {} : { cache_creation: writeLives(usage) }),
    ...(usage.reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  };
}

function writeLives(usage: Usage): Wire {
  return { ephemeral_5m_input_tokens: usage.cacheWrite5m, ephemeral_1h_input_tokens: usage.cacheWrite1h };
}
