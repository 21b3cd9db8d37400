/** A call as Anthropic's SDK makes it, where it has one. */
import { type Call, ORIGIN } from "./call.ts";
import { literalOf } from "./literal.ts";
import type { Writer } from "./writer.ts";

const HEAD = `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({
  baseURL: "${ORIGIN}",
  authToken: process.env.KEY,
});
`;

export const anthropic: Writer = {
  label: "Anthropic SDK",
  language: "JavaScript",
  write(call) {
    const body = call.document === "messages" ? CALLS[call.operation.id]?.(call) : undefined;
    return body && `${HEAD}${body}`;
  },
};

const CALLS: Readonly<Record<string, (call: Call) => string>> = {
  createMessage: ({ body = {}, isStreamed }) =>
    isStreamed
      ? `const stream = await client.messages.create(${literalOf(body, 0, 45)});
for await (const event of stream) {
  if (event.type === "content_block_delta" && event.delta.type === "text_delta")
    process.stdout.write(event.delta.text);
}`
      : `const message = await client.messages.create(${literalOf(body, 0, 45)});
console.log(message.content);`,
  countMessageTokens: ({ body = {} }) => `const count = await client.messages.countTokens(${literalOf(body, 0, 48)});
console.log(count.input_tokens);`,
  listModels: () => `for await (const model of client.models.list()) {
  console.log(model.id);
}`,
  retrieveModel: ({ inPath }) => `const model = await client.models.retrieve(${literalOf(inPath["id"] ?? "")});
console.log(model);`,
};
