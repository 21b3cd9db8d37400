/** How many tokens a prompt has, before it is sent. */
import { unwrap } from "@interchange/client";
import type { Command } from "../command.ts";
import { Misuse } from "../exit.ts";
import { flagsOf } from "../mount.ts";
import { messagesBody, modelOf, promptOf, questionOf } from "../question.ts";
import { readData } from "../said.ts";
import { openSession, type Session, writeJson } from "../session.ts";

interface Options {
  readonly model?: string;
  readonly system?: string;
  readonly data?: string;
}

type Body = NonNullable<Parameters<Session["messages"]["POST"]>[1]>["body"];

export const tokenCount: Command = {
  words: "tokens count",
  operations: ["messages countMessageTokens"],
  text: "count the tokens of a prompt, as the Messages surface does",
  declare: (command, terminal) =>
    command
      .argument("[prompt...]", "what to count; `-` stands for what stdin says")
      .option("-m, --model <instrument>", "the instrument; the account's default unless said")
      .option("--system <text>", "the instructions before it")
      .option("--data <data>", "the request to count, as JSON: @file.json, or - for stdin")
      .action(async (words: string[], options: Options) =>
        count(words, options, openSession(terminal, flagsOf(command))),
      ),
};

async function count(words: readonly string[], options: Options, session: Session): Promise<void> {
  const { terminal, messages } = session;
  const body = (await bodyOf(words, options, session)) as Body & object;
  const told = await unwrap(messages.POST("/v1/messages/count_tokens", { body, signal: terminal.signal }));
  if (session.flags.json === true) writeJson(session, told);
  else terminal.stdout.write(`${told.input_tokens}\n`);
}

async function bodyOf(words: readonly string[], options: Options, session: Session): Promise<object> {
  if (options.data !== undefined) return readData(options.data, session.terminal);
  const prompt = await promptOf(words, session);
  if (prompt === "") throw new Misuse("There is nothing to count: give it as an argument, or on stdin.");
  const model = await modelOf({ ...options, surface: "messages" }, session);
  const question = questionOf(model, [{ role: "user", content: prompt }], { ...options, surface: "messages" });
  const { max_tokens: _, ...body } = messagesBody(question);
  return body;
}
