/** How this surface streams. */
import type { Streaming } from "../surface-client.ts";
import { foldCompletion } from "./completion.ts";

export const streaming: Streaming = {
  /** The usage is asked for unless the caller said something, since the whole answer has it. */
  ask: (body) => ({ ...body, stream: true, stream_options: body["stream_options"] ?? { include_usage: true } }),
  fold: foldCompletion,
};
