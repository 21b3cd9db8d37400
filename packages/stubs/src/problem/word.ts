/** The words that a schema knows: `const` and `enum` (JSON Schema validation §6.1). */
import type { Schema } from "../document.ts";
import { amiss, type Keywords, misshapen, type Place, type Problem } from "./place.ts";
import { either, nameOf } from "./type.ts";

export function inConst(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  const wanted = schema["const"];
  return wanted === undefined || wanted === value ? undefined : notOneOf(place, [wanted], value);
}

export function inEnum(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  const wanted = schema["enum"] as readonly unknown[] | undefined;
  return wanted === undefined || wanted.includes(value) ? undefined : notOneOf(place, wanted, value);
}

/** The words that a rule allows, when it is a closed list of them. */
export function wordsOf(rule: Schema | undefined): readonly unknown[] {
  if (typeof rule !== "object") return [];
  return rule["const"] === undefined ? ((rule["enum"] ?? []) as readonly unknown[]) : [rule["const"]];
}

export function notOneOf(
  place: Place,
  wanted: readonly unknown[],
  value: unknown,
  otherwise: readonly string[] = [],
): Problem {
  const isKnownType = wanted.some((word) => word !== null && typeof word === typeof value);
  const words = wanted.map((word) => JSON.stringify(word));
  const text = `must be ${either([...words, ...otherwise])}, not ${shown(value)}`;
  return isKnownType ? amiss(place, text) : misshapen(place, text);
}

/** A caller's own short word helps it; a long one may be a prompt. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value.length <= 64 ? JSON.stringify(value) : "a longer string";
  return typeof value === "object" ? nameOf(value) : String(value);
}
