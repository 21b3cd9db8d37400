/** Asks on Chat Completions. */
import { unwrap } from "@interchange/client";
import { chatCompletionsBody, type Question } from "../question.ts";
import type { Session } from "../session.ts";
import { type Answer, headersOf, once } from "./answer.ts";

const PATH = "/v1/chat/completions";

export async function askChatCompletions(
  question: Question,
  { chatCompletions }: Session,
  isStreamed: boolean,
  signal: AbortSignal,
): Promise<Answer> {
  const body = chatCompletionsBody(question);
  if (isStreamed) {
    const stream = await chatCompletions.stream(PATH, { body, signal });
    return { ...headersOf(stream.response), text: textsOf(stream), whole: () => stream.final() };
  }
  const answered = await chatCompletions.POST(PATH, { body, signal });
  const whole = await unwrap(answered);
  const text = whole.choices.map(({ message }) => message.content ?? message.refusal ?? "").join("\n");
  return { ...headersOf(answered.response), text: once(text), whole: async () => whole };
}

interface Chunk {
  readonly choices: readonly {
    readonly delta: { readonly content?: string | null; readonly refusal?: string | null };
  }[];
}

async function* textsOf(chunks: AsyncIterable<Chunk>): AsyncGenerator<string> {
  for await (const { choices } of chunks)
    for (const { delta } of choices) {
      const text = delta.content ?? delta.refusal;
      if (text) yield text;
    }
}
