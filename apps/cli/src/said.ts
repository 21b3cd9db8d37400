/** What was said to a command, read into what the contract takes. */

import { readFile } from "node:fs/promises";
import { withValueAt } from "./contract.ts";
import { Misuse } from "./exit.ts";
import { longOf, type Option as RowOption, readJson } from "./option.ts";
import type { Argument, Row, Source } from "./row.ts";
import { readAll, type Terminal } from "./terminal.ts";

/** Arguments by name, and options by the name that Commander gives them. */
export interface Said {
  readonly words: Readonly<Record<string, string | undefined>>;
  readonly options: Readonly<Record<string, unknown>>;
}

export function isArgument(source: Source): source is Argument {
  return "argument" in source;
}

/** `ifVersion` of `--if-version <n>`. */
export function keyOf(flags: string): string {
  return longOf(flags)
    .slice(2)
    .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function pathOf({ path = {} }: Row, said: Said, nowMs: number): Record<string, string> {
  return Object.fromEntries(
    Object.entries(path).map(([name, source]) => {
      const value = isArgument(source)
        ? (said.words[source.argument] ?? source.fallback)
        : optionValue(source, said, nowMs);
      if (value === undefined || value === "") throw new Misuse(`Say which ${name.replace(/_id$/, "")} is meant.`);
      return [name, value];
    }),
  );
}

export function queryOf({ query = {} }: Row, said: Said, nowMs: number): Record<string, unknown> {
  const pairs = Object.entries(query).map(([name, option]) => [name, optionValue(option, said, nowMs)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** Undefined where the operation takes no body; what may be left out altogether is sent as an empty object. */
export async function bodyOf(row: Row, said: Said, terminal: Terminal): Promise<object | undefined> {
  if (row.fixed !== undefined) return row.fixed;
  if (row.body === undefined) return undefined;
  const data = said.options["data"];
  const given = typeof data === "string" ? await readData(data, terminal) : undefined;
  const body = filled(row.body, said, given, terminal.nowMs());
  if (Object.keys(body).length === 0 && isChange(row))
    throw new Misuse("Nothing is to be changed. Say what, by an option or with --data.");
  return body;
}

/** Options go before what the file says. */
function filled(options: NonNullable<Row["body"]>, said: Said, given: object | undefined, nowMs: number): object {
  let body: object = given ?? {};
  for (const [place, option] of Object.entries(options)) {
    const value = given === undefined ? optionValue(option, said, nowMs) : spoken(option, said, nowMs);
    if (value !== undefined) body = withValueAt(body, place, value);
    else if (option.must === true && given === undefined) throw new Misuse(`${option.flags} is missing.`);
  }
  return body;
}

function isChange({ operation }: Row): boolean {
  return operation.startsWith("update");
}

function optionValue<Value>(option: RowOption<Value>, said: Said, nowMs: number): Value | undefined {
  // What was said may well be null.
  const value = spoken(option, said, nowMs);
  return value === undefined ? option.fallback?.(nowMs) : value;
}

function spoken<Value>(option: RowOption<Value>, said: Said, nowMs: number): Value | undefined {
  const value = said.options[keyOf(option.flags)];
  return value === undefined ? undefined : option.read(String(value), nowMs);
}

/** A JSON object from a file, `@request.json`, or from stdin, `-`. */
export async function readData(data: string, terminal: Terminal): Promise<object> {
  const read = readJson(await dataText(data, terminal), "What --data gives");
  if (typeof read === "object" && read !== null && !Array.isArray(read)) return read;
  throw new Misuse("What --data gives is not a JSON object.");
}

async function dataText(data: string, terminal: Terminal): Promise<string> {
  if (data === "-") return readAll(terminal);
  if (!data.startsWith("@")) throw new Misuse("--data takes @file.json, or - for stdin.");
  try {
    return await readFile(data.slice(1), "utf8");
  } catch (error) {
    throw new Misuse(`${data.slice(1)} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}
