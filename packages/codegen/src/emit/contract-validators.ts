/** Emits `contract/src/<document>/checks.ts` (compiled by Ajv) and `validators.ts` (the typed table of them). */
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import type { Document } from "../document.ts";
import { type Files, indent, typescriptFile } from "../file.ts";
import { key, pascal } from "../name.ts";
import type { Operation } from "../operation.ts";
import { componentName, rulesOf, type Schema } from "../schema.ts";
import { decideUnions } from "../union.ts";
import { jsonType } from "./json-type.ts";

/** The checks to compile: one name for each schema that differs from the others, however many places share it. */
interface Checks {
  readonly schemas: Map<string, Schema>;
  nameOf(schema: Schema, wanted: string): string;
}

export function emitContractValidators(document: Document): Files {
  const checks = newChecks();
  const rows = document.operations.map((operation) => tableRow(checks, operation));
  const folder = `packages/contract/src/${document.name}`;
  return {
    [`${folder}/validators.ts`]: typescriptFile(document.source, validatorTable(checks, rows)),
    [`${folder}/checks.ts`]: typescriptFile(document.source, compiled(document, checks)),
  };
}

function newChecks(): Checks {
  const schemas = new Map<string, Schema>();
  const names = new Map<string, string>();
  const nameOf = (schema: Schema, wanted: string): string => {
    const rules = JSON.stringify(rulesOf(schema));
    const name = names.get(rules) ?? `is${pascal(componentName(schema) ?? wanted)}`;
    names.set(rules, name);
    schemas.set(name, JSON.parse(rules) as Schema);
    return name;
  };
  return { schemas, nameOf };
}

/** `createEcho: { request, responses, event }`, each a validator or null where the operation has none. */
function tableRow(checks: Checks, { id, request, responses }: Operation): string {
  const cell = (schema: Schema | null, what: string): string => {
    if (!schema) return "null";
    return `checks.${checks.nameOf(schema, `${id}${what}`)} as Validator<${jsonType(schema)}>`;
  };
  const bodies = responses.filter(({ json }) => json);
  const events = responses.find((response) => response.events)?.events ?? null;
  const byStatus = bodies.map(({ status, json }) => `${status}: ${cell(json, String(status))},\n`).join("");
  return [
    `${key(id)}: {`,
    indent(`request: ${cell(request, "Request")},`),
    indent(byStatus === "" ? "responses: {}," : `responses: {\n${indent(byStatus)}},`),
    indent(`event: ${cell(events, "Event")},`),
    "},",
  ].join("\n");
}

const validatorTable = (checks: Checks, rows: readonly string[]): string => `
import type { OperationChecks${checks.schemas.size > 0 ? ", Validator" : ""} } from "../validator.ts";
${checks.schemas.size > 0 ? `import * as checks from "./checks.ts";\nimport type * as Contract from "./schemas.ts";` : ""}

/** By operation: what checks its request, its JSON responses by status, and each event of its stream; null where it has none. */
export const validators = {
${indent(rows.join("\n"))}
} satisfies Record<string, OperationChecks>;
`;

/** The code of every check. It is compiled, so the type checker is asked to pass over it, and needs nothing but validator.ts. */
function compiled({ schemas }: Document, checks: Checks): string {
  const components = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, rulesOf(schema)]));
  const decided = (each: Readonly<Record<string, Schema>>) =>
    Object.fromEntries(Object.entries(each).map(([name, schema]) => [name, decideUnions(schema, components)]));
  const root = {
    $id: "contract",
    components: { schemas: decided(components) },
    checks: decided(Object.fromEntries(checks.schemas)),
  };
  const ajv = newAjv().addSchema(root);
  const wanted = Object.fromEntries([...checks.schemas.keys()].map((name) => [name, `contract#/checks/${name}`]));
  const code = withTypes(withoutUnused(withoutRequire(standaloneCode.default(ajv, wanted))));
  return `// @ts-nocheck: compiled code; validators.ts says what each check proves.\n${code}`;
}

/** Formats are words for people here; `unevaluated…` and `$dynamicRef` are not in use, and book-keeping for them costs time. */
function newAjv(): Ajv2020 {
  const code = { source: true, esm: true, lines: true };
  const ajv = new Ajv2020({ strict: false, validateFormats: false, discriminator: true, inlineRefs: false, code });
  Object.assign(ajv.opts, { unevaluated: false, dynamicRef: false });
  return ajv;
}

/** What Ajv asks for at run time → our own function for it. */
const runtime: Readonly<Record<string, string>> = {
  'require("ajv/dist/runtime/ucs2length").default': "codePointLength",
  'require("ajv/dist/runtime/equal").default': "isSameJson",
};

function withoutRequire(code: string): string {
  const own = Object.entries(runtime).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), code);
  const left = /require\([^)]*\)/.exec(own);
  if (left) throw new Error(`the compiled validators would need ${left[0]} at run time`);
  return own.replace(/^"use strict";/, 'import { type Check, codePointLength, isSameJson } from "../validator.ts";\n');
}

/** Ajv writes down every schema, also those that its code never reads again. */
const withoutUnused = (code: string): string =>
  code.replaceAll(/^const (schema\d+) = .*;\n/gm, (line, name: string) =>
    (code.match(new RegExp(`\\b${name}\\b`, "g"))?.length ?? 0) > 1 ? line : "",
  );

/** The type of an exported check is said, so that no declaration has to be inferred from compiled code. */
const withTypes = (code: string): string =>
  code.replaceAll(/^export const (\w+) = (\w+);/gm, "export const $1: Check = $2;");
