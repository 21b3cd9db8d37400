/** Emits `stubs/src/generated/<document>.ts`: the handlers that the document asks for, and its table of routes. */
import type { Document } from "../document.ts";
import { docComment, type Files, indent, literal, typescriptFile } from "../file.ts";
import { camel, key, pascal } from "../name.ts";
import type { Header, Operation, Parameter, Response } from "../operation.ts";
import type { Schema } from "../schema.ts";
import { jsonType } from "./json-type.ts";

export function emitStubs(document: Document): Files {
  const { name, source, operations } = document;
  const types = operations.map((operation) => `${requestType(operation)}\n\n${responseType(operation)}`);
  const body = `${types.join("\n\n")}\n\n${handlers(document)}\n\n${routes(document)}`;
  const text = `${imports(document, body)}\n\n${body}`;
  return { [`packages/stubs/src/generated/${name}.ts`]: typescriptFile(source, text) };
}

/** Emits `stubs/src/generated/index.ts`. */
export function emitStubsEntrance(documents: readonly Document[]): Files {
  const lines = documents.map(
    ({ name }) => `export { ${camel(name)}Routes, type ${pascal(name)}Handlers } from "./${name}.ts";
export type * as ${camel(name)} from "./${name}.ts";`,
  );
  return { "packages/stubs/src/generated/index.ts": typescriptFile("spec/redocly.yaml", lines.join("\n")) };
}

/** Of what the mount offers, only what the body says; a document without streams asks for no `StreamResponse`. */
const offered = ["EmptyResponse", "Handler", "HandlerRequest", "JsonResponse", "NoHeaders", "Route", "StreamResponse"];

function imports({ name }: Document, body: string): string {
  const used = offered.filter((type) => new RegExp(`\\b${type}\\b`).test(body));
  const contract = /\bContract\./.test(body) ? [`import type * as Contract from "@interchange/contract/${name}";`] : [];
  return [...contract, `import type { ${used.join(", ")} } from "../handler.ts";`].join("\n");
}

const requestType = ({ id, method, path, parameters, ...body }: Operation): string => `\
/** What ${method.toUpperCase()} ${path} is asked. */
export type ${pascal(id)}Request = HandlerRequest<
${indent([...asked(parameters), bodyType(body)].join(",\n"))}
>;`;

function bodyType({ request, requestOptional }: Pick<Operation, "request" | "requestOptional">): string {
  if (request === null) return "undefined";
  return requestOptional ? `${jsonType(request)} | undefined` : jsonType(request);
}

const asked = (parameters: readonly Parameter[]): string[] =>
  (["path", "query", "header"] as const).map((place) => fields(parameters.filter((each) => each.in === place)) ?? "{}");

const responseType = ({ id, method, path, responses }: Operation): string => `\
/** What ${method.toUpperCase()} ${path} may answer. */
export type ${pascal(id)}Response =
${indent(mergeStatuses(responses.flatMap(forms)).join("\n"))};`;

/** One form of a response: the name of its kind, its status, and the types that follow. */
interface Form {
  readonly kind: string;
  readonly status: number;
  readonly rest: string;
}

function forms({ status, json, events, headers }: Response): Form[] {
  const named = fields(headers.filter(({ name }) => !writtenByMount.includes(name))) ?? "NoHeaders";
  const form = (kind: string, schema: Schema): Form => ({ kind, status, rest: `${jsonType(schema)}, ${named}` });
  const found = [...(json ? [form("JsonResponse", json)] : []), ...(events ? [form("StreamResponse", events)] : [])];
  return found.length > 0 ? found : [{ kind: "EmptyResponse", status, rest: named }];
}

/** One member of the union for each form; statuses that are alike in all else share one. */
function mergeStatuses(all: readonly Form[]): string[] {
  const alike = Map.groupBy(all, ({ kind, rest }) => `${kind} ${rest}`);
  return [...alike.values()].map((same) => {
    const statuses = same.map(({ status }) => status).join(" | ");
    return same.map(({ kind, rest }) => `| ${kind}<${statuses}, ${rest}>`)[0] ?? "";
  });
}

/** The mount writes the id of a request on every response; a handler has no say in it. */
const writtenByMount = ["x-request-id", "request-id"];

/** An object type with one property per parameter or header, required as the document says; nothing when there is none. */
function fields(fields: readonly (Parameter | Header)[]): string | undefined {
  const each = fields.map((field) => `${key(fieldName(field))}${field.required ? "" : "?"}: ${jsonType(field.schema)}`);
  if (each.length === 0) return undefined;
  return each.length > 4 ? `{\n${indent(each.join(";\n"))};\n}` : `{ ${each.join("; ")} }`;
}

/** Header names are given in lower case, whichever way the document spells them. */
const fieldName = (field: Parameter | Header): string =>
  "in" in field && field.in !== "header" ? field.name : field.name.toLowerCase();

function handlers({ name, bundle, operations }: Document): string {
  const members = operations.map(
    ({ id, summary }) =>
      `${docComment(summary)}readonly ${key(id)}: Handler<${pascal(id)}Request, ${pascal(id)}Response, Context>;`,
  );
  return `/** ${bundle.info.title}: one handler for every operation of the document. */
export interface ${pascal(name)}Handlers<Context> {
${indent(members.join("\n"))}
}`;
}

const routes = ({ name, bundle, operations }: Document): string => `\
/** ${bundle.info.title}: where each handler is mounted, and what the document says about it. */
export const ${camel(name)}Routes = [
${indent(operations.map(route).join("\n"))}
] as const satisfies readonly Route[];`;

const route = ({ id, method, path, responses, request, requestOptional, stream, security }: Operation): string => `\
{
  operationId: ${JSON.stringify(id)},
  method: ${JSON.stringify(method)},
  path: ${JSON.stringify(path)},
  expressPath: ${JSON.stringify(expressPath(path))},
  statuses: [${responses.map(({ status }) => status).join(", ")}],
  requestBody: ${request !== null},
  requestOptional: ${requestOptional},
  stream: ${literal(stream)},
  security: ${security},
},`;

/** Parameters after a colon; what else Express would take for a sign of its own, such as the colon of `/v1/boxes:sort`, is escaped. */
const expressPath = (path: string): string =>
  path.replaceAll(/[\\:*+?!()[\]]/g, "\\$&").replaceAll(/\{(\w+)\}/g, ":$1");
