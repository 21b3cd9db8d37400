/** A call as our own client makes it. */
import type { Json } from "@interchange/contract";
import { type Call, ORIGIN } from "./call.ts";
import { literalOf } from "./literal.ts";
import type { Writer } from "./writer.ts";

export const client: Writer = {
  label: "Our client",
  language: "JavaScript",
  write(call) {
    const create = creatorOf(call.document);
    const isTold = !call.isStreamed && !call.isPaged;
    return `import { ${create}${isTold ? ", unwrap" : ""} } from "@interchange/client/${call.document}";

const client = ${create}({
  baseUrl: "${ORIGIN}",
  key: process.env.KEY,
});
${isTold ? answerOf(call) : call.isPaged ? itemsOf(call) : streamOf(call)}`;
  },
};

/** `chat-completions` → `createChatCompletionsClient`. */
function creatorOf(document: string): string {
  return `create${document.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}Client`;
}

function answerOf(call: Call): string {
  const { method } = call.operation;
  const asked = `await unwrap(\n  client.${method}(${argumentsOf(call, 2)}),\n);`;
  const answers = call.operation.answers.some(({ status }) => status === 204);
  return answers ? asked : `const answer = ${asked}\nconsole.log(answer);`;
}

function itemsOf(call: Call): string {
  return `const list = client.items(${argumentsOf(call, 0)});
for await (const item of list) console.log(item);`;
}

function streamOf(call: Call): string {
  return `const stream = await client.stream(${argumentsOf(call, 0)});
for await (const event of stream) console.log(event);

const answer = await stream.final();
console.log(answer.usage);`;
}

function argumentsOf(call: Call, indent: number): string {
  const path = JSON.stringify(call.operation.path);
  const init = initOf(call);
  if (Object.keys(init).length === 0) return path;
  return `${path}, ${literalOf(init, indent, 40 + path.length)}`;
}

/** What openapi-fetch takes beside the path. `stream` says itself that it wants a stream. */
function initOf({ inPath, inQuery, body, isStreamed }: Call): { [name: string]: Json } {
  const params = { ...(has(inPath) && { path: inPath }), ...(has(inQuery) && { query: inQuery }) };
  const said = isStreamed ? withoutStream(body) : body;
  return { ...(has(params) && { params }), ...(said !== undefined && { body: said }) };
}

function withoutStream(body: Json | undefined): Json | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "stream"));
}

function has(values: object): boolean {
  return Object.keys(values).length > 0;
}
