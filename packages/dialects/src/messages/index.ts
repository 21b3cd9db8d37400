/** The Messages format, both halves. https://docs.anthropic.com/en/api/messages */
import type {
  CreateMessageRequest,
  Message,
  MessageStreamEvent,
  Error as Refused,
} from "@interchange/contract/messages";
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
    verifiesThinking: true,
    writeHeaders,
    writeRequest,
    readAnswer,
    readEvents,
    readRefusal,
  },
} satisfies Dialect<Wire, Wire, Wire, Refused>;

/** In the contract's types: the bags hide from the compiler what the laws prove, that all that is written is in contract. */
export const messages = halves as unknown as Dialect<CreateMessageRequest, Message, MessageStreamEvent, Refused>;
