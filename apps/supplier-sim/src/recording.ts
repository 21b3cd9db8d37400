/** A recording as files: the bytes as they came, and the head beside them. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "./json.ts";
import { type Recording, RecordingError } from "./recorder.ts";
import { readHead, type TranscriptHead, writeHead } from "./transcript-head.ts";

export type Shelf = {
  readonly folder: string;
  readonly format: string;
  readonly situation: string;
  /** Whether what already stands under the name may go. */
  readonly replace: boolean;
};

export type Label = Pick<TranscriptHead, "about" | "server" | "date"> & { readonly body: JsonObject };

/** What must not be written anywhere. */
export type Secrets = readonly string[];

/**
 * Writes both files and returns the path of the bytes. A stream and a whole answer to the same question share one head.
 * Throws RecordingError when something else stands there, or when a secret would be written.
 */
export async function keepRecording(
  shelf: Shelf,
  label: Label,
  recording: Recording,
  secrets: Secrets,
): Promise<string> {
  const path = join(shelf.folder, shelf.format, shelf.situation);
  const head = headOf(label, recording, await standing(shelf, path, label, recording));
  const text = writeHead(head);
  for (const secret of secrets) {
    if (recording.bytes.includes(secret) || text.includes(secret)) {
      throw new RecordingError("the credential stands in the exchange; nothing was written");
    }
  }
  await mkdir(join(shelf.folder, shelf.format), { recursive: true });
  if (shelf.replace) await Promise.all(["sse", "json"].map((ending) => rm(`${path}.${ending}`, { force: true })));
  await writeFile(`${path}.${recording.kind}`, recording.bytes);
  await writeFile(`${path}.yaml`, text);
  return `${path}.${recording.kind}`;
}

function headOf({ body, ...label }: Label, { kind, answer }: Recording, before: TranscriptHead | undefined) {
  const other = kind === "sse" ? "json" : "sse";
  const kept = before?.[other] === undefined ? {} : { [other]: before[other] };
  return { ...label, origin: "recorded", request: questionOf(body), ...kept, [kind]: answer };
}

/** The file's ending tells whether a stream was asked for. */
function questionOf({ stream: _, ...body }: JsonObject): JsonObject {
  return body;
}

/** The head of the same question's other answer; undefined when there is none. What stands there stays. */
async function standing(
  shelf: Shelf,
  path: string,
  { body }: Label,
  { kind }: Recording,
): Promise<TranscriptHead | undefined> {
  if (shelf.replace) return undefined;
  if (existsSync(`${path}.${kind}`)) throw taken(`${path}.${kind} is there already`);
  if (!existsSync(`${path}.yaml`)) {
    if (!existsSync(`${path}.sse`) && !existsSync(`${path}.json`)) return undefined;
    throw taken(`${path} is taken by a transcript without a head`);
  }
  const head = readHead(await readFile(`${path}.yaml`, "utf8"));
  if (head.origin === "recorded" && isDeepStrictEqual(head.request, questionOf(body))) return head;
  throw taken(`${path} is taken by another exchange`);
}

function taken(what: string): RecordingError {
  return new RecordingError(`${what}; choose another name, or say --replace`);
}
