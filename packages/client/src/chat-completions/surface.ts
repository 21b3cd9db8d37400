/** What only this surface knows: how it is asked for events, and how they fold. */
import type { Surface } from "../surface-client.ts";
import { foldCompletion } from "./completion.ts";

export const surface: Surface = {
  /** The usage is asked for unless the caller said something, since the whole answer has it. */
  ask: (body) => ({ ...body, stream: true, stream_options: body["stream_options"] ?? { include_usage: true } }),
  fold: foldCompletion,
};
