/** The Chat Completions format, both halves. https://platform.openai.com/docs/api-reference/chat */
import type {
  ChatCompletion,
  ChatCompletionEvent,
  CreateChatCompletionRequest,
  Error as Refused,
} from "@interchange/contract/chat-completions";
import type { Dialect } from "../dialect.ts";
import type { Wire } from "../wire.ts";
import { readAnswer, writeAnswer } from "./answer.ts";
import { readRefusal, writeRefusal } from "./error.ts";
import { CARRIES } from "./feature.ts";
import { PATH, writeHeaders } from "./header.ts";
import { writeListing, writeListings } from "./listing.ts";
import { NAME } from "./name.ts";
import { parameterOf } from "./parameter.ts";
import { readEvents } from "./read-events.ts";
import { readRequest, writeRequest } from "./request.ts";
import { unknownIn } from "./unknown.ts";
import { writeEvents } from "./write-events.ts";

const halves = {
  name: NAME,
  surface: { readRequest, writeAnswer, writeEvents, writeRefusal, writeListing, writeListings, parameterOf, unknownIn },
  supplier: {
    path: PATH,
    carries: CARRIES,
    verifiesThinking: false,
    writeHeaders: (_request, credential) => writeHeaders(credential),
    writeRequest,
    readAnswer,
    readEvents,
    readRefusal,
  },
} satisfies Dialect<Wire, Wire, Wire, Refused>;

/** In the contract's types: the bags hide from the compiler what the laws prove, that all that is written is in contract. */
export const chatCompletions = halves as unknown as Dialect<
  CreateChatCompletionRequest,
  ChatCompletion,
  ChatCompletionEvent,
  Refused
>;
