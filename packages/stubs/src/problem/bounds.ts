/** How much: bounds of numbers, texts and lists (JSON Schema validation §6.2–6.4). */
import { amiss, type Keywords, type Place, type Problem } from "./place.ts";
import { shown } from "./word.ts";

export function inNumberBounds(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  if (typeof value !== "number") return undefined;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Record<string, number | undefined>;
  if (minimum !== undefined && value < minimum) return amiss(place, `must be at least ${minimum}, not ${value}`);
  if (maximum !== undefined && value > maximum) return amiss(place, `must be at most ${maximum}, not ${value}`);
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return amiss(place, `must be more than ${exclusiveMinimum}, not ${value}`);
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    return amiss(place, `must be less than ${exclusiveMaximum}, not ${value}`);
  }
  return undefined;
}

export function inStringBounds(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  if (typeof value !== "string") return undefined;
  const { minLength, maxLength } = schema as Record<string, number | undefined>;
  const pattern = schema["pattern"] as string | undefined;
  const length = [...value].length;
  if (minLength !== undefined && length < minLength) {
    return amiss(place, minLength === 1 ? "must not be empty" : `must have at least ${minLength} characters`);
  }
  if (maxLength !== undefined && length > maxLength) return amiss(place, `must have at most ${maxLength} characters`);
  if (pattern === undefined || new RegExp(pattern, "u").test(value)) return undefined;
  const said = schema["x-pattern-says"];
  return amiss(place, said === undefined ? `must match ${pattern}` : `must be ${String(said)}, not ${shown(value)}`);
}

export function inArrayBounds(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  if (!Array.isArray(value)) return undefined;
  const { minItems, maxItems } = schema as Record<string, number | undefined>;
  if (minItems !== undefined && value.length < minItems) {
    return amiss(place, minItems === 1 ? "must not be empty" : `must have at least ${minItems} items`);
  }
  if (maxItems !== undefined && value.length > maxItems) {
    return amiss(place, `must have at most ${maxItems} items, not ${value.length}`);
  }
  return undefined;
}
