/** Asks on Messages. */
import { unwrap } from "@interchange/client";
import { messagesBody, type Question } from "../question.ts";
import type { Session } from "../session.ts";
import { type Answer, headersOf, once } from "./answer.ts";

const PATH = "/v1/messages";

export async function askMessages(
  question: Question,
  { messages }: Session,
  isStreamed: boolean,
  signal: AbortSignal,
): Promise<Answer> {
  const body = messagesBody(question);
  if (isStreamed) {
    const stream = await messages.stream(PATH, { body, signal });
    return { ...headersOf(stream.response), text: textsOf(stream), whole: () => stream.final() };
  }
  const answered = await messages.POST(PATH, { body, signal });
  const whole = await unwrap(answered);
  const text = whole.content.map((block) => (block.type === "text" ? block.text : "")).join("");
  return { ...headersOf(answered.response), text: once(text), whole: async () => whole };
}

async function* textsOf(events: AsyncIterable<{ readonly type: string }>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== "content_block_delta") continue;
    const { delta } = event as unknown as { readonly delta: { readonly type: string; readonly text?: string } };
    if (delta.type === "text_delta" && delta.text) yield delta.text;
  }
}
