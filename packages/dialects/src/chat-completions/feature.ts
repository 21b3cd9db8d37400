/** What the format can carry, and by which properties callers ask for what not everybody honours. */
import type { Feature } from "@interchange/inference";
import { isNumber, isText, isTrue, isWire, type Wire } from "../wire.ts";

export const CARRIES: ReadonlySet<Feature> = new Set<Feature>([
  "tools",
  "parallel-tools",
  "image",
  "document",
  "audio",
  "audio-output",
  "reasoning",
  "structured-output",
  "json-object",
  "several-answers",
  "logprobs",
  "logit-bias",
  "seed",
  "top-k",
  "verbosity",
  "prediction",
  "files",
  "web-search",
  "frequency-penalty",
  "presence-penalty",
  "high-temperature",
  "temperature-with-top-p",
  "blank-stop-sequences",
  "single-tool-calls",
]);

/** A property that changes the answer and that not every supplier honours. */
interface Filter {
  readonly need: Feature;
  /** True where no other format can say it, whatever its supplier offers. */
  readonly bond?: true;
  /** Whether this value asks for anything. */
  asked(value: unknown): boolean;
}

const isSet = (value: unknown): boolean => isNumber(value) && value !== 0;
const hasEntries = (value: unknown): boolean => isWire(value) && Object.keys(value).length > 0;
const isLong = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

/** The properties that the contract calls `filter`, but for those that have a word. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  logprobs: { need: "logprobs", asked: isTrue },
  top_logprobs: { need: "logprobs", asked: (value) => isNumber(value) && value > 0 },
  frequency_penalty: { need: "frequency-penalty", asked: isSet },
  presence_penalty: { need: "presence-penalty", asked: isSet },
  logit_bias: { need: "logit-bias", asked: hasEntries },
  verbosity: { need: "verbosity", asked: (value) => isText(value) && value !== "medium" },
  modalities: { need: "audio-output", asked: (value) => Array.isArray(value) && value.includes("audio") },
  audio: { need: "audio-output", asked: isWire },
  prediction: { need: "prediction", asked: isWire },
  web_search_options: { need: "web-search", asked: isWire },
  functions: { need: "tools", bond: true, asked: isLong },
  function_call: { need: "tools", bond: true, asked: (value) => isText(value) || isWire(value) },
};

/** What the body needs and is bound by, beyond what its words say. */
export function readFilters(body: Wire): { readonly needs: readonly Feature[]; readonly bonds: readonly string[] } {
  const asked = Object.entries(FILTERS).filter(([name, filter]) => filter.asked(body[name]));
  return {
    needs: [...new Set(asked.map(([, { need }]) => need))],
    bonds: asked.filter(([, { bond }]) => bond).map(([name]) => name),
  };
}
