/**
 * Says in one sentence why a value is not what a schema asks.
 *
 * The verdict itself is the validator's. A validator, though, reports every branch of a union that failed; a caller
 * wants to hear of the one that was meant. So the schema is walked again, on the way to a refusal only, and a union is
 * decided by its constant tags.
 */
import { type Document, resolve, type Schema } from "./document.ts";

/** `param` is where, as `messages[0].content`; empty for the whole. `shape` faults are wrong types and missing things. */
export interface Problem {
  readonly fault: "shape" | "value";
  readonly param: string;
  readonly problem: string;
}

type Keywords = { readonly [keyword: string]: unknown };

interface At {
  readonly document: Document;
  readonly param: string;
}

export function findProblem(document: Document, schema: Schema, value: unknown): Problem | undefined {
  return inSchema({ document, param: "" }, schema, value);
}

function inSchema(at: At, schema: Schema, value: unknown): Problem | undefined {
  if (schema === true) return undefined;
  if (schema === false) return { fault: "shape", param: at.param, problem: "is not allowed" };
  const found = schema["$ref"] === undefined ? undefined : inReference(at, schema["$ref"] as string, value);
  if (found !== undefined) return found;
  for (const check of CHECKS) {
    const problem = check(at, schema, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function inReference(at: At, reference: string, value: unknown): Problem | undefined {
  return inSchema(at, resolve(at.document, reference) as Schema, value);
}

type Check = (at: At, schema: Keywords, value: unknown) => Problem | undefined;

/** In the order in which a caller would mend them: what it is, whether it is known, how much, what is in it. */
const CHECKS: readonly Check[] = [
  inType,
  inConst,
  inEnum,
  inNumberBounds,
  inStringBounds,
  inArrayBounds,
  inRequired,
  inUnion,
  inAll,
  inNot,
  inProperties,
  inItems,
];

function shape(at: At, problem: string): Problem {
  return { fault: "shape", param: at.param, problem };
}

function amiss(at: At, problem: string): Problem {
  return { fault: "value", param: at.param, problem };
}

function typesOf(schema: Keywords): readonly string[] {
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const NAMES: Readonly<Record<string, string>> = {
  null: "null",
  array: "an array",
  object: "an object",
  integer: "a whole number",
  number: "a number",
  string: "a string",
  boolean: "true or false",
};

function nameOf(value: unknown): string {
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

function either(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function notOfTypes(at: At, types: readonly string[], value: unknown): Problem {
  return shape(at, `must be ${either(types.map((type) => NAMES[type] ?? type))}, not ${nameOf(value)}`);
}

function inType(at: At, schema: Keywords, value: unknown): Problem | undefined {
  const types = typesOf(schema);
  return types.length === 0 || types.some((type) => isOfType(value, type)) ? undefined : notOfTypes(at, types, value);
}

function inConst(at: At, schema: Keywords, value: unknown): Problem | undefined {
  const wanted = schema["const"];
  return wanted === undefined || wanted === value ? undefined : notOneOf(at, [wanted], value);
}

function inEnum(at: At, schema: Keywords, value: unknown): Problem | undefined {
  const wanted = schema["enum"] as readonly unknown[] | undefined;
  return wanted === undefined || wanted.includes(value) ? undefined : notOneOf(at, wanted, value);
}

function notOneOf(at: At, wanted: readonly unknown[], value: unknown, otherwise: readonly string[] = []): Problem {
  const isKnownType = wanted.some((word) => word !== null && typeof word === typeof value);
  const words = wanted.map((word) => JSON.stringify(word));
  const text = `must be ${either([...words, ...otherwise])}, not ${shown(value)}`;
  return isKnownType ? amiss(at, text) : shape(at, text);
}

/** A caller's own short word helps it; a long one may be a prompt. */
function shown(value: unknown): string {
  if (typeof value === "string") return value.length <= 64 ? JSON.stringify(value) : "a longer string";
  return typeof value === "object" ? nameOf(value) : String(value);
}

function inNumberBounds(at: At, schema: Keywords, value: unknown): Problem | undefined {
  if (typeof value !== "number") return undefined;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Record<string, number | undefined>;
  if (minimum !== undefined && value < minimum) return amiss(at, `must be at least ${minimum}, not ${value}`);
  if (maximum !== undefined && value > maximum) return amiss(at, `must be at most ${maximum}, not ${value}`);
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return amiss(at, `must be more than ${exclusiveMinimum}, not ${value}`);
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    return amiss(at, `must be less than ${exclusiveMaximum}, not ${value}`);
  }
  return undefined;
}

function inStringBounds(at: At, schema: Keywords, value: unknown): Problem | undefined {
  if (typeof value !== "string") return undefined;
  const { minLength, maxLength } = schema as Record<string, number | undefined>;
  const pattern = schema["pattern"] as string | undefined;
  const length = [...value].length;
  if (minLength !== undefined && length < minLength) {
    return amiss(at, minLength === 1 ? "must not be empty" : `must have at least ${minLength} characters`);
  }
  if (maxLength !== undefined && length > maxLength) return amiss(at, `must have at most ${maxLength} characters`);
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) return amiss(at, `must match ${pattern}`);
  return undefined;
}

function inArrayBounds(at: At, schema: Keywords, value: unknown): Problem | undefined {
  if (!Array.isArray(value)) return undefined;
  const { minItems, maxItems } = schema as Record<string, number | undefined>;
  if (minItems !== undefined && value.length < minItems) {
    return amiss(at, minItems === 1 ? "must not be empty" : `must have at least ${minItems} items`);
  }
  if (maxItems !== undefined && value.length > maxItems) {
    return amiss(at, `must have at most ${maxItems} items, not ${value.length}`);
  }
  return undefined;
}

function inRequired(at: At, schema: Keywords, value: unknown): Problem | undefined {
  if (!isObject(value)) return undefined;
  const missing = ((schema["required"] ?? []) as string[]).find((name) => !Object.hasOwn(value, name));
  return missing === undefined ? undefined : shape(below(at, missing), "is missing");
}

function below(at: At, step: string | number): At {
  const joined = typeof step === "number" ? `${at.param}[${step}]` : at.param === "" ? step : `${at.param}.${step}`;
  return { ...at, param: joined };
}

function inProperties(at: At, schema: Keywords, value: unknown): Problem | undefined {
  if (!isObject(value)) return undefined;
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
  const others = schema["additionalProperties"] as Schema | undefined;
  const names = schema["propertyNames"] as Schema | undefined;
  for (const [name, inner] of Object.entries(value)) {
    const rule = Object.hasOwn(properties, name) ? properties[name] : others;
    const problem =
      (rule === undefined ? undefined : inSchema(below(at, name), rule, inner)) ??
      (names === undefined ? undefined : inSchema(below(at, name), names, name));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function inItems(at: At, schema: Keywords, value: unknown): Problem | undefined {
  const items = schema["items"] as Schema | undefined;
  if (!Array.isArray(value) || items === undefined) return undefined;
  for (const [index, item] of value.entries()) {
    const problem = inSchema(below(at, index), items, item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function inAll(at: At, schema: Keywords, value: unknown): Problem | undefined {
  for (const part of (schema["allOf"] ?? []) as Schema[]) {
    const problem = inSchema(at, part, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function inNot(at: At, schema: Keywords, value: unknown): Problem | undefined {
  const not = schema["not"] as Schema | undefined;
  if (not === undefined || inSchema(at, not, value) !== undefined) return undefined;
  return amiss(at, "has a form that is not allowed");
}

function inUnion(at: At, schema: Keywords, value: unknown): Problem | undefined {
  const branches = (schema["oneOf"] ?? schema["anyOf"]) as readonly Schema[] | undefined;
  if (branches === undefined) return undefined;
  const problems = branches.map((branch) => inSchema(at, branch, value));
  if (problems.some((problem) => problem === undefined)) return undefined;
  return byTag(at, branches, value, problems) ?? bySoleType(at, branches, value, problems);
}

interface Branch {
  readonly schema: Keywords;
  readonly problem: Problem | undefined;
}

/** The branches that the value's own type allows, references followed and unions opened. */
function branchesFor(
  at: At,
  branches: readonly Schema[],
  problems: readonly (Problem | undefined)[],
  value: unknown,
): Branch[] {
  return branches
    .map((branch, index) => ({ schema: opened(at, branch), problem: problems[index] }))
    .filter(({ schema }) => accepts(at, schema, value));
}

function opened(at: At, schema: Schema): Keywords {
  if (typeof schema === "boolean") return {};
  return schema["$ref"] === undefined ? schema : opened(at, resolve(at.document, schema["$ref"] as string) as Schema);
}

function accepts(at: At, schema: Keywords, value: unknown): boolean {
  return inType(at, schema, value) === undefined;
}

/**
 * The property by which the branches are told apart, `role` or `type` as a rule: the first that some branch allows only a
 * few words for, as a constant or a closed list, and that every branch knows.
 */
function tagOf(branches: readonly Branch[]): string | undefined {
  const closed = branches.flatMap(({ schema }) => Object.entries(propertiesOf(schema)).filter(isClosed));
  return closed.map(([name]) => name).find((name) => branches.every((branch) => ruleOf(branch, name) !== undefined));
}

function isClosed([, rule]: readonly [name: string, rule: Schema]): boolean {
  return wordsOf(rule).length > 0;
}

/** The words that a rule allows, when it is a closed list of them. */
function wordsOf(rule: Schema | undefined): readonly unknown[] {
  if (typeof rule !== "object") return [];
  return rule["const"] === undefined ? ((rule["enum"] ?? []) as readonly unknown[]) : [rule["const"]];
}

function propertiesOf(schema: Keywords): Readonly<Record<string, Schema>> {
  return (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
}

function ruleOf(branch: Branch, name: string): Schema | undefined {
  const properties = propertiesOf(branch.schema);
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

function byTag(
  at: At,
  schemas: readonly Schema[],
  value: unknown,
  problems: readonly (Problem | undefined)[],
): Problem | undefined {
  if (!isObject(value)) return undefined;
  const branches = branchesFor(at, schemas, problems, value);
  const tag = branches.length < 2 ? undefined : tagOf(branches);
  if (tag === undefined) return undefined;
  const there = below(at, tag);
  if (!Object.hasOwn(value, tag)) return withoutTag(there, branches, tag);
  const verdicts = branches.map((branch) => inSchema(there, ruleOf(branch, tag) as Schema, value[tag]));
  const meant = branches[verdicts.indexOf(undefined)];
  return meant === undefined ? ofNoBranch(there, branches, tag, value[tag]) : meant.problem;
}

/** A branch that does not ask for the tag is the one that is meant where it is not given. */
function withoutTag(there: At, branches: readonly Branch[], tag: string): Problem | undefined {
  const meant = branches.find(({ schema }) => !((schema["required"] ?? []) as string[]).includes(tag));
  return meant === undefined ? shape(there, "is missing") : meant.problem;
}

/** The words of every branch, and the pattern where a branch has one instead. */
function ofNoBranch(there: At, branches: readonly Branch[], tag: string, value: unknown): Problem {
  const rules = branches.map((branch) => ruleOf(branch, tag) as Keywords);
  const words = [...new Set(rules.flatMap(wordsOf))];
  const patterns = rules.flatMap(({ pattern }) => (pattern === undefined ? [] : [`match ${String(pattern)}`]));
  return notOneOf(there, words, value, patterns);
}

function bySoleType(
  at: At,
  schemas: readonly Schema[],
  value: unknown,
  problems: readonly (Problem | undefined)[],
): Problem | undefined {
  const fitting = branchesFor(at, schemas, problems, value);
  if (fitting.length > 0) return deepest(fitting.map((branch) => branch.problem));
  const types = schemas.flatMap((schema) => typesOf(opened(at, schema)));
  return notOfTypes(at, [...new Set(types)], value);
}

/** Of several forms that might have been meant, the one that the value follows furthest. */
function deepest(problems: readonly (Problem | undefined)[]): Problem | undefined {
  return problems.reduce((best, problem) => {
    if (best === undefined) return problem;
    return (problem?.param.length ?? 0) > best.param.length ? problem : best;
  }, undefined);
}
