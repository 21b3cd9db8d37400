/**
 * Properties of a body that no other format knows: accepted and carried, but only to a supplier of the same format. The
 * contract does not know them either, or calls them `named`.
 */
import type { OpenApiDocument } from "@interchange/contract";
import { isWire, type Wire } from "./wire.ts";

/** The paths of such properties of a body that the contract has accepted, e.g. `messages[0].content[1].mood`. */
export type UnknownIn = (body: unknown) => readonly string[];

/** More are not looked for: whoever sends so many is told of enough. */
const PATHS_MAX = 1_000;

/**
 * Looks at bodies of the named schema. What the contract leaves open is known: objects of which it lists no properties,
 * and those with `additionalProperties`. What is `named` is passed over where its value says no more than nothing would.
 */
export function unknownProperties(document: OpenApiDocument, name: string): UnknownIn {
  const root = { $ref: `#/components/schemas/${name}` };
  return (body) => {
    const walk: Walk = { document, path: [], found: [] };
    look(walk, root, body);
    return walk.found;
  };
}

interface Walk {
  readonly document: OpenApiDocument;
  /** Where the walk is. */
  readonly path: (string | number)[];
  readonly found: string[];
}

function look(walk: Walk, schema: Wire, value: unknown): void {
  if (typeof value !== "object" || value === null || walk.found.length >= PATHS_MAX) return;
  const whole = opened(walk.document, schema);
  const variants = (whole["oneOf"] ?? whole["anyOf"]) as readonly Wire[] | undefined;
  if (variants !== undefined) return lookAtVariants(walk, variants, value);
  if (Array.isArray(value)) return lookAtItems(walk, whole["items"], value);
  lookAtProperties(walk, whole, value as Wire);
}

/** What is unknown to one variant that fits and known to another is known. */
function lookAtVariants(walk: Walk, variants: readonly Wire[], value: object): void {
  const fitting = variants.filter((variant) => fits(walk.document, variant, value));
  if (fitting.length === 1) return look(walk, fitting[0] as Wire, value);
  const [first = [], ...others] = fitting.map((variant) => {
    const found: string[] = [];
    look({ ...walk, found }, variant, value);
    return found;
  });
  walk.found.push(...first.filter((path) => others.every((found) => found.includes(path))));
}

function lookAtItems(walk: Walk, items: unknown, values: readonly unknown[]): void {
  if (!isWire(items)) return;
  for (const [index, value] of values.entries()) step(walk, index, () => look(walk, items, value));
}

function lookAtProperties(walk: Walk, schema: Wire, value: Wire): void {
  const { properties, additionalProperties: others } = schema;
  if (!isWire(properties) && !isWire(others)) return;
  for (const [name, inner] of Object.entries(value)) {
    const known = isWire(properties) && Object.hasOwn(properties, name) ? properties[name] : others;
    if (isWire(known) && !isOnlyHere(walk.document, known)) step(walk, name, () => look(walk, known, inner));
    else if (isWire(known) ? isTelling(walk.document, known, inner) : known !== true)
      step(walk, name, () => note(walk));
  }
}

function note({ found, path }: Walk): void {
  if (found.length < PATHS_MAX) found.push(writePath(path));
}

/** Whether the contract calls it `named`, where it stands or where it is defined. */
function isOnlyHere(document: OpenApiDocument, schema: Wire): boolean {
  return (schema["x-translation"] ?? opened(document, schema)["x-translation"]) === "named";
}

/** Whether the value asks for anything: neither null nor empty, nor what goes without saying. */
function isTelling(document: OpenApiDocument, schema: Wire, value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  const unsaid = schema["x-default"] ?? opened(document, schema)["x-default"];
  return value !== null && value !== "" && value !== unsaid;
}

function step(walk: Walk, to: string | number, go: () => void): void {
  walk.path.push(to);
  go();
  walk.path.pop();
}

/** Whether the value is meant for this variant, as far as it takes to tell it from its siblings. */
function fits(document: OpenApiDocument, schema: Wire, value: unknown): boolean {
  const whole = opened(document, schema);
  const variants = (whole["oneOf"] ?? whole["anyOf"]) as readonly Wire[] | undefined;
  if (variants !== undefined) return variants.some((variant) => fits(document, variant, value));
  if (!fitsWord(whole, value)) return false;
  if (!isWire(value)) return true;
  const required = (whole["required"] ?? []) as readonly string[];
  const properties = Object.entries((whole["properties"] ?? {}) as Readonly<Record<string, Wire>>);
  return (
    required.every((name) => Object.hasOwn(value, name)) &&
    properties.every(([name, said]) => !Object.hasOwn(value, name) || fitsWord(opened(document, said), value[name]))
  );
}

/** Whether a value is of the type, and is the word, that tells one variant from another. */
function fitsWord(schema: Wire, value: unknown): boolean {
  const { type, const: word, enum: words, not, pattern } = schema;
  if (type !== undefined && ![type].flat().some((one) => IS_TYPE[one as string]?.(value) === true)) return false;
  if (word !== undefined && word !== value) return false;
  if (Array.isArray(words) && !words.includes(value)) return false;
  if (isWire(not) && Array.isArray(not["enum"]) && not["enum"].includes(value)) return false;
  return typeof pattern !== "string" || typeof value !== "string" || expressionOf(pattern).test(value);
}

const IS_TYPE: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === "number",
  string: (value) => typeof value === "string",
  array: Array.isArray,
  object: isWire,
};

const expressions = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern) ?? new RegExp(pattern, "u");
  expressions.set(pattern, known);
  return known;
}

/** Each schema is opened once: bodies have it thousands of times. */
const openings = new WeakMap<Wire, Wire>();

function opened(document: OpenApiDocument, schema: Wire): Wire {
  const known = openings.get(schema) ?? open(document, schema);
  openings.set(schema, known);
  return known;
}

/** The schema with its reference followed. What stands beside a reference in the contracts does not bear on values. */
function open(document: OpenApiDocument, schema: Wire): Wire {
  const { $ref: reference, allOf } = schema;
  if (typeof reference === "string") return opened(document, follow(document, reference));
  if (!Array.isArray(allOf)) return schema;
  const parts = allOf.map((part) => opened(document, part as Wire));
  const properties = Object.assign({}, ...parts.map((part) => part["properties"]), schema["properties"]);
  return { ...Object.assign({}, ...parts), ...schema, properties };
}

function follow(document: OpenApiDocument, reference: string): Wire {
  const steps = reference.slice(2).split("/");
  return steps.reduce<unknown>((at, name) => (at as Wire)[name], document) as Wire;
}

function writePath(path: readonly (string | number)[]): string {
  return path.map((to, depth) => (typeof to === "number" ? `[${to}]` : writeName(to, depth))).join("");
}

/** A name that is no plain word is quoted, in ASCII and of a bounded length, since it may end up in a header. */
function writeName(name: string, depth: number): string {
  if (/^[A-Za-z_$][\w$-]*$/.test(name) && name.length <= NAME_CHARS_MAX) return depth === 0 ? name : `.${name}`;
  const quoted = JSON.stringify(name.slice(0, NAME_CHARS_MAX)).replace(/[^\x20-\x7e]/g, escaped);
  return `[${quoted}]`;
}

const NAME_CHARS_MAX = 64;

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
