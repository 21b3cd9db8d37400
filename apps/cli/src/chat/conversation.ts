/** A conversation: a question at a time from the terminal, each with what was said before. */
import { createInterface, type Interface } from "node:readline";
import { fail } from "../failure.ts";
import { paintFor } from "../paint.ts";
import { type QuestionOptions, questionOf, type Turn } from "../question.ts";
import type { Session } from "../session.ts";
import { say } from "../terminal.ts";
import { ask } from "./ask.ts";

/** Until the caller ends it, by Ctrl-D, or by Ctrl-C while nothing is asked. */
export async function converse(
  model: string,
  options: QuestionOptions & { readonly stream: boolean },
  session: Session,
): Promise<void> {
  const { terminal } = session;
  const paint = paintFor(terminal.stderr, terminal.env);
  say(terminal, paint("dim", `${model} on ${options.surface}. Ctrl-C stops an answer, Ctrl-D ends.`));
  const lines = createInterface({ input: terminal.stdin, output: terminal.stderr, prompt: paint("cyan", "› ") });
  // Listened to before the prompt, since somebody may write ahead of it.
  const said = lines[Symbol.asyncIterator]();
  // Somebody may end it while an answer comes.
  const over = new AbortController();
  lines.once("close", () => over.abort());
  let turns: readonly Turn[] = [];
  lines.prompt();
  for await (const line of said) {
    if (line.trim() !== "") turns = await exchanged(turns, line, { model, options, session, lines });
    if (!over.signal.aborted) lines.prompt();
  }
  terminal.stderr.write("\n");
}

interface Course {
  readonly model: string;
  readonly options: QuestionOptions & { readonly stream: boolean };
  readonly session: Session;
  readonly lines: Interface;
}

/** The conversation after one more question. What fails, or is stopped, is said and was never asked. */
async function exchanged(turns: readonly Turn[], line: string, course: Course): Promise<readonly Turn[]> {
  const { model, options, session, lines } = course;
  const asked: readonly Turn[] = [...turns, { role: "user", content: line }];
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new DOMException("interrupted", "AbortError"));
  lines.once("SIGINT", interrupt);
  try {
    const manner = { surface: options.surface, isStreamed: options.stream, signal: stop.signal };
    const said = await ask(questionOf(model, asked, options), manner, session);
    return said === "" ? turns : [...asked, { role: "assistant", content: said }];
  } catch (error) {
    fail(error, { ...session.terminal, signal: stop.signal });
    return turns;
  } finally {
    lines.off("SIGINT", interrupt);
  }
}
