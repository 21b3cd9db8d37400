/** Recorded exchanges, replayed byte for byte: `transcripts/<format>/<situation>.sse` for streams, `.json` for the rest. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Declined } from "./exchange.ts";
import { eventScript, type Script, wholeScript } from "./script.ts";
import { type AnswerHead, HeadError, readHead, type TranscriptKind } from "./transcript-head.ts";

export type TranscriptName = { readonly folder: string; readonly format: string; readonly situation: string };

/**
 * The script that replays a transcript, with the status, headers and ending that its head tells; a stream is cut into its
 * events. Whoever asks for a stream where none was recorded gets what was. Throws Declined (400) when there is nothing.
 */
export async function replay(name: TranscriptName, stream: boolean): Promise<Script> {
  const path = join(name.folder, name.format, name.situation);
  const streamed = stream ? await readTranscript(`${path}.sse`) : undefined;
  const kind: TranscriptKind = streamed === undefined ? "json" : "sse";
  const text = streamed ?? (await readTranscript(`${path}.json`));
  if (text === undefined) {
    throw new Declined({ status: 400, message: `there is no transcript ${path}.${stream ? "sse" : "json"}` });
  }
  const head = await readAnswerHead(`${path}.yaml`, kind);
  return headed(kind === "sse" ? eventScript(eventsOf(text)) : wholeScript(200, "application/json", text), head);
}

async function readTranscript(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes !== undefined && !isUtf8(bytes)) {
    throw new Declined({ status: 400, message: `the transcript ${path} is not UTF-8` });
  }
  return bytes?.toString("utf8");
}

/** A transcript without a head was answered well. */
async function readAnswerHead(path: string, kind: TranscriptKind): Promise<AnswerHead | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return readHead(text)[kind];
  } catch (error) {
    const problem = error instanceof HeadError ? error.message : String(error);
    throw new Declined({ status: 400, message: `the transcript's head ${path} cannot be read: ${problem}` });
  }
}

function headed(script: Script, answer: AnswerHead | undefined): Script {
  if (answer === undefined || script.head === undefined) return script;
  const headers = { ...script.head.headers, "content-type": answer.contentType, ...answer.headers };
  return { ...script, head: { status: answer.status, headers }, ending: answer.ending ?? "end" };
}

/** The events, each with the blank line that ends it; joined, they are the text. */
function eventsOf(text: string): readonly string[] {
  return text.split(/(?<=\r\n\r\n|\n\n|\r\r)/).filter((event) => event !== "");
}
