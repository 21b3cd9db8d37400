/** Emits `contract/src/<document>/types.ts`: the types of the document, by openapi-typescript. */
import openapiTS, { astToString, type OpenAPI3, type SchemaObject } from "openapi-typescript";
import ts from "typescript";
import type { Document } from "../document.ts";
import { type Files, typescriptFile } from "../file.ts";
import { isSchema } from "../schema.ts";

/**
 * Without `defaultNonNullable: false` a property with a default would be required of callers; without `emptyObjectsUnknown`
 * `{type: object}` would be an object that may have no property.
 */
const options = {
  alphabetize: true,
  defaultNonNullable: false,
  emptyObjectsUnknown: true,
  silent: true,
  transform: otherWord,
};

export async function emitContractTypes({ name, source, bundle }: Document): Promise<Files> {
  const nodes = await openapiTS(structuredClone(bundle) as unknown as OpenAPI3, options);
  const types = halveIndent(astToString(nodes));
  const imports = types.includes("OtherWord") ? `import type { OtherWord } from "../other-word.ts";\n\n` : "";
  return { [`packages/contract/src/${name}/types.ts`]: typescriptFile(source, `${imports}${types}`) };
}

/** A text that may be anything but certain words; nothing for every other schema, which openapi-typescript then types itself. */
function otherWord({ type, not }: SchemaObject & { not?: unknown }): ts.TypeNode | undefined {
  const isOther = type === "string" && isSchema(not) && Array.isArray(not["enum"]);
  return isOther ? ts.factory.createTypeReferenceNode("OtherWord") : undefined;
}

/** TypeScript's printer moves in by four spaces, this repository by two. */
const halveIndent = (text: string): string =>
  text.replaceAll(/^(?: {4})+/gm, (spaces) => spaces.slice(spaces.length / 2));
