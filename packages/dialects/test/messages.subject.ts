/** The Messages format as a subject of the laws. */
import { messages as contract } from "@interchange/contract";
import { messages } from "../src/index.ts";
import type { Subject } from "./subject.ts";

export const subject: Subject = {
  dialect: messages,
  document: contract.document,
  schemas: { request: "CreateMessageRequest", answer: "Message", event: "MessageStreamEvent" },
  checks: contract.validators.createMessage,
  sent: ({ route: _route, provider: _provider, ...body }, model) => ({ ...body, model }),
  told: (answer) => answer,
  content: ({ content }) => content,
  frame: (type, json) => `event: ${type}\ndata: ${json}\n\n`,
  done: "",
  telling: {
    model: "m2",
    max_tokens: 7,
    messages: [{ role: "user", content: "ho" }],
    system: "be kind",
    stop_sequences: ["x"],
    stream: true,
    temperature: 0.5,
    top_p: 0.5,
    top_k: 5,
    tools: [{ name: "f", input_schema: { type: "object" } }],
    tool_choice: { type: "any" },
    thinking: { type: "enabled", budget_tokens: 1024 },
    output_config: { format: { type: "json_schema", schema: { type: "object" } } },
  },
  skips: {},
  transcriptSkips: {
    "re-tell unknown-stop-reason": "a word that the contract does not know is told as one that it does",
  },
};
