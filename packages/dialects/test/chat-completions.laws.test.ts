import { chatCompletions as contract } from "@interchange/contract";
import { chatCompletions } from "../src/index.ts";
import { laws } from "./laws.ts";
import type { Json } from "./situation.ts";

const checks = contract.validators.createChatCompletion;

/** Of two limits the newer name wins, and the older says no more. */
function lesser({ max_tokens: older, max_completion_tokens: newer }: Json): Json {
  return typeof older === "number" && typeof newer === "number" ? { max_tokens: Math.min(older, newer) } : {};
}

const WISH = "a wish, which may be left out without harm";
const ONLY_HERE = "it has no feature yet; who speaks this format gets it as it came";

laws({
  dialect: chatCompletions,
  document: contract.document,
  schemas: { request: "CreateChatCompletionRequest", answer: "ChatCompletion", event: "ChatCompletionEvent" },
  checks,
  sent({ route: _route, provider: _provider, ...body }, model) {
    const usage =
      body.stream === true ? { stream_options: { ...(body.stream_options as object), include_usage: true } } : {};
    return { ...body, model, ...usage, ...lesser(body) };
  },
  /** Choices are numbered in their order. */
  told: (answer) => ({
    ...answer,
    choices: (answer.choices as object[]).map((choice, index) => ({ ...choice, index })),
  }),
  frame: (_, json) => `data: ${json}\n\n`,
  done: "data: [DONE]\n\n",
  telling: {
    model: "m2",
    messages: [{ role: "user", content: "ho" }],
    max_tokens: 7,
    max_completion_tokens: 7,
    temperature: 0.5,
    top_p: 0.5,
    n: 2,
    stream: true,
    stream_options: { include_usage: true },
    stop: "x",
    logprobs: true,
    top_logprobs: 2,
    response_format: { type: "json_object" },
    tools: [{ type: "function", function: { name: "f" } }],
    tool_choice: "required",
    parallel_tool_calls: false,
    frequency_penalty: 1,
    presence_penalty: 1,
    logit_bias: { 7: 1 },
    seed: 7,
    reasoning_effort: "high",
    verbosity: "low",
    modalities: ["text", "audio"],
    audio: { voice: "v", format: "mp3" },
    prediction: { type: "content", content: "x" },
    web_search_options: {},
    functions: [{ name: "f" }],
    function_call: { name: "f" },
  },
  skips: {
    "no silent loss frequency_penalty": ONLY_HERE,
    "no silent loss presence_penalty": ONLY_HERE,
    "no silent loss logit_bias": ONLY_HERE,
    "no silent loss verbosity": WISH,
    "no silent loss prediction": WISH,
    "no silent loss reasoning_effort": WISH,
  },
});
