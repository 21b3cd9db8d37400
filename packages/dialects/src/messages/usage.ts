/** Usage. Input that was read from a cache or written to one is counted apart from `input_tokens`. */
import type { Usage } from "@interchange/inference";
import { fitting } from "../fitting.ts";
import { countOf, isCount, isWire, type Wire } from "../wire.ts";
import { fitsUsage } from "./fit.ts";
import { NAME } from "./name.ts";

export function readUsage(wire: Wire): Usage {
  const written = countOf(wire.cache_creation_input_tokens);
  const lives = isWire(wire.cache_creation) ? wire.cache_creation : {};
  const cacheWrite1h = countOf(lives.ephemeral_1h_input_tokens);
  const reasoning = isWire(wire.output_tokens_details) ? wire.output_tokens_details.thinking_tokens : undefined;
  return {
    input: countOf(wire.input_tokens),
    cacheRead: countOf(wire.cache_read_input_tokens),
    cacheWrite5m: Math.max(written - cacheWrite1h, countOf(lives.ephemeral_5m_input_tokens)),
    cacheWrite1h,
    output: countOf(wire.output_tokens),
    ...(isCount(reasoning) ? { reasoning } : {}),
    raw: { dialect: NAME, wire: fitting(wire, fitsUsage) ?? {} },
  };
}

/** The supplier's own record when it is of this format, with the counts that the contract demands. */
export function writeUsage(usage: Usage): Wire {
  if (usage.raw?.dialect !== NAME) return writeCounts(usage);
  const counts = { input_tokens: usage.input, output_tokens: usage.output };
  const said = Object.entries(usage.raw.wire).filter(([key, value]) => !Object.hasOwn(counts, key) || isCount(value));
  return { ...counts, ...Object.fromEntries(said) };
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
