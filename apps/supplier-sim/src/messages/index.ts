/** Messages, as a vendor speaks it. */
import type { IncomingHttpHeaders } from "node:http";
import { bearerIn, type Format } from "../format.ts";
import { stringsOf } from "../json.ts";
import { writeAnswer } from "./answer.ts";
import { writeError, writeErrorEvent } from "./error.ts";
import { writeEvents } from "./events.ts";
import { writeModel, writeModels } from "./models.ts";
import { readPrompt } from "./prompt.ts";
import { checkRequest } from "./request.ts";

export const messages: Format = {
  name: "messages",
  requestIdHeader: "request-id",
  overloadedStatus: 529,
  credentialsIn,
  checkRequest,
  readPrompt,
  writeAnswer,
  writeEvents,
  writeError,
  writeErrorEvent,
  writeModels,
  writeModel,
};

/** The vendor takes an API key in `x-api-key` and an OAuth credential as Bearer; its SDK may send either. */
function credentialsIn(headers: IncomingHttpHeaders): readonly string[] {
  return [...stringsOf(headers["x-api-key"]), ...bearerIn(headers)];
}
