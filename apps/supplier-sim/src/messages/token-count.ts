/** `POST /v1/messages/count_tokens` (Messages reference, "Count tokens in a message"). */
import { readJson } from "../body.ts";
import { Declined, type Exchange } from "../exchange.ts";
import { readPrompt } from "./prompt.ts";
import { checkPromptOf } from "./request.ts";

/** The same number that an answer to the request would report. Throws Declined (400). */
export function serveTokenCount({ record, request }: Exchange): object {
  const body = readJson(record.body);
  const complaint = checkPromptOf(body, request.headers);
  if (complaint !== undefined) throw new Declined(complaint);
  return { input_tokens: readPrompt(body).inputTokens };
}
