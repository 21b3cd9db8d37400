/** Emits `contract/src/<document>/types.ts`: the types of the document, by openapi-typescript. */
import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import type { Document } from "../document.ts";
import { type Files, typescriptFile } from "../file.ts";

/**
 * Without `defaultNonNullable: false` a property with a default would be required of callers; without `emptyObjectsUnknown`
 * `{type: object}` would be an object that may have no property.
 */
const options = { alphabetize: true, defaultNonNullable: false, emptyObjectsUnknown: true, silent: true };

export async function emitContractTypes({ name, source, bundle }: Document): Promise<Files> {
  const nodes = await openapiTS(structuredClone(bundle) as unknown as OpenAPI3, options);
  return { [`packages/contract/src/${name}/types.ts`]: typescriptFile(source, halveIndent(astToString(nodes))) };
}

/** TypeScript's printer moves in by four spaces, this repository by two. */
const halveIndent = (text: string): string => text.replaceAll(/^(?: {4})+/gm, (spaces) => spaces.slice(spaces.length / 2));
