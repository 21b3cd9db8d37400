/** What is in it: properties, items, and schemas that hold together or not at all (JSON Schema core §10). */
import type { Schema } from "../document.ts";
import { amiss, below, type Keywords, misshapen, type Place, type Problem } from "./place.ts";
import { isObject } from "./type.ts";

export function inRequired(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  if (!isObject(value)) return undefined;
  const missing = ((schema["required"] ?? []) as string[]).find((name) => !Object.hasOwn(value, name));
  return missing === undefined ? undefined : misshapen(below(place, missing), "is missing");
}

export function inProperties(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  if (!isObject(value)) return undefined;
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
  const others = schema["additionalProperties"] as Schema | undefined;
  const names = schema["propertyNames"] as Schema | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const rule = Object.hasOwn(properties, name) ? properties[name] : others;
    const problem =
      (rule === undefined ? undefined : place.look(below(place, name), rule, inner)) ??
      (names === undefined ? undefined : place.look(below(place, name), names, name));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function inItems(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  const items = schema["items"] as Schema | undefined;
  if (!Array.isArray(value) || items === undefined) return undefined;
  for (const [index, item] of value.entries()) {
    const problem = place.look(below(place, index), items, item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function inAll(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  for (const part of (schema["allOf"] ?? []) as Schema[]) {
    const problem = place.look(place, part, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function inNot(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  const not = schema["not"] as Schema | undefined;
  if (not === undefined || place.look(place, not, value) !== undefined) return undefined;
  return amiss(place, "has a form that is not allowed");
}
