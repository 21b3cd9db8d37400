/** Recorded exchanges, replayed byte for byte: `transcripts/<format>/<situation>.sse` for streams, `.json` for whole answers. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Declined } from "./exchange.ts";
import { eventScript, type Script, wholeScript } from "./script.ts";

export type TranscriptName = { readonly folder: string; readonly format: string; readonly situation: string };

/** The script that replays a transcript; a stream is cut into its events. Throws Declined (400) when there is none. */
export async function replay(name: TranscriptName, stream: boolean): Promise<Script> {
  const text = await readTranscript(join(name.folder, name.format, `${name.situation}.${stream ? "sse" : "json"}`));
  return stream ? eventScript(eventsOf(text)) : wholeScript(200, "application/json", text);
}

async function readTranscript(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) throw new Declined({ status: 400, message: `there is no transcript ${path}` });
  if (!isUtf8(bytes)) throw new Declined({ status: 400, message: `the transcript ${path} is not UTF-8` });
  return bytes.toString("utf8");
}

/** The events, each with the blank line that ends it; joined, they are the text. */
function eventsOf(text: string): readonly string[] {
  return text.split(/(?<=\r\n\r\n|\n\n|\r\r)/).filter((event) => event !== "");
}
