/** A run of one command: its terminal, its settings, and the clients of the gateway that it asks. */
import { type ChatCompletionsClient, createChatCompletionsClient } from "@interchange/client/chat-completions";
import { createMessagesClient, type MessagesClient } from "@interchange/client/messages";
import { createPlatformClient, type PlatformClient } from "@interchange/client/platform";
import type { Page } from "./page.ts";
import { paintFor } from "./paint.ts";
import { type Flags, readSettings, type Settings } from "./settings.ts";
import { type Terminal, widthOf } from "./terminal.ts";
import { watched } from "./watched.ts";

export interface Session {
  readonly terminal: Terminal;
  readonly settings: Settings;
  readonly flags: Flags;
  readonly platform: PlatformClient;
  readonly messages: MessagesClient;
  readonly chatCompletions: ChatCompletionsClient;
  /** Of stdout. */
  readonly page: Page;
}

export function openSession(terminal: Terminal, flags: Flags): Session {
  return sessionWith(terminal, flags, readSettings(flags, terminal.env));
}

export function sessionWith(terminal: Terminal, flags: Flags, settings: Settings): Session {
  const options = {
    baseUrl: settings.url,
    ...(settings.key === undefined ? {} : { key: settings.key }),
    ...(flags.verbose === true ? { fetch: watched(terminal) } : {}),
  };
  return {
    terminal,
    settings,
    flags,
    platform: createPlatformClient(options),
    messages: createMessagesClient(options),
    chatCompletions: createChatCompletionsClient(options),
    page: {
      width: widthOf(terminal.stdout, terminal.env),
      paint: paintFor(terminal.stdout, terminal.env),
      nowMs: terminal.nowMs(),
    },
  };
}

export function writeJson({ terminal }: Session, value: unknown): void {
  terminal.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
