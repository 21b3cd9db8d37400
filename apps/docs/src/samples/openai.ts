/** A call as OpenAI's SDK makes it, where it has one. */
import { type Call, ORIGIN } from "./call.ts";
import { literalOf } from "./literal.ts";
import type { Writer } from "./writer.ts";

const HEAD = `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${ORIGIN}/v1",
  apiKey: process.env.KEY,
});
`;

export const openai: Writer = {
  label: "OpenAI SDK",
  language: "JavaScript",
  write(call) {
    const body = call.document === "chat-completions" ? CALLS[call.operation.id]?.(call) : undefined;
    return body && `${HEAD}${body}`;
  },
};

const CALLS: Readonly<Record<string, (call: Call) => string>> = {
  createChatCompletion: ({ body = {}, isStreamed }) =>
    isStreamed
      ? `const stream = await client.chat.completions.create(${literalOf(body, 0, 50)});
for await (const { choices } of stream) {
  process.stdout.write(choices[0]?.delta.content ?? "");
}`
      : `const answer = await client.chat.completions.create(${literalOf(body, 0, 50)});
console.log(answer.choices[0]?.message);`,
  listModels: () => `for await (const model of client.models.list()) {
  console.log(model.id);
}`,
  retrieveModel: ({ inPath }) => `const model = await client.models.retrieve(${literalOf(inPath["id"] ?? "")});
console.log(model);`,
};
