/** Reading: finds the configuration, proves it, and gives it whole or says everything that is wrong with it. */
import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { assemble } from "./assembly.ts";
import { readCatalogue } from "./catalogue.ts";
import type { Config } from "./config.ts";
import { consistencyProblems } from "./consistency.ts";
import { type Environment, readEnvironment, type Variables } from "./environment.ts";
import type { ConfigFile } from "./file.ts";
import { type Problem, writeProblem } from "./problems.ts";
import { schemaProblems } from "./schema.ts";
import { readSource, type Source } from "./source.ts";

export interface ReadConfigOptions {
  /** As `process.env`. */
  readonly env: Variables;
  /** The working directory. */
  readonly cwd: string;
}

export type ConfigReading =
  | { readonly kind: "config"; readonly config: Config; readonly file: string }
  /** There is no file: everything but suppliers, which the demo brings itself. */
  | { readonly kind: "demo"; readonly config: Config }
  /** One sentence per problem, those of the file in the order of its lines. */
  | { readonly kind: "refused"; readonly problems: readonly string[] };

/** The file that is read when INTERCHANGE_CONFIG names none. */
export const CONFIG_FILE = "interchange.config.yaml";

/** Reads the file that INTERCHANGE_CONFIG names, else `./interchange.config.yaml`, and lays the environment over it. */
export function readConfig({ env, cwd }: ReadConfigOptions): ConfigReading {
  const { environment, problems } = readEnvironment(env);
  const found = readFile(environment, env, cwd);
  if (found.kind === "refused") return { kind: "refused", problems: [...problems, ...found.problems] };
  if (problems.length > 0) return { kind: "refused", problems };
  const parts = { environment, variables: env, catalogue: readCatalogue(), cwd };
  if (found.kind === "absent") {
    return { kind: "demo", config: assemble({ ...parts, file: { suppliers: [] }, fileDir: cwd }) };
  }
  const config = assemble({ ...parts, file: found.file, fileDir: dirname(found.path) });
  return { kind: "config", config, file: found.path };
}

type FileReading =
  | { readonly kind: "file"; readonly file: ConfigFile; readonly path: string }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly problems: readonly string[] };

/** Absent only when no file was named and the usual one is not there. */
function readFile({ configFile }: Environment, variables: Variables, cwd: string): FileReading {
  const path = resolve(cwd, configFile ?? CONFIG_FILE);
  const text = readText(path);
  if ("text" in text) return prove(text.text, path, variables, cwd);
  if (configFile === undefined && text.fault === "ENOENT") return { kind: "absent" };
  const subject = configFile === undefined ? CONFIG_FILE : `INTERCHANGE_CONFIG names ${configFile}, which`;
  return { kind: "refused", problems: [`${subject} cannot be read: ${READ_FAULTS[text.fault] ?? text.fault}`] };
}

/** The text, or the system's code for what is in the way. */
function readText(path: string): { readonly text: string } | { readonly fault: string } {
  try {
    return { text: readFileSync(path, "utf8") };
  } catch (fault) {
    return { fault: (fault as NodeJS.ErrnoException).code ?? "unknown" };
  }
}

const READ_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission is denied",
};

function prove(text: string, path: string, variables: Variables, cwd: string): FileReading {
  const shown = shortest(path, cwd);
  const source = readSource(text);
  if (!("value" in source)) {
    const problems = source.map(({ sentence, position }) => writeProblem({ path: [], sentence }, shown, position));
    return { kind: "refused", problems };
  }
  const problems = problemsOf(source.value, variables);
  if (problems.length > 0) return { kind: "refused", problems: writeProblems(problems, source, shown) };
  return { kind: "file", file: source.value as ConfigFile, path };
}

/** Relative to the working directory when it lies within it. */
function shortest(path: string, cwd: string): string {
  const within = relative(cwd, path);
  return within.startsWith("..") ? path : within;
}

function problemsOf(value: unknown, variables: Variables): readonly Problem[] {
  if (value === null) return [{ path: [], sentence: "is empty" }];
  const shape = schemaProblems(value);
  return shape.length > 0 ? shape : consistencyProblems(value as ConfigFile, readCatalogue().instruments, variables);
}

function writeProblems(problems: readonly Problem[], source: Source, file: string): readonly string[] {
  return problems
    .map((problem) => ({ problem, position: source.positionOf(problem) }))
    .toSorted((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
    .map(({ problem, position }) => writeProblem(problem, file, position));
}
