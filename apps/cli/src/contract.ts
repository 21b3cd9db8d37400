/** The platform's contract as rows are typed by it. */
import type { Operations } from "@interchange/client/platform";

export type OperationId = keyof Operations;

export type PathOf<Id extends OperationId> = Operations[Id]["parameters"] extends { path: infer Path } ? Path : object;

export type QueryOf<Id extends OperationId> = Operations[Id]["parameters"] extends { query?: infer Query }
  ? NonNullable<Query>
  : object;

export type BodyOf<Id extends OperationId> = Operations[Id] extends {
  requestBody?: infer Body extends Json | undefined;
}
  ? NonNullable<Body>["content"]["application/json"]
  : never;

/** What comes of it; undefined where nothing is told but that it is done. */
export type AnswerOf<Id extends OperationId> = Operations[Id]["responses"] extends { 200: infer Answer extends Json }
  ? Answer["content"]["application/json"]
  : Operations[Id]["responses"] extends { 201: infer Answer extends Json }
    ? Answer["content"]["application/json"]
    : undefined;

interface Json {
  content: { "application/json": unknown };
}

type Scalar = string | number | boolean;

/** A property, or one of an object within: `limits.running_max`. */
export type Field<Value> = {
  [Name in keyof Value & string]: NonNullable<Value[Name]> extends Scalar | readonly unknown[]
    ? Name
    : Name | `${Name}.${keyof NonNullable<Value[Name]> & string}`;
}[keyof Value & string];

export type ValueAt<Value, Place extends string> = Place extends `${infer Name}.${infer Inner}`
  ? Name extends keyof Value
    ? Inner extends keyof NonNullable<Value[Name]>
      ? NonNullable<Value[Name]>[Inner]
      : never
    : never
  : Place extends keyof Value
    ? Value[Place]
    : never;

/** Names of properties that must be there. */
export type Required<Value> = {
  [Name in keyof Value]-?: object extends Pick<Value, Name> ? never : Name;
}[keyof Value] &
  string;

/** The value at a place, read as the contract typed it. */
export function valueAt(value: unknown, place: string): unknown {
  let found: unknown = value;
  for (const name of place.split(".")) {
    if (typeof found !== "object" || found === null) return found;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

/** The same object with a value at a place. */
export function withValueAt(value: object, place: string, given: unknown): object {
  const [name = "", ...rest] = place.split(".");
  const inner = (value as Readonly<Record<string, unknown>>)[name];
  if (rest.length === 0) return { ...value, [name]: given };
  return {
    ...value,
    [name]: withValueAt(typeof inner === "object" && inner !== null ? inner : {}, rest.join("."), given),
  };
}
