/** Chat Completions, as a vendor speaks it. */
import { bearerIn, type Format } from "../format.ts";
import { writeAnswer } from "./answer.ts";
import { writeError, writeErrorEvent } from "./error.ts";
import { writeEvents } from "./events.ts";
import { writeModel, writeModels } from "./models.ts";
import { readPrompt } from "./prompt.ts";
import { checkRequest } from "./request.ts";

export const chatCompletions: Format = {
  name: "chat-completions",
  requestIdHeader: "x-request-id",
  overloadedStatus: 503,
  credentialsIn: bearerIn,
  checkRequest,
  readPrompt,
  writeAnswer,
  writeEvents,
  writeError,
  writeErrorEvent,
  writeModels,
  writeModel,
};
