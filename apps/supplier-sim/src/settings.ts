/** The simulator's configuration: its shape, read from an object or from a YAML or JSON file. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { DirectiveError, type Directives, readDirectives } from "./directive.ts";
import { isObject, type JsonObject } from "./json.ts";

export type Settings = {
  /** The credential to ask for; without one, everybody is served. */
  readonly credential?: string;
  /** Models by name, each with the directives that hold for it. */
  readonly models: Readonly<Record<string, Directives>>;
  /** Answer 404 to a model that is not listed. */
  readonly onlyListedModels: boolean;
  /** Directives that hold for every request. */
  readonly directives: Directives;
  /** The folder of the transcripts. */
  readonly transcripts: string;
  /** Exchanges that are remembered, the newest ones. */
  readonly recordMax: number;
  /** Open `/sim/program` and `/sim/requests`. */
  readonly control: boolean;
};

/** A setting that cannot be; the message begins with its path. */
export class SettingsError extends Error {}

export const defaultSettings: Settings = {
  models: { "sim-standard": {}, "sim-prime": {}, "sim-max": {} },
  onlyListedModels: false,
  directives: {},
  transcripts: fileURLToPath(new URL("../transcripts/", import.meta.url)),
  recordMax: 1000,
  control: false,
};

type Reader = (value: unknown, path: string) => unknown;

const readers: { readonly [K in keyof Required<Settings>]: Reader } = {
  credential: readText,
  models: readModels,
  onlyListedModels: readFlag,
  directives: readDirectivesAt,
  transcripts: readText,
  recordMax: readCount,
  control: readFlag,
};

/** Settings from an object; what it leaves out keeps its default. Throws SettingsError. */
export function readSettings(object: unknown): Settings {
  const given = readObject(object ?? {}, "(root)");
  const settings: Record<string, unknown> = { ...defaultSettings };
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(readers, key)) throw new SettingsError(`${key}: there is no such setting`);
    if (value !== undefined) settings[key] = readers[key as keyof Settings](value, key);
  }
  return settings as Settings;
}

/** Settings from a YAML or JSON file; the folder it names is looked for beside it. Throws SettingsError. */
export function readSettingsFile(path: string): Settings {
  const settings = readSettings(parse(readFileSync(path, "utf8")));
  return { ...settings, transcripts: resolve(dirname(path), settings.transcripts) };
}

function readModels(value: unknown, path: string): unknown {
  const models = Object.entries(readObject(value, path));
  return Object.fromEntries(
    models.map(([name, directives]) => [name, readDirectivesAt(directives ?? {}, `${path}.${name}`)]),
  );
}

function readDirectivesAt(value: unknown, path: string): Directives {
  try {
    return readDirectives(readObject(value, path));
  } catch (error) {
    if (error instanceof DirectiveError) throw new SettingsError(`${path}: ${error.message}`);
    throw error;
  }
}

function readObject(value: unknown, path: string): JsonObject {
  if (!isObject(value)) throw new SettingsError(`${path}: must be an object`);
  return value;
}

function readText(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw new SettingsError(`${path}: must be a text`);
  return value;
}

function readFlag(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new SettingsError(`${path}: must be true or false`);
  return value;
}

function readCount(value: unknown, path: string): number {
  if (!Number.isInteger(value) || Number(value) < 0) throw new SettingsError(`${path}: must be a whole number from 0`);
  return Number(value);
}
