import { chatCompletions as contract } from "@interchange/contract";
import { chatCompletions } from "../src/index.ts";
import { laws } from "./laws.ts";

const checks = contract.validators.createChatCompletion;

laws({
  dialect: chatCompletions,
  document: contract.document,
  schemas: { request: "CreateChatCompletionRequest", answer: "ChatCompletion" },
  checks,
  sent({ route: _route, provider: _provider, ...body }, model) {
    const usage =
      body.stream === true ? { stream_options: { ...(body.stream_options as object), include_usage: true } } : {};
    return { ...body, model, ...usage };
  },
  frame: (event) => `data: ${JSON.stringify(event)}\n\n`,
  done: "data: [DONE]\n\n",
  skips: {},
});
