/** Emits `client/src/generated/<document>.ts`: the client of the document, typed by its paths, with what the types cannot say. */
import type { Document, SecurityScheme } from "../document.ts";
import { type Files, literal, typescriptFile } from "../file.ts";
import { camel, pascal } from "../name.ts";

export function emitClient(document: Document): Files {
  const { name, source, bundle } = document;
  const text = `
import type { Paths } from "@interchange/contract/${name}";
import { type ClientOptions, createSurfaceClient, type SurfaceClient, type SurfaceFacts } from "../surface-client.ts";

const facts: SurfaceFacts = {
  credential: ${credential(Object.values(bundle.components?.securitySchemes ?? {}))},
  streams: ${streams(document)},
};

/** ${bundle.info.title}, typed by its paths. */
export type ${pascal(name)}Client = SurfaceClient<Paths>;

export const create${pascal(name)}Client = (options: ClientOptions): ${pascal(name)}Client =>
  createSurfaceClient<Paths>(options, facts);
`;
  return { [`packages/client/src/generated/${name}.ts`]: typescriptFile(source, text) };
}

/** Emits `client/src/generated/index.ts`. */
export function emitClientEntrance(documents: readonly Document[]): Files {
  const lines = documents.map(
    ({ name }) => `export { create${pascal(name)}Client, type ${pascal(name)}Client } from "./${name}.ts";
export type * as ${camel(name)} from "@interchange/contract/${name}";`,
  );
  return { "packages/client/src/generated/index.ts": typescriptFile("spec/redocly.yaml", lines.join("\n")) };
}

/** A bearer credential where the document has one: a key in a header of its own may not be sent to another origin. */
function credential(schemes: readonly SecurityScheme[]): string {
  if (schemes.some(({ type, scheme }) => type === "http" && scheme === "bearer"))
    return literal({ header: "authorization", prefix: "Bearer " });
  const header = schemes.find(({ type, in: place }) => type === "apiKey" && place === "header")?.name;
  return literal(header ? { header: header.toLowerCase(), prefix: "" } : null);
}

function streams({ operations }: Document): string {
  const rows = operations.flatMap(({ path, method, stream }) =>
    stream ? [`    ${JSON.stringify(path)}: { method: "${method}", framing: ${literal(stream)} },\n`] : [],
  );
  return rows.length > 0 ? `{\n${rows.join("")}  }` : "{}";
}
