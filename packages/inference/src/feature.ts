/** What a request may need and a supplier may offer. */

/** What a supplier offers only when it says so. */
const DECLARED = [
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
  "citations",
  "files",
  "web-search",
  "server-tools",
] as const;

/** What every supplier is taken to offer, as far as its format can say it, unless its row says otherwise. */
export const TAKEN_FOR_GRANTED = [
  "frequency-penalty",
  "presence-penalty",
  "high-temperature",
  "temperature-with-top-p",
  "many-stop-sequences",
  "blank-stop-sequences",
  "single-tool-calls",
] as const;

export const FEATURES = [...DECLARED, ...TAKEN_FOR_GRANTED] as const;

export type Feature = (typeof FEATURES)[number];

/**
 * What a request may ask for and a supplier may leave out without answering wrongly. What was left out is named to the
 * caller.
 */
export type Wish = Extract<Feature, "reasoning" | "single-tool-calls">;
