/** Schema: what the published JSON schema finds wrong with a configuration, said in sentences. */
import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { didYouMean } from "./nearest.ts";
import { type Path, type Problem, show, writePath } from "./problems.ts";

const SCHEMA_FILE = new URL("../interchange.config.schema.json", import.meta.url);

/** What the schema finds wrong, one problem for each value; none when the value has the shape of `ConfigFile`. */
export function schemaProblems(value: unknown): readonly Problem[] {
  const validate = validator();
  if (validate(value)) return [];
  const byPath = new Map<string, Problem>();
  for (const problem of (validate.errors ?? []).filter(({ keyword }) => keyword !== "if").map(problemOf)) {
    const path = writePath(problem.path);
    if (!byPath.has(path)) byPath.set(path, problem);
  }
  return [...byPath.values()];
}

let compiled: ValidateFunction | undefined;

/** Compiled when a file is first there to be proved: a demo does without. */
function validator(): ValidateFunction {
  if (compiled !== undefined) return compiled;
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strictTypes: false });
  ajv.addVocabulary(["patternErrorMessage"]);
  compiled = ajv.compile(JSON.parse(readFileSync(SCHEMA_FILE, "utf8")));
  return compiled;
}

function problemOf(error: ErrorObject): Problem {
  const path = pathOf(error, readPointer(error.instancePath));
  const sentence = (SENTENCES[error.keyword] ?? otherSentence)(error);
  return error.keyword === "additionalProperties" ? { path, sentence, at: "name" } : { path, sentence };
}

/** A JSON pointer (RFC 6901) as steps. Numbers are list indexes: no property of ours is named by one. */
function readPointer(pointer: string): Path {
  const steps = pointer.split("/").slice(1);
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll("~1", "/").replaceAll("~0", "~")));
}

/** A missing and an unknown property are the problem themselves, not the object around them. */
function pathOf({ keyword, params }: ErrorObject, path: Path): Path {
  if (keyword === "required") return [...path, params["missingProperty"] as string];
  if (keyword === "additionalProperties") return [...path, params["additionalProperty"] as string];
  return path;
}

const SENTENCES: Readonly<Record<string, (error: ErrorObject) => string>> = {
  required: () => "is missing",
  additionalProperties: ({ params, parentSchema }) => {
    const properties = (parentSchema?.["properties"] ?? {}) as Readonly<Record<string, unknown>>;
    const known = Object.keys(properties).filter((name) => name !== "$schema");
    return `is not a known property${didYouMean(params["additionalProperty"] as string, known)}`;
  },
  type: ({ params, data }) => `must be ${[params["type"]].flat().map(typeNoun).join(" or ")}, not ${show(data)}`,
  enum: ({ params, data }) => {
    const allowed = params["allowedValues"] as readonly string[];
    const hint = typeof data === "string" ? meant(data, allowed) : "";
    return `must be one of ${allowed.join(", ")}, not ${show(data)}${hint}`;
  },
  minimum: ({ params, data }) => `must be at least ${params["limit"]}, not ${show(data)}`,
  maximum: ({ params, data }) => `must be at most ${params["limit"]}, not ${show(data)}`,
  minLength: () => "must not be empty",
  maxLength: ({ params }) => `must have at most ${params["limit"]} characters`,
  minItems: ({ params }) => `must have at least ${params["limit"]} ${params["limit"] === 1 ? "entry" : "entries"}`,
  uniqueItems: ({ params, data }) => `has ${show((data as readonly unknown[])[params["i"] as number])} twice`,
  pattern: ({ parentSchema, data }) => `${parentSchema?.["patternErrorMessage"]}${shown(parentSchema, data)}`,
};

function otherSentence({ message }: ErrorObject): string {
  return message ?? "is not valid";
}

const TYPE_NOUNS: Readonly<Record<string, string>> = {
  integer: "a whole number",
  number: "a number",
  string: "a string",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

function typeNoun(type: string): string {
  return TYPE_NOUNS[type] ?? type;
}

function meant(word: string, allowed: readonly string[]): string {
  const hint = didYouMean(word, allowed);
  return hint.includes("did you mean") ? hint : "";
}

/** What stands in a place near a secret may be the secret: `writeOnly` values are not shown. */
function shown(schema: ErrorObject["parentSchema"], data: unknown): string {
  return schema?.["writeOnly"] === true ? "" : `, not ${show(data)}`;
}
