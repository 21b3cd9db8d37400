/** Emits `contract/src/<document>/document.ts`: the bundled document as a value. */
import type { Document } from "../document.ts";
import { type Files, typescriptFile } from "../file.ts";

export function emitContractDocument({ name, source, bundle }: Document): Files {
  const text = `
import type { OpenApiDocument } from "../open-api-document.ts";

/** ${bundle.info.title}: the whole document, every reference inside it. */
export const document: OpenApiDocument = ${JSON.stringify(bundle, null, 2)};
`;
  return { [`packages/contract/src/${name}/document.ts`]: typescriptFile(source, text) };
}
