/** What only this surface knows: how it is asked for events, and how they fold. */
import type { Surface } from "../surface-client.ts";
import { foldMessage } from "./message.ts";

export const surface: Surface = {
  /** Of the format that is read here; the gateway's catalogue has one address for both surfaces, and answers this one by it. */
  headers: { "anthropic-version": "2023-06-01" },
  ask: (body) => ({ ...body, stream: true }),
  fold: foldMessage,
};
