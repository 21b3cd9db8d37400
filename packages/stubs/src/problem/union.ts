/**
 * Unions: `oneOf` and `anyOf` (JSON Schema core §10.2.1). A caller means one of the branches; it is found by the property
 * that tells them apart, and only what is wrong with that one is said.
 */
import { resolve, type Schema } from "../document.ts";
import { below, type Keywords, misshapen, type Place, type Problem } from "./place.ts";
import { inType, isObject, notOfTypes, typesOf } from "./type.ts";
import { notOneOf, wordsOf } from "./word.ts";

export function inUnion(place: Place, schema: Keywords, value: unknown): Problem | undefined {
  const branches = (schema["oneOf"] ?? schema["anyOf"]) as readonly Schema[] | undefined;
  if (branches === undefined) return undefined;
  const problems = branches.map((branch) => place.look(place, branch, value));
  if (problems.some((problem) => problem === undefined)) return undefined;
  return byTag(place, branches, value, problems) ?? bySoleType(place, branches, value, problems);
}

interface Branch {
  readonly schema: Keywords;
  readonly problem: Problem | undefined;
}

/** The branches that the value's own type allows, references followed and unions opened. */
function branchesFor(
  place: Place,
  branches: readonly Schema[],
  problems: readonly (Problem | undefined)[],
  value: unknown,
): Branch[] {
  return branches
    .map((branch, index) => ({ schema: opened(place, branch), problem: problems[index] }))
    .filter(({ schema }) => accepts(place, schema, value));
}

function opened(place: Place, schema: Schema): Keywords {
  if (typeof schema === "boolean") return {};
  return schema["$ref"] === undefined
    ? schema
    : opened(place, resolve(place.document, schema["$ref"] as string) as Schema);
}

function accepts(place: Place, schema: Keywords, value: unknown): boolean {
  return inType(place, schema, value) === undefined;
}

function byTag(
  place: Place,
  schemas: readonly Schema[],
  value: unknown,
  problems: readonly (Problem | undefined)[],
): Problem | undefined {
  if (!isObject(value)) return undefined;
  const branches = branchesFor(place, schemas, problems, value);
  const tag = branches.length < 2 ? undefined : tagOf(branches);
  if (tag === undefined) return undefined;
  const there = below(place, tag);
  if (!Object.hasOwn(value, tag)) return withoutTag(there, branches, tag);
  const verdicts = branches.map((branch) => there.look(there, ruleOf(branch, tag) as Schema, value[tag]));
  const meant = branches[verdicts.indexOf(undefined)];
  return meant === undefined ? ofNoBranch(there, branches, tag, value[tag]) : meant.problem;
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

function propertiesOf(schema: Keywords): Readonly<Record<string, Schema>> {
  return (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
}

function ruleOf(branch: Branch, name: string): Schema | undefined {
  const properties = propertiesOf(branch.schema);
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** A branch that does not ask for the tag is the one that is meant where it is not given. */
function withoutTag(there: Place, branches: readonly Branch[], tag: string): Problem | undefined {
  const meant = branches.find(({ schema }) => !((schema["required"] ?? []) as string[]).includes(tag));
  return meant === undefined ? misshapen(there, "is missing") : meant.problem;
}

/** The words of every branch, and the pattern where a branch has one instead. */
function ofNoBranch(there: Place, branches: readonly Branch[], tag: string, value: unknown): Problem {
  const rules = branches.map((branch) => ruleOf(branch, tag) as Keywords);
  const words = [...new Set(rules.flatMap(wordsOf))];
  const patterns = rules.flatMap(({ pattern }) => (pattern === undefined ? [] : [`match ${String(pattern)}`]));
  return notOneOf(there, words, value, patterns);
}

function bySoleType(
  place: Place,
  schemas: readonly Schema[],
  value: unknown,
  problems: readonly (Problem | undefined)[],
): Problem | undefined {
  const fitting = branchesFor(place, schemas, problems, value);
  if (fitting.length > 0) return deepest(fitting.map((branch) => branch.problem));
  const types = schemas.flatMap((schema) => typesOf(opened(place, schema)));
  return notOfTypes(place, [...new Set(types)], value);
}

/** Of several forms that might have been meant, the one that the value follows furthest. */
function deepest(problems: readonly (Problem | undefined)[]): Problem | undefined {
  return problems.reduce((best, problem) => {
    if (best === undefined) return problem;
    return (problem?.param.length ?? 0) > best.param.length ? problem : best;
  }, undefined);
}
