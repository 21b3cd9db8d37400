/** A bundled OpenAPI 3.1 document, as far as the stubs look into it. */

/** A JSON Schema (draft 2020-12), or the booleans that mean anything and nothing. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

/** Follows a pointer such as `#/components/schemas/Message` (RFC 6901) within the document. */
export function resolve(document: Document, reference: string): unknown {
  return reference
    .slice(2)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
}

interface Operation {
  readonly parameters?: readonly unknown[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

/** Undefined where the path has none of the method. */
export function operationOf(document: Document, path: string, method: string): Operation | undefined {
  return (document.paths[path] as Readonly<Record<string, Operation>> | undefined)?.[method];
}

/** The schema of an operation's JSON body; undefined when it takes none. */
export function bodySchema(document: Document, path: string, method: string): Schema | undefined {
  return operationOf(document, path, method)?.requestBody?.content?.["application/json"]?.schema;
}
