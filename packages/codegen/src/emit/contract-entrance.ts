/** Emits what `contract` has once for all documents: its `index.ts` and the hand-written files that are copied into it. */
import { readFile } from "node:fs/promises";
import type { Document } from "../document.ts";
import { type Files, gather, typescriptFile } from "../file.ts";
import { camel } from "../name.ts";

/** Written and tested in `codegen/src/static`, copied as they stand. */
const copied = ["open-api-document.ts", "other-word.ts", "validator.ts"];

export async function emitContractEntrance(documents: readonly Document[]): Promise<Files> {
  const copies = copied.map(async (file): Promise<Files> => {
    const text = await readFile(new URL(`../static/${file}`, import.meta.url), "utf8");
    return { [`packages/contract/src/${file}`]: typescriptFile(`packages/codegen/src/static/${file}`, text) };
  });
  return gather([{ "packages/contract/src/index.ts": entrance(documents) }, ...(await Promise.all(copies))]);
}

const entrance = (documents: readonly Document[]): string =>
  typescriptFile(
    "spec/redocly.yaml",
    `${documents.map(({ name }) => `export * as ${camel(name)} from "./${name}/index.ts";`).join("\n")}
export type { Json, OpenApiDocument } from "./open-api-document.ts";
export type { OtherWord } from "./other-word.ts";
export type { Check, OperationChecks, ValidationError, Validator } from "./validator.ts";`,
  );
