/** An option of a command: how it is written, and the value of the contract that it comes to. */
import { Misuse } from "./exit.ts";
import { readInstant } from "./instant.ts";

export interface Option<Value> {
  /** `--tokens <n>`. */
  readonly flags: string;
  readonly text: string;
  /** All that may be said. */
  readonly choices?: readonly string[];
  /** The command cannot do without it. */
  readonly must?: true;
  /** What holds where nothing is said. */
  readonly fallback?: (nowMs: number) => Value;
  /** Throws a Misuse. A flag without a value says "true". */
  readonly read: (said: string, nowMs: number) => Value;
}

export type Must<Value> = Option<Value> & { readonly must: true };

export function text(flags: string, text: string): Option<string> {
  return { flags, text, read: (said) => said };
}

export function integer(flags: string, text: string): Option<number> {
  return { flags, text, read: (said) => numberOf(said, flags, /^\d{1,15}$/, "a whole number, such as 60") };
}

export function decimal(flags: string, text: string): Option<number> {
  return { flags, text, read: (said) => numberOf(said, flags, /^\d{1,15}(?:\.\d{1,12})?$/, "a number, such as 2.5") };
}

function numberOf(said: string, flags: string, form: RegExp, want: string): number {
  if (!form.test(said)) throw new Misuse(`${longOf(flags)} takes ${want}, not “${said}”.`);
  return Number(said);
}

/** An amount as the contract takes it, a decimal string; what is too fine or too much the gateway says. */
export function amount(flags: string, text: string): Option<string> {
  return {
    flags,
    text,
    read: (said) => {
      const plain = said.replaceAll(/(?<=\d)[_,](?=\d{3})/g, "");
      if (!/^\d+(?:\.\d+)?$/.test(plain))
        throw new Misuse(`${longOf(flags)} takes an amount, such as 5000 or 2.50, not “${said}”.`);
      return plain;
    },
  };
}

export function instant(flags: string, text: string): Option<string> {
  return { flags, text, read: readInstant };
}

export function words<const Word extends string>(flags: string, text: string, choices: readonly Word[]): Option<Word> {
  return { flags, text, choices, read: (said) => choices.find((word) => word === said) as Word };
}

/** Several, with commas between them. */
export function list<const Word extends string = string>(
  flags: string,
  text: string,
  known?: readonly Word[],
): Option<Word[]> {
  const read = (said: string): Word[] => {
    const found = said
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== "") as Word[];
    const strange = known === undefined ? undefined : found.find((word) => !known.includes(word));
    if (strange !== undefined)
      throw new Misuse(`${longOf(flags)} knows no “${strange}”. It takes: ${known?.join(", ")}.`);
    return found;
  };
  return { flags, text, read };
}

/** A flag that says yes by being there. */
export function flag(flags: string, text: string): Option<true> {
  return { flags, text, read: () => true };
}

export function yesNo(flags: string, text: string): Option<boolean> {
  return { flags, text, choices: ["yes", "no"], read: (said) => said === "yes" };
}

/** What has a shape of its own, as JSON. The gateway says what is wrong with it. */
export function json<Value>(flags: string, text: string): Option<Value> {
  return { flags, text, read: (said) => readJson(said, longOf(flags)) as Value };
}

export function readJson(said: string, where: string): unknown {
  try {
    return JSON.parse(said);
  } catch (error) {
    throw new Misuse(`${where} is not JSON: ${(error as Error).message}`);
  }
}

export function must<Value>(option: Option<Value>): Must<Value> {
  return { ...option, must: true };
}

/** May also be said to be none. */
export function orNone<Value>(option: Option<Value>): Option<Value | null> {
  const { choices, fallback, read, flags, text } = option;
  return {
    flags,
    text: `${text}; \`none\` for none`,
    ...(choices === undefined ? {} : { choices: [...choices, "none"] }),
    ...(fallback === undefined ? {} : { fallback }),
    read: (said, nowMs) => (said === "none" ? null : read(said, nowMs)),
  };
}

/** Has a value where nothing is said. */
export function or<Value>(option: Option<Value>, fallback: (nowMs: number) => Value): Must<Value> {
  return { ...option, fallback, must: true };
}

/** `--tokens` of `--tokens <n>`. */
export function longOf(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}
