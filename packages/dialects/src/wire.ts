/** JSON objects as they came: what is taken has found a word, the rest goes into the bag of its dialect. */
import type { Extra } from "@interchange/inference";

/** A JSON object of which nothing is known until it is asked. */
export type Wire = Readonly<Record<string, unknown>>;

export function isWire(value: unknown): value is Wire {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** A string that says something. */
export function isSaid(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

/** A number of tokens, or of anything that is counted: one that is no such number is no count at all. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The count, or 0 when it is none: then nothing was reported. */
export function countOf(value: unknown): number {
  return isCount(value) ? value : 0;
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

export function isTrue(value: unknown): value is true {
  return value === true;
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

/** Content parts, blocks, tools: objects that say their kind. */
export type Tagged = Wire & { readonly type: string };

export function isTagged(value: unknown): value is Tagged {
  return isWire(value) && typeof value.type === "string";
}

export function isTaggedList(value: unknown): value is readonly Tagged[] {
  return Array.isArray(value) && value.every(isTagged);
}

export function isWireList(value: unknown): value is readonly Wire[] {
  return Array.isArray(value) && value.every(isWire);
}

/** One object being read. A property that is not of the kind asked for stays in the rest, so nothing is lost. */
export class Taker {
  readonly #wire: Wire;
  readonly #taken: string[] = [];
  readonly #left: [string, unknown][] = [];

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** The property when it is of that kind; it is then gone from the rest. */
  take<T>(key: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.#wire[key];
    if (!is(value)) return undefined;
    this.#taken.push(key);
    return value;
  }

  /** Leaves out of the rest a property that is written anew whatever it was. */
  drop(key: string): void {
    this.#taken.push(key);
  }

  /** Keeps of a property only this much, or nothing when undefined. */
  leave(key: string, rest: Wire | undefined): void {
    this.#taken.push(key);
    if (rest !== undefined) this.#left.push([key, rest]);
  }

  /** What nobody has taken; undefined when that is nothing. */
  rest(): Wire | undefined {
    const left = this.#left.slice();
    for (const key of Object.keys(this.#wire)) if (!this.#taken.includes(key)) left.push([key, this.#wire[key]]);
    return objectOf(left);
  }
}

/** The object without some of its properties; undefined when nothing is left. */
export function without(wire: Wire, ...keys: readonly string[]): Wire | undefined {
  const left: [string, unknown][] = [];
  for (const key of Object.keys(wire)) if (!keys.includes(key)) left.push([key, wire[key]]);
  return objectOf(left);
}

/** What the object says besides; suppliers say nothing with null as often as with silence. Undefined when that is all. */
export function saidBeside(wire: Wire, known: ReadonlySet<string>): Wire | undefined {
  let left: [string, unknown][] | undefined;
  for (const key of Object.keys(wire)) {
    const value = wire[key];
    if (value === null || known.has(key)) continue;
    left ??= [];
    left.push([key, value]);
  }
  return left === undefined ? undefined : objectOf(left);
}

/** Never by assignment: a body may have a property named `__proto__`. */
function objectOf(entries: readonly [string, unknown][]): Wire | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Whether the object has these properties and no others. */
export function hasOnly(wire: Wire, ...keys: readonly string[]): boolean {
  return Object.keys(wire).every((key) => keys.includes(key));
}

/** Whether the object has no properties but these. */
export function hasOnlyOf(wire: Wire, keys: ReadonlySet<string>): boolean {
  for (const key of Object.keys(wire)) if (!keys.has(key)) return false;
  return true;
}

/** The same object without the properties that are undefined. For literals only. */
export function given<T extends object>(properties: T): Given<T> {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(properties)) {
    const value = (properties as Wire)[key];
    if (value !== undefined) out[key] = value;
  }
  return out as Given<T>;
}

export type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A bag for a word, to be spread: `{}` when there is nothing for it. */
export function extraOf(dialect: string, rest: Wire | undefined): { readonly extra?: Extra } {
  return rest === undefined ? {} : { extra: { [dialect]: rest } };
}

const NOTHING: Wire = {};

/** What a dialect put into the bag; empty when nothing. */
export function bagOf(dialect: string, word: { readonly extra?: Extra }): Wire {
  return word.extra?.[dialect] ?? NOTHING;
}

/** A bag that is there, even empty, tells that the thing was an object of its own on the wire. */
export function hasBag(dialect: string, word: { readonly extra?: Extra }): boolean {
  return word.extra?.[dialect] !== undefined;
}

/** The value as JSON; undefined where it is nested deeper than can be written. */
export function writeJson(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The JSON value of a text, or undefined when it is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
