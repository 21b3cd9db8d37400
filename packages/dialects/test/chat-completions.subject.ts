/** The Chat Completions format as a subject of the laws. */
import { chatCompletions as contract } from "@interchange/contract";
import { chatCompletions } from "../src/index.ts";
import type { Json } from "./situation.ts";
import type { Subject } from "./subject.ts";

const checks = contract.validators.createChatCompletion;

/** Of two limits the newer name wins, and the older says no more. */
function lesser({ max_tokens: older, max_completion_tokens: newer }: Json): Json {
  return typeof older === "number" && typeof newer === "number" ? { max_tokens: Math.min(older, newer) } : {};
}

/** Of a message what has a word, or is told bit by bit; a text that says nothing is none. */
function said({ content, refusal, reasoning_content, tool_calls, function_call }: Json): Json {
  const calls = (tool_calls as readonly Json[] | undefined)?.map(({ index: _, ...call }) => call);
  return { content: content || null, refusal, reasoning_content, tool_calls: calls ?? null, function_call };
}

/** Arguments are JSON, which nothing is not; thoughts in pieces are told under the name that callers look for as well. */
function toldMessage(message: Json): Json {
  const calls = message.tool_calls as readonly Json[] | null | undefined;
  const text = textOf(message.reasoning_details);
  return {
    ...message,
    ...(calls ? { tool_calls: calls.map(toldCall) } : {}),
    ...(text === "" || message.reasoning_content ? {} : { reasoning_content: text }),
  };
}

function toldCall({ function: inner, ...call }: Json): Json {
  const fn = inner as Json | undefined;
  if (call.type !== "function" || fn === undefined) return inner === undefined ? call : { ...call, function: inner };
  return { ...call, function: { ...fn, arguments: fn.arguments === "" ? "{}" : fn.arguments } };
}

/** The text of pieces that are all known; nothing where one is not. */
function textOf(pieces: unknown): string {
  const texts = (Array.isArray(pieces) ? pieces : []).map(({ type, text, summary, data }: Json) => {
    if (type === "reasoning.text") return text ?? "";
    if (type === "reasoning.summary") return summary || undefined;
    return type === "reasoning.encrypted" && data ? "" : undefined;
  });
  return texts.includes(undefined) ? "" : texts.join("");
}

export const subject: Subject = {
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
    choices: (answer.choices as Json[]).map((choice, index) => ({
      ...choice,
      index,
      message: toldMessage(choice.message as Json),
    })),
  }),
  content: ({ choices }) => (choices as readonly { readonly message: Json }[]).map(({ message }) => said(message)),
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
  skips: {},
  transcriptSkips: {
    "re-tell unknown-finish-word": "a word that the contract does not know is told as one that it does",
    "say it back arguments-as-object": "arguments are a text in the contract",
    "say it back content-as-parts": "content is a text in the contract",
  },
};
