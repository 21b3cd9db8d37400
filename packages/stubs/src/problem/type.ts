/** The type of a value: `type` (JSON Schema validation §6.1.1), in words that a person reads. */
import { type Keywords, misshapen, type Place, type Problem } from "./place.ts";

export function typesOf(schema: Keywords): readonly string[] {
  const type = schema["type"];
  return type === undefined ? [] : Array.isArray(type) ? (type as string[]) : [type as string];
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const NAMES: Readonly<Record<string, string>> = {
  null: "null",
  array: "an array",
  object: "an object",
  integer: "a whole number",
  number: "a number",
  string: "a string",
  boolean: "true or false",
};

export function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return nameOfNumber(value);
  return typeof value === "boolean" ? String(value) : (NAMES[typeof value] ?? typeof value);
}

/** JSON can say more than a number can hold: 1e999 arrives as infinity. */
function nameOfNumber(value: number): string {
  if (!Number.isFinite(value)) return "a number beyond all bounds";
  return Number.isInteger(value) ? "a number" : "a fraction";
}

export function either(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

export function notOfTypes(place: Place, types: readonly string[], value: unknown): Problem {
  // That a number is no whole one matters only to whoever wants a number.
  const isNumber = Number.isFinite(value) && !types.includes("integer");
  const name = isNumber ? NAMES["number"] : nameOf(value);
  return misshapen(place, `must be ${either(types.map((type) => NAMES[type] ?? type))}, not ${name}`);
}

export function inType(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  const types = typesOf(schema);
  return types.length === 0 || types.some((type) => isOfType(value, type))
    ? undefined
    : notOfTypes(place, types, value);
}
