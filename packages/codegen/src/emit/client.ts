/** Emits `client/src/generated/<document>.ts`: the client of the document, typed by its paths, with what the types cannot say. */
import type { Document } from "../document.ts";
import { type Files, literal, typescriptFile } from "../file.ts";
import { camel, pascal } from "../name.ts";

export function emitClient(document: Document): Files {
  const hasStreams = document.operations.some(({ stream }) => stream !== null);
  const text = hasStreams ? surfaceClient(document) : plainClient(document);
  return { [`packages/client/src/generated/${document.name}.ts`]: typescriptFile(document.source, text) };
}

const surfaceClient = (document: Document): string => `
${importPaths(document)}
import type { ClientOptions } from "../document-client.ts";
import { createSurfaceClient, type SurfaceClient, type SurfaceFacts } from "../surface-client.ts";

const facts: SurfaceFacts = {
  credential: ${credential(document)},
  streams: ${streams(document)},
};

${entrance(document, "SurfaceClient", "createSurfaceClient", "facts")}
`;

/** The client of a document in which nothing answers with events. */
const plainClient = (document: Document): string => `
${importPaths(document)}
import { type ClientOptions, type Credential, createDocumentClient, type DocumentClient } from "../document-client.ts";

const credential: Credential = ${credential(document)};

${entrance(document, "DocumentClient", "createDocumentClient", "credential")}
`;

const importPaths = ({ name }: Document): string => `import type { Paths } from "@interchange/contract/${name}";`;

const entrance = ({ name, bundle }: Document, type: string, create: string, facts: string): string => `\
/** ${bundle.info.title}, typed by its paths. */
export type ${pascal(name)}Client = ${type}<Paths>;

export const create${pascal(name)}Client = (options: ClientOptions): ${pascal(name)}Client =>
  ${create}<Paths>(options, ${facts});`;

/** Emits `client/src/generated/index.ts`. */
export function emitClientEntrance(documents: readonly Document[]): Files {
  const lines = documents.map(
    ({ name }) => `export { create${pascal(name)}Client, type ${pascal(name)}Client } from "./${name}.ts";
export type * as ${camel(name)} from "@interchange/contract/${name}";`,
  );
  return { "packages/client/src/generated/index.ts": typescriptFile("spec/redocly.yaml", lines.join("\n")) };
}

/** A bearer credential where the document has one: a key in a header of its own may not be sent to another origin. */
function credential({ bundle }: Document): string {
  const schemes = Object.values(bundle.components?.securitySchemes ?? {});
  if (schemes.some(({ type, scheme }) => type === "http" && scheme === "bearer"))
    return literal({ header: "authorization", prefix: "Bearer " });
  const header = schemes.find(({ type, in: place }) => type === "apiKey" && place === "header")?.name;
  return literal(header ? { header: header.toLowerCase(), prefix: "" } : null);
}

function streams({ operations }: Document): string {
  const rows = operations.flatMap(({ path, method, stream }) =>
    stream ? [`    ${JSON.stringify(path)}: { method: "${method}", framing: ${literal(stream)} },\n`] : [],
  );
  return `{\n${rows.join("")}  }`;
}
