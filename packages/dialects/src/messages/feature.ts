/** What the format can carry. */
import type { Feature } from "@interchange/inference";

export const CARRIES: ReadonlySet<Feature> = new Set<Feature>([
  "tools",
  "parallel-tools",
  "image",
  "document",
  "reasoning",
  "structured-output",
  "top-k",
  "citations",
  "files",
  "server-tools",
  "temperature-with-top-p",
  "many-stop-sequences",
  "single-tool-calls",
]);
