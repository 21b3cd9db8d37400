/** What the page loads: the client, and the cases, which it runs by their names. */
import * as client from "../src/index.ts";
import { cases } from "./cases.ts";
import type { Place } from "./market.ts";

const runs = Object.fromEntries(cases.map(({ name, run }) => [name, run]));

/** One inference, asked for whole. */
const askOnce = (baseUrl: string, key: string): Promise<unknown> =>
  client.unwrap(
    client.createChatCompletionsClient({ baseUrl, key }).POST("/v1/chat/completions", {
      body: { model: "text-prime", messages: [{ role: "user", content: "Hello" }] },
    }),
  );

Object.assign(globalThis, { askOnce, runCase: (name: string, place: Place) => runs[name]?.(client, place) });
