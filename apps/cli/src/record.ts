/** One thing, field by field, its values as the contract has them. */
import stringWidth from "string-width";
import { NOTHING } from "./figures.ts";
import type { Page } from "./page.ts";
import { oneLine } from "./table.ts";
import { wrapped } from "./wrap.ts";

const GAP = 2;

/** A line for each field; an object within becomes lines of its own, such as `limits running_max`. */
export function recordLines(value: object, { width, paint }: Page): string[] {
  const fields = [...fieldsOf(value, [])];
  const indent = Math.max(0, ...fields.map(([name]) => stringWidth(name))) + GAP;
  return fields.flatMap(([name, text]) => {
    const [first = "", ...rest] = wrapped(oneLine(text), width - indent);
    const label = paint("dim", name) + " ".repeat(indent - stringWidth(name));
    return [label + first, ...rest.map((line) => " ".repeat(indent) + line)];
  });
}

function* fieldsOf(value: object, before: readonly string[]): Generator<readonly [string, string]> {
  for (const [name, inner] of Object.entries(value)) {
    const words = [...before, name.replaceAll("_", " ")];
    if (isFilled(inner)) yield* fieldsOf(inner, words);
    else yield [words.join(" "), written(inner)];
  }
}

/** An object with something in it. */
function isFilled(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

function written(value: unknown): string {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value))
    return value.length === 0
      ? NOTHING
      : value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item))).join(", ");
  return typeof value === "object" ? NOTHING : String(value);
}
