/** Asks one question, writes the answer as it comes, and shows the receipt; an interruption ends it in good order. */
import { withProgress } from "../progress.ts";
import type { Question, Surface } from "../question.ts";
import { type Session, writeJson } from "../session.ts";
import type { Answer } from "./answer.ts";
import { askChatCompletions } from "./chat-completions.ts";
import { askMessages } from "./messages.ts";
import { showReceipt } from "./receipt.ts";

export interface Manner {
  readonly surface: Surface;
  readonly isStreamed: boolean;
  /** Aborts the answer; the receipt is shown all the same. */
  readonly signal: AbortSignal;
}

const ASK: Readonly<Record<Surface, typeof askMessages>> = {
  "chat-completions": askChatCompletions,
  messages: askMessages,
};

/** What was said. Throws what the client throws, and the reason of the signal. */
export async function ask(question: Question, manner: Manner, session: Session): Promise<string> {
  const { surface, isStreamed, signal } = manner;
  const answer = await withProgress(session.terminal, "asking", () =>
    ASK[surface](question, session, isStreamed && session.flags.json !== true, signal),
  );
  try {
    return session.flags.json === true ? await whole(answer, session) : await told(answer, session);
  } finally {
    await showReceipt(answer, session);
  }
}

async function whole(answer: Answer, session: Session): Promise<string> {
  writeJson(session, await answer.whole());
  return "";
}

/** Ends its line, however it ends. */
async function told({ text }: Answer, { terminal }: Session): Promise<string> {
  let said = "";
  try {
    for await (const piece of text) {
      said += piece;
      terminal.stdout.write(piece);
    }
    return said;
  } finally {
    if (said !== "" && !said.endsWith("\n")) terminal.stdout.write("\n");
  }
}
