/**
 * Says in one sentence why a value is not what a schema asks.
 *
 * The verdict itself is the validator's. A validator, though, reports every branch of a union that failed; a caller
 * wants to hear of the one that was meant. So the schema is walked again, on the way to a refusal only, and a union is
 * decided by its constant tags.
 */
import { type Document, resolve, type Schema } from "../document.ts";
import { inArrayBounds, inNumberBounds, inStringBounds } from "./bounds.ts";
import { inAll, inItems, inNot, inProperties, inRequired } from "./inside.ts";
import { inParameter, parametersOf } from "./parameter.ts";
import type { Check, Place, Problem } from "./place.ts";
import { inType } from "./type.ts";
import { inUnion } from "./union.ts";
import { inConst, inEnum } from "./word.ts";

export type { Problem } from "./place.ts";

/** The first thing wrong with the value, or undefined when the walk finds nothing. */
export function findProblem(document: Document, schema: Schema, value: unknown): Problem | undefined {
  return look({ document, param: "", look }, schema, value);
}

/** The same for the parameters of an operation, given by where they are and by name. Headers are for the validator alone. */
export function findParameterProblem(
  document: Document,
  { path, method }: { readonly path: string; readonly method: string },
  given: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Problem | undefined {
  for (const parameter of parametersOf(document, path, method)) {
    const values = given[parameter.in];
    const place = { document, param: parameter.name, look };
    const problem = values === undefined ? undefined : inParameter(place, parameter, values[parameter.name]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function look(place: Place, schema: Schema, value: unknown): Problem | undefined {
  if (schema === true) return undefined;
  if (schema === false) return { fault: "shape", param: place.param, problem: "is not allowed" };
  const found = schema["$ref"] === undefined ? undefined : lookBehind(place, schema["$ref"] as string, value);
  if (found !== undefined) return found;
  for (const check of CHECKS) {
    const problem = check(place, schema, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function lookBehind(place: Place, reference: string, value: unknown): Problem | undefined {
  return look(place, resolve(place.document, reference) as Schema, value);
}

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
