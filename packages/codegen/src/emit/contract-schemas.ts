/** Emits `contract/src/<document>/schemas.ts` (each component schema as a named type) and the document's `index.ts`. */
import type { Document } from "../document.ts";
import { type Files, typescriptFile } from "../file.ts";

export function emitContractSchemas({ name, source, schemas }: Document): Files {
  const folder = `packages/contract/src/${name}`;
  return {
    [`${folder}/schemas.ts`]: typescriptFile(source, namedTypes(Object.keys(schemas).sort())),
    [`${folder}/index.ts`]: typescriptFile(source, entrance),
  };
}

const namedTypes = (names: readonly string[]): string => `
import type { components } from "./types.ts";

type Schemas = components["schemas"];

${names.map((name) => `export type ${name} = Schemas["${name}"];`).join("\n")}
`;

const entrance = `
export { document } from "./document.ts";
export type * from "./schemas.ts";
export type { components as Components, operations as Operations, paths as Paths } from "./types.ts";
export { validators } from "./validators.ts";
`;
