/** The message object (Messages reference): the whole answer as one document. */
import type { Answer, Choice } from "../answer.ts";
import type { Letterhead } from "../format.ts";
import type { Prompt } from "../prompt.ts";
import { blocksOf } from "./content.ts";
import { writeFinish } from "./finish.ts";
import { writeUsage } from "./usage.ts";

export function writeAnswer(answer: Answer, _prompt: Prompt, letterhead: Letterhead): object {
  const choice = answer.choices[0] as Choice;
  return {
    id: `msg_${letterhead.serial}`,
    type: "message",
    role: "assistant",
    model: letterhead.model,
    content: blocksOf(choice, letterhead).map((block) => block.whole),
    ...writeFinish(choice),
    ...(answer.usage === undefined ? {} : { usage: writeUsage(answer.usage) }),
  };
}
