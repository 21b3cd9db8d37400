/**
 * A supplier that streams in either format: so many deltas of about 290 bytes, each in a segment of its own, so far apart.
 * A request says how many and how far: `{"deltas", "everyMs"}` as JSON in its first message.
 */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { reportSpent } from "../target.ts";

interface Told {
  readonly before: string;
  readonly delta: string;
  readonly after: string;
}

const CHUNK = {
  id: "chatcmpl-BenchBenchBenchBenchBench00",
  object: "chat.completion.chunk",
  created: 1_790_000_000,
  model: "bench-model-2026-11-23",
};

function chunk(delta: object, finish: string | null, rest: object = {}): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ ...CHUNK, system_fingerprint: "fp_bench", choices, ...rest })}\n\n`;
}

function event(type: string, rest: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

const MESSAGE = { id: "msg_bench", type: "message", role: "assistant", model: "bench-model", content: [] };
const OPEN = { stop_reason: null, stop_sequence: null, usage: { input_tokens: 12, output_tokens: 1 } };

const FORMATS: Readonly<Record<string, Told>> = {
  "/v1/chat/completions": {
    before: chunk({ role: "assistant", content: "" }, null),
    delta: chunk({ content: " the quick brown fox jumps over the lazy dog, and then it naps" }, null),
    after: `${chunk({}, "stop")}data: ${JSON.stringify({
      ...CHUNK,
      choices: [],
      usage: { prompt_tokens: 12, completion_tokens: 200, total_tokens: 212 },
    })}\n\ndata: [DONE]\n\n`,
  },
  "/v1/messages": {
    before:
      event("message_start", { message: { ...MESSAGE, ...OPEN } }) +
      event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    delta: event("content_block_delta", {
      index: 0,
      delta: { type: "text_delta", text: " the quick brown fox jumps over the lazy dog, and then it naps".repeat(3) },
    }),
    after:
      event("content_block_stop", { index: 0 }) +
      event("message_delta", {
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: 200 },
      }) +
      event("message_stop", {}),
  },
};

const server = http.createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (bytes: Buffer) => chunks.push(bytes));
  req.on("end", () => answer(req, res, Buffer.concat(chunks)));
});

function answer(req: IncomingMessage, res: ServerResponse, body: Buffer): void {
  const told = FORMATS[req.url ?? ""];
  if (told === undefined) return void res.writeHead(404).end();
  const { messages } = JSON.parse(body.toString("utf8")) as { messages: { content: string | { text: string }[] }[] };
  const content = messages[0]?.content ?? "";
  const { deltas, everyMs } = JSON.parse(typeof content === "string" ? content : (content[0]?.text ?? "")) as {
    deltas: number;
    everyMs: number;
  };
  res.socket?.setNoDelay(true);
  res.writeHead(200, { "content-type": "text/event-stream" }).write(told.before);
  let left = deltas;
  const timer = setInterval(() => {
    if (left-- > 0) return void res.write(told.delta);
    clearInterval(timer);
    res.end(told.after);
  }, everyMs);
  res.once("close", () => clearInterval(timer));
}

server.listen(0, "127.0.0.1", () => {
  reportSpent({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
