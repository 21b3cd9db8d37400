/** The Chat Completions format, both halves. https://platform.openai.com/docs/api-reference/chat */
import type { Dialect } from "../dialect.ts";
import type { Wire } from "../wire.ts";
import { readAnswer, writeAnswer } from "./answer.ts";
import { type Refused, readRefusal, writeRefusal } from "./error.ts";
import { CARRIES } from "./feature.ts";
import { PATH, writeHeaders } from "./header.ts";
import { writeListing, writeListings } from "./listing.ts";
import { NAME } from "./name.ts";
import { readEvents } from "./read-events.ts";
import { readRequest, writeRequest } from "./request.ts";
import { writeEvents } from "./write-events.ts";

export const chatCompletions: Dialect<Wire, Wire, Wire, Refused> = {
  name: NAME,
  surface: { readRequest, writeAnswer, writeEvents, writeRefusal, writeListing, writeListings },
  supplier: {
    path: PATH,
    carries: CARRIES,
    writeHeaders: (_request, credential) => writeHeaders(credential),
    writeRequest,
    readAnswer,
    readEvents,
    readRefusal,
  },
};
