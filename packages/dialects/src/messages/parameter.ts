/** The property, or the kind of part, by which a caller of this format asks for a feature. */
import type { Feature, Wish } from "@interchange/inference";

const PARAMETERS: Readonly<Record<Feature | Wish, string>> = {
  reasoning: "thinking",
  tools: "tools",
  "parallel-tools": "tool_use",
  image: "image",
  document: "document",
  audio: "audio",
  "audio-output": "audio",
  "structured-output": "output_config.format",
  "json-object": "output_config.format",
  "several-answers": "n",
  logprobs: "logprobs",
  "logit-bias": "logit_bias",
  seed: "seed",
  "top-k": "top_k",
  verbosity: "verbosity",
  prediction: "prediction",
  citations: "citations",
  files: "file_id",
  "web-search": "tools",
  "server-tools": "tools",
  "frequency-penalty": "frequency_penalty",
  "presence-penalty": "presence_penalty",
  "high-temperature": "temperature",
  "temperature-with-top-p": "top_p",
  "many-stop-sequences": "stop_sequences",
  "blank-stop-sequences": "stop_sequences",
  "single-tool-calls": "tool_choice.disable_parallel_tool_use",
};

export function parameterOf(asked: Feature | Wish): string {
  return PARAMETERS[asked];
}
