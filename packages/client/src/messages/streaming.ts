/** How this surface streams. */
import type { Streaming } from "../surface-client.ts";
import { foldMessage } from "./message.ts";

export const streaming: Streaming = {
  ask: (body) => ({ ...body, stream: true }),
  fold: foldMessage,
};
