import { messages as contract } from "@interchange/contract";
import { messages } from "../src/index.ts";
import { laws } from "./laws.ts";

laws({
  dialect: messages,
  document: contract.document,
  schemas: { request: "CreateMessageRequest", answer: "Message" },
  checks: contract.validators.createMessage,
  sent: (body, model) => ({ ...body, model }),
  told: (answer) => answer,
  frame: (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  done: "",
  skips: {},
});
