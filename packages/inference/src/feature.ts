/** What a request may need and a supplier may offer. */

export const FEATURES = [
  "tools",
  "parallel-tools",
  "image",
  "document",
  "audio",
  "reasoning",
  "structured-output",
  "several-answers",
  "logprobs",
  "seed",
  "top-k",
  "server-tools",
] as const;

export type Feature = (typeof FEATURES)[number];
