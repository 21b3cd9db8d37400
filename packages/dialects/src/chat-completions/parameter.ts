/** The property, or the kind of part, by which a caller of this format asks for a feature. */
import type { Feature, Wish } from "@interchange/inference";

const PARAMETERS: Readonly<Record<Feature | Wish, string>> = {
  reasoning: "reasoning_effort",
  tools: "tools",
  "parallel-tools": "tool_calls",
  image: "image_url",
  document: "file",
  audio: "input_audio",
  "audio-output": "audio",
  "structured-output": "response_format",
  "json-object": "response_format",
  "several-answers": "n",
  logprobs: "logprobs",
  "logit-bias": "logit_bias",
  seed: "seed",
  "top-k": "top_k",
  verbosity: "verbosity",
  prediction: "prediction",
  citations: "citations",
  files: "file_id",
  "web-search": "web_search_options",
  "server-tools": "tools",
  "frequency-penalty": "frequency_penalty",
  "presence-penalty": "presence_penalty",
  "high-temperature": "temperature",
  "temperature-with-top-p": "top_p",
  "many-stop-sequences": "stop",
  "blank-stop-sequences": "stop",
  "single-tool-calls": "parallel_tool_calls",
};

export function parameterOf(asked: Feature | Wish): string {
  return PARAMETERS[asked];
}
