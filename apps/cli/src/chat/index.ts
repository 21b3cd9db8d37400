/** `chat`: a question, or a conversation, on either surface. */
import type { Command } from "../command.ts";
import { Misuse } from "../exit.ts";
import { flagsOf } from "../mount.ts";
import { declareQuestion, modelOf, promptOf, type QuestionOptions, questionOf } from "../question.ts";
import { openSession, type Session } from "../session.ts";
import { isAttended } from "../terminal.ts";
import { ask } from "./ask.ts";
import { converse } from "./conversation.ts";

interface Options extends QuestionOptions {
  readonly stream: boolean;
}

export const chat: Command = {
  words: "chat",
  operations: ["chat-completions createChatCompletion", "messages createMessage"],
  text: "ask a question, or hold a conversation where none is given",
  declare: (command, terminal) =>
    declareQuestion(command)
      .option("--no-stream", "write the answer when it is whole")
      .action(async (words: string[], options: Options) =>
        talk(words, options, openSession(terminal, flagsOf(command))),
      ),
};

async function talk(words: readonly string[], options: Options, session: Session): Promise<void> {
  const { terminal } = session;
  const prompt = await promptOf(words, session);
  if (prompt === "" && !isAttended(terminal))
    throw new Misuse("There is no question: give it as an argument, or on stdin.");
  const model = await modelOf(options, session);
  if (prompt === "") return converse(model, options, session);
  const manner = { surface: options.surface, isStreamed: options.stream, signal: terminal.signal };
  await ask(questionOf(model, [{ role: "user", content: prompt }], options), manner, session);
}
