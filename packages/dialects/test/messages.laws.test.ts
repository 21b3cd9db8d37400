import { messages as contract } from "@interchange/contract";
import { messages } from "../src/index.ts";
import { laws } from "./laws.ts";

laws({
  dialect: messages,
  document: contract.document,
  schemas: { request: "CreateMessageRequest", answer: "Message", event: "MessageStreamEvent" },
  checks: contract.validators.createMessage,
  sent: (body, model) => ({ ...body, model }),
  told: (answer) => answer,
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
  skips: { "no silent loss thinking": "a wish, which may be left out without harm" },
});
