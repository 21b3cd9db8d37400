/** One call of an operation, with the values that the contract shows: what every sample is written of. */
import type { Json, OpenApiDocument } from "@interchange/contract";
import { type Example, isPaged, isRedirected, type Operation, type Parameter } from "../reference/operation.ts";
import { isNode } from "../reference/schema.ts";

export interface Call {
  /** The document's name: `chat-completions`. */
  readonly document: string;
  readonly operation: Operation;
  /** The name of the example that it sends; absent where it sends no body. */
  readonly example?: string;
  /** By the names in the path. */
  readonly inPath: Readonly<Record<string, Json>>;
  readonly inQuery: Readonly<Record<string, Json>>;
  readonly body?: Json;
  readonly isStreamed: boolean;
  readonly isRedirected: boolean;
  readonly isPaged: boolean;
}

export const ORIGIN = "http://localhost:4000";

/** `example` is the request's; none for an operation without a body. */
export function callOf(
  reference: { readonly name: string; readonly document: OpenApiDocument },
  operation: Operation,
  example?: Example,
  isStreamed = false,
): Call {
  const body = example && (isStreamed && isNode(example.value) ? { ...example.value, stream: true } : example.value);
  const paged = isPaged(operation, reference.document);
  return {
    document: reference.name,
    operation,
    ...(example && { example: example.name }),
    inPath: valuesOf(operation.parameters.filter((each) => each.in === "path")),
    inQuery: valuesOf(operation.parameters.filter((each) => each.in === "query" && (each.isRequired || isSize(each)))),
    ...(body !== undefined && { body }),
    isStreamed: isNode(body) && body["stream"] === true,
    isRedirected: isRedirected(operation),
    isPaged: paged,
  };
}

/** How many entries a page has is worth saying, though it may be left out. */
function isSize({ name }: Parameter): boolean {
  return name === "limit";
}

/** Throws on a parameter for which the contract shows no value. */
function valuesOf(parameters: readonly Parameter[]): Record<string, Json> {
  return Object.fromEntries(
    parameters.map(({ name, example }) => {
      if (example === undefined) throw new Error(`the parameter ${name} has no example`);
      return [name, example];
    }),
  );
}

/** The path with its values, and the query. */
export function targetOf({ operation, inPath, inQuery }: Call): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => wordOf(inPath[name]));
  const query = Object.entries(inQuery).map(([name, value]) => `${name}=${wordOf(value)}`);
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

/** Colons may stand as they are in a path and in a query (RFC 3986 §3.3, §3.4). */
function wordOf(value: Json | undefined): string {
  return encodeURIComponent(String(value)).replaceAll("%3A", ":");
}
