/** A document of the contract: listed in redocly.yaml, bundled by Redocly's command line, its operations read. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { type Operation, readOperations } from "./operation.ts";
import type { Schema } from "./schema.ts";

export interface Document {
  /** The word of the surface, e.g. `chat-completions`. */
  readonly name: string;
  /** The hand-written root, as a path from the root of the repository. */
  readonly source: string;
  readonly bundle: Bundle;
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** OpenAPI Object, as far as it is read here. */
export interface Bundle {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, unknown>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, Schema>>;
    readonly securitySchemes?: Readonly<Record<string, SecurityScheme>>;
  };
}

export interface SecurityScheme {
  readonly type: string;
  readonly scheme?: string;
  readonly in?: string;
  readonly name?: string;
}

const run = promisify(execFile);
const packageFolder = dirname(createRequire(import.meta.url).resolve("@redocly/cli/package.json"));

/** Every document that a redocly.yaml lists under `apis`, in its order. */
export async function readDocuments(configFile: string): Promise<Document[]> {
  const config = parse(await readFile(configFile, "utf8")) as { apis?: Record<string, { root: string }> };
  return Promise.all(Object.entries(config.apis ?? {}).map(([name, { root }]) => readDocument(configFile, name, root)));
}

async function readDocument(configFile: string, name: string, root: string): Promise<Document> {
  const bundle = await bundleOf(configFile, name);
  return {
    name,
    source: `spec/${root.replace(/^\.\//, "")}`,
    bundle,
    operations: readOperations({ ...bundle }),
    schemas: bundle.components?.schemas ?? {},
  };
}

/** The document as one value. Throws with Redocly's own words when it does not bundle. */
async function bundleOf(configFile: string, name: string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "interchange-bundle-"));
  const output = join(folder, "bundle.json");
  const quiet = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const command = [join(packageFolder, "bin/cli.js"), "bundle", name, "--config", configFile, "--ext", "json"];
  try {
    await run(process.execPath, [...command, "-o", output], { env: { ...process.env, ...quiet } });
    return JSON.parse(await readFile(output, "utf8")) as Bundle;
  } catch (failure) {
    const words = failure instanceof Error && "stderr" in failure ? String(failure.stderr).trim() : String(failure);
    throw new Error(`${name} does not bundle: ${words}`, { cause: failure });
  } finally {
    await rm(folder, { recursive: true });
  }
}
