/** A place within a value, and what may be wrong there. */
import type { Document, Schema } from "../document.ts";

/** `param` is where, as `messages[0].content`; empty for the whole. `shape` faults are wrong types and missing things. */
export interface Problem {
  readonly fault: "shape" | "value";
  readonly param: string;
  readonly problem: string;
}

export interface Place {
  readonly document: Document;
  readonly param: string;
  /** What is wrong with a value that stands at a place, by a schema. */
  readonly look: (place: Place, schema: Schema, value: unknown) => Problem | undefined;
}

export type Keywords = { readonly [keyword: string]: unknown };

/** One keyword, or a few that belong together, held against a value. */
export type Check = (place: Place, schema: Keywords, value: unknown) => Problem | undefined;

export function below(place: Place, step: string | number): Place {
  const dotted = place.param === "" ? String(step) : `${place.param}.${step}`;
  return { ...place, param: typeof step === "number" ? `${place.param}[${step}]` : dotted };
}

/** Of the wrong form, or missing. */
export function misshapen({ param }: Place, problem: string): Problem {
  return { fault: "shape", param, problem };
}

/** Of the right form, and out of range or of no known variant. */
export function amiss({ param }: Place, problem: string): Problem {
  return { fault: "value", param, problem };
}
