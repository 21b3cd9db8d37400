import { chatCompletions as contract } from "@interchange/contract";
import { chatCompletions } from "../src/index.ts";
import { laws } from "./laws.ts";
import type { Json } from "./situation.ts";

const checks = contract.validators.createChatCompletion;

/** Of two limits the newer name wins, and the older says no more. */
function lesser({ max_tokens: older, max_completion_tokens: newer }: Json): Json {
  return typeof older === "number" && typeof newer === "number" ? { max_tokens: Math.min(older, newer) } : {};
}

laws({
  dialect: chatCompletions,
  document: contract.document,
  schemas: { request: "CreateChatCompletionRequest", answer: "ChatCompletion" },
  checks,
  sent({ route: _route, provider: _provider, ...body }, model) {
    const usage =
      body.stream === true ? { stream_options: { ...(body.stream_options as object), include_usage: true } } : {};
    return { ...body, model, ...usage, ...lesser(body) };
  },
  /** Choices are numbered in their order. */
  told: (answer) => ({ ...answer, choices: (answer.choices as object[]).map((choice, index) => ({ ...choice, index })) }),
  frame: (event) => `data: ${JSON.stringify(event)}\n\n`,
  done: "data: [DONE]\n\n",
  skips: {},
});
