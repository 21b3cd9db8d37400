/** What the format can carry. */
import type { Feature } from "@interchange/inference";

export const CARRIES: ReadonlySet<Feature> = new Set<Feature>([
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
  "server-tools",
]);
