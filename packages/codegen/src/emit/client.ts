/** Emits `client/src/generated/<document>.ts`: the client of the document, typed by its paths, with what the types cannot say. */
import type { Document } from "../document.ts";
import { type Files, literal, typescriptFile } from "../file.ts";
import { camel, key, pascal } from "../name.ts";
import type { Operation } from "../operation.ts";

export function emitClient(document: Document): Files {
  const hasStreams = document.operations.some(({ stream }) => stream !== null);
  const text = hasStreams ? surfaceClient(document) : plainClient(document);
  return { [`packages/client/src/generated/${document.name}.ts`]: typescriptFile(document.source, text) };
}

/** How the document streams, and how its events are folded, is written by hand in a folder of its name. */
const surfaceClient = (document: Document): string => `
import type { Paths } from "@interchange/contract/${document.name}";
import type { ClientOptions } from "../client-options.ts";
import type { OperationTable } from "../operation.ts";
import { createSurfaceClient, type SurfaceClient } from "../surface-client.ts";
import { surface } from "../${document.name}/surface.ts";

${shared(document)}
// A document's own words stand behind the class that every client throws.
export { StreamError } from "../core.ts";

${operationTable(document)}

/** ${document.bundle.info.title}, typed by its paths. */
export type ${pascal(document.name)}Client = SurfaceClient<Paths>;

/** Throws a ClientError where an option cannot be. */
export const create${pascal(document.name)}Client = (options: ClientOptions): ${pascal(document.name)}Client =>
  createSurfaceClient<Paths>(options, ${facts(document)}, surface);
`;

/** The client of a document in which nothing answers with events. */
const plainClient = (document: Document): string => `
import type { Paths } from "@interchange/contract/${document.name}";
import type { ClientOptions } from "../client-options.ts";
import { createDocumentClient, type DocumentClient } from "../document-client.ts";
import type { OperationTable } from "../operation.ts";

${shared(document)}

${operationTable(document)}

/** ${document.bundle.info.title}, typed by its paths. */
export type ${pascal(document.name)}Client = DocumentClient<Paths>;

/** Throws a ClientError where an option cannot be. */
export const create${pascal(document.name)}Client = (options: ClientOptions): ${pascal(document.name)}Client =>
  createDocumentClient<Paths>(options, ${facts(document)});
`;

const shared = ({ name }: Document): string => `\
export type * from "@interchange/contract/${name}";
export * from "../core.ts";`;

const facts = (document: Document): string => `{ special, credential: ${credential(document)} }`;

/** What is carried in a way of its own stands apart, so that a client alone does not bring the whole table with it. */
function operationTable({ operations }: Document): string {
  const special = operations.filter(isSpecial);
  const constants = special.map((each) => `const ${each.id} = ${operationOf(each)} as const;\n`).join("");
  const rows = operations.map((each) => `  ${isSpecial(each) ? each.id : `${key(each.id)}: ${operationOf(each)}`},\n`);
  return `\
${constants}
/** Those that stream, that page, or that may be sent again by their key. */
const special = [${special.map(({ id }) => id).join(", ")}];

/** Every operation by its operationId. */
export const operations = {
${rows.join("")}} as const satisfies OperationTable;`;
}

const isSpecial = ({ idempotent, paged, stream }: Operation): boolean =>
  idempotent || paged !== null || stream !== null;

function operationOf({ method, path, idempotent, paged, stream }: Operation): string {
  const fields = [
    `method: ${JSON.stringify(method.toUpperCase())}`,
    `path: ${JSON.stringify(path)}`,
    ...(idempotent ? ["idempotent: true"] : []),
    ...(paged ? [`paged: ${literal(paged)}`] : []),
    ...(stream ? [`stream: ${literal(stream)}`] : []),
  ];
  return `{ ${fields.join(", ")} }`;
}

/** Emits `client/src/generated/index.ts`. */
export function emitClientEntrance(documents: readonly Document[]): Files {
  const lines = documents.map(
    ({ name }) => `export { create${pascal(name)}Client, type ${pascal(name)}Client } from "./${name}.ts";
export type * as ${camel(name)} from "@interchange/contract/${name}";`,
  );
  const imports = documents.map(({ name }) => `import { operations as ${camel(name)} } from "./${name}.ts";`);
  const rows = documents.map(
    ({ name }) => `  ${key(name) === name && camel(name) === name ? name : `${key(name)}: ${camel(name)}`},\n`,
  );
  const text = `${imports.join("\n")}

${lines.join("\n")}

/** Every operation of every document, by the document's name and its operationId. */
export const operations = {\n${rows.join("")}} as const;`;
  return { "packages/client/src/generated/index.ts": typescriptFile("spec/redocly.yaml", text) };
}

/** A bearer credential where the document has one: a key in a header of its own may not be sent to another origin. */
function credential({ bundle }: Document): string {
  const schemes = Object.values(bundle.components?.securitySchemes ?? {});
  if (schemes.some(({ type, scheme }) => type === "http" && scheme === "bearer"))
    return literal({ header: "authorization", prefix: "Bearer " });
  const header = schemes.find(({ type, in: place }) => type === "apiKey" && place === "header")?.name;
  return literal(header ? { header: header.toLowerCase(), prefix: "" } : null);
}
