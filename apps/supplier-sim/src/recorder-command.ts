/** The recorder's command line. The credential comes from an environment variable and is written nowhere. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isObject, type JsonObject } from "./json.ts";
import { type Question, RecordingError, recordExchange } from "./recorder.ts";
import { keepRecording } from "./recording.ts";
import { defaultSettings } from "./settings.ts";

const usage = `record --format chat-completions|messages --base-url <url> --request <file.json> --situation <name>
       [--credential-env SUPPLIER_CREDENTIAL] [--header "name: value"]… [--server <whose>] [--about <sentence>]
       [--transcripts <folder>] [--timeout-ms 120000] [--replace]`;

type Values = ReturnType<typeof parsed>;

function parsed(args: readonly string[]) {
  const options = {
    format: { type: "string" },
    "base-url": { type: "string" },
    request: { type: "string" },
    situation: { type: "string" },
    "credential-env": { type: "string", default: "SUPPLIER_CREDENTIAL" },
    header: { type: "string", multiple: true, default: [] as string[] },
    server: { type: "string" },
    about: { type: "string" },
    transcripts: { type: "string", default: defaultSettings.transcripts },
    "timeout-ms": { type: "string", default: "120000" },
    replace: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  return parseArgs({ args: args.filter((arg) => arg !== "--"), options }).values;
}

/** Runs the command and resolves with what is to be told: the path that was written, or the usage. Throws RecordingError. */
export async function runRecorder(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const values = valuesOf(args);
  if (values.help) return usage;
  const question = questionOf(values, env);
  const situation = demanded("situation", values.situation);
  if (!/^[A-Za-z0-9][\w-]*$/.test(situation)) throw new RecordingError("--situation: letters, digits and hyphens");
  const shelf = { folder: values.transcripts, format: question.format, situation, replace: values.replace };
  const label = {
    ...(values.about === undefined ? {} : { about: values.about }),
    server: values.server ?? new URL(question.baseUrl).host,
    date: new Date().toISOString().slice(0, 10),
    body: question.body,
  };
  const recording = await recordExchange(question);
  const secrets = question.credential === undefined ? [] : [question.credential];
  return `recorded ${await keepRecording(shelf, label, recording, secrets)}`;
}

function valuesOf(args: readonly string[]): Values {
  try {
    return parsed(args);
  } catch (error) {
    throw new RecordingError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function questionOf(values: Values, env: NodeJS.ProcessEnv): Question {
  const credential = env[values["credential-env"]];
  return {
    format: formatOf(values.format),
    baseUrl: urlOf(demanded("base-url", values["base-url"])),
    ...(credential ? { credential } : {}),
    headers: Object.fromEntries(values.header.map(headerOf)),
    body: bodyOf(demanded("request", values.request)),
    timeoutMs: timeoutOf(values["timeout-ms"]),
  };
}

function timeoutOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new RecordingError("--timeout-ms: a whole number of milliseconds");
  return Number(text);
}

function demanded(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new RecordingError(`--${name} is missing\n${usage}`);
  return value;
}

function formatOf(format: string | undefined): Question["format"] {
  if (format === "chat-completions" || format === "messages") return format;
  throw new RecordingError(`--format: chat-completions or messages\n${usage}`);
}

function urlOf(text: string): string {
  if (!URL.canParse(text)) throw new RecordingError(`--base-url: not a URL: ${text}`);
  return text;
}

function headerOf(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  if (colon < 1) throw new RecordingError('--header: "name: value"');
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

function bodyOf(path: string): JsonObject {
  try {
    const body: unknown = JSON.parse(textOf(path));
    if (isObject(body)) return body;
  } catch (error) {
    if (error instanceof RecordingError) throw error;
  }
  throw new RecordingError(`--request: ${path} is not a JSON object`);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RecordingError(`--request: ${path} cannot be read: ${FAULTS[code ?? ""] ?? code}`);
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission is denied",
};
