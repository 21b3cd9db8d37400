/** A question as either surface takes it. */

import { unwrap } from "@interchange/client";
import { type Command as Commander, Option as CommanderOption } from "commander";
import { Misuse } from "./exit.ts";
import { countOf } from "./mount.ts";
import type { Session } from "./session.ts";
import { readAll, say } from "./terminal.ts";

export const SURFACES = ["chat-completions", "messages"] as const;
export type Surface = (typeof SURFACES)[number];

export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string;
}

export interface Question {
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly system?: string;
  readonly maxTokens?: number;
}

/** What Messages requires where nothing is said. */
const MAX_TOKENS = 1_024;

export function chatCompletionsBody({ model, turns, system, maxTokens }: Question) {
  const first = system === undefined ? [] : [{ role: "system" as const, content: system }];
  const cap = maxTokens === undefined ? {} : { max_completion_tokens: maxTokens };
  return { model, messages: [...first, ...turns.map((turn) => ({ ...turn }))], ...cap };
}

export function messagesBody({ model, turns, system, maxTokens = MAX_TOKENS }: Question) {
  const prompt = system === undefined ? {} : { system };
  return { model, max_tokens: maxTokens, ...prompt, messages: turns.map((turn) => ({ ...turn })) };
}

export interface QuestionOptions {
  readonly model?: string;
  readonly system?: string;
  readonly maxTokens?: number;
  readonly surface: Surface;
}

export function declareQuestion(command: Commander): Commander {
  return command
    .argument("[prompt...]", "what to ask; `-` stands for what stdin says")
    .option(
      "-m, --model <instrument>",
      "the instrument; unless said the account's default, or the first it has tokens of",
    )
    .addOption(surfaceOption())
    .option("--system <text>", "the instructions before the question")
    .option("--max-tokens <n>", "how long the answer may be", countOf);
}

export function surfaceOption(): CommanderOption {
  return new CommanderOption("-s, --surface <surface>", "where to ask").choices(SURFACES).default("chat-completions");
}

/** The prompt of the arguments, with stdin in the place of `-`; stdin alone where there are none. Empty where nobody says anything. */
export async function promptOf(words: readonly string[], { terminal }: Session): Promise<string> {
  if (words.length === 0) return terminal.stdin.isTTY === true ? "" : (await readAll(terminal)).trim();
  const piped = words.includes("-") ? (await readAll(terminal)).trim() : "";
  return words.map((word) => (word === "-" ? piped : word)).join(" ");
}

/** The instrument that was named, or the account's own, or the first that it has tokens of. Throws a Misuse where there is none. */
export async function modelOf({ model }: QuestionOptions, session: Session): Promise<string> {
  if (model !== undefined) return model;
  const sentence = "Name an instrument with --model; `interchange models list` shows them all.";
  if (session.settings.key === undefined) throw new Misuse(sentence);
  const name = (await usualOf(session)) ?? (await firstFunded(session));
  if (name === undefined) throw new Misuse(`The account has neither a default instrument nor tokens. ${sentence}`);
  return name;
}

const OWN = { path: { account_id: "me" } };

async function usualOf({ platform, terminal: { signal } }: Session): Promise<string | null> {
  const account = await unwrap(platform.GET("/v1/accounts/{account_id}", { params: OWN, signal }));
  return account.default_instrument;
}

/** In the order of the catalogue, whose cheapest come first; what was chosen is said. */
async function firstFunded({ platform, terminal }: Session): Promise<string | undefined> {
  const { signal } = terminal;
  const { data } = await unwrap(platform.GET("/v1/accounts/{account_id}/balances", { params: OWN, signal }));
  const funded = new Set(data.flatMap(({ instrument, available }) => (Number(available) > 0 ? [instrument] : [])));
  const instruments = await unwrap(platform.GET("/v1/instruments", { signal }));
  const name = instruments.data.find((each) => each.status === "active" && funded.has(each.name))?.name;
  if (name !== undefined) say(terminal, `Asking for ${name}, which the account has tokens of; --model names another.`);
  return name;
}

export function questionOf(model: string, turns: readonly Turn[], { system, maxTokens }: QuestionOptions): Question {
  return {
    model,
    turns,
    ...(system === undefined ? {} : { system }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}

/** One question in one turn. Throws a Misuse where there is none. */
export async function readQuestion(
  words: readonly string[],
  options: QuestionOptions,
  session: Session,
): Promise<Question> {
  const prompt = await promptOf(words, session);
  if (prompt === "") throw new Misuse("There is no question: give it as an argument, or on stdin.");
  return questionOf(await modelOf(options, session), [{ role: "user", content: prompt }], options);
}
