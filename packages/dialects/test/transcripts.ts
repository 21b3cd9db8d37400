/** The recorded exchanges that supplier-sim keeps: `apps/supplier-sim/transcripts/<format>/<situation>.{yaml,sse,json}`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Json } from "./situation.ts";

export interface Transcript {
  readonly name: string;
  /** The body that was asked with, without `stream`. */
  readonly request: Json;
  /** The bytes of the stream. */
  readonly stream?: Buffer;
  /** The whole answer, which is a refusal when its status is not 200. */
  readonly whole?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string;
  };
}

const FOLDER = new URL("../../../apps/supplier-sim/transcripts/", import.meta.url);

export function transcripts(format: string): readonly Transcript[] {
  const folder = new URL(`${format}/`, FOLDER);
  const heads = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  return heads.map((file) => transcript(folder, file.replace(".yaml", "")));
}

interface Head {
  readonly request: Json;
  readonly json?: { readonly status: number; readonly headers?: Readonly<Record<string, string>> };
}

function transcript(folder: URL, name: string): Transcript {
  const { request, json }: Head = parse(readFileSync(new URL(`${name}.yaml`, folder), "utf8"));
  const stream = new URL(`${name}.sse`, folder);
  const text = json && readFileSync(new URL(`${name}.json`, folder), "utf8");
  return {
    name,
    request,
    ...(existsSync(stream) ? { stream: readFileSync(stream) } : {}),
    ...(text === undefined ? {} : { whole: { status: json?.status ?? 0, headers: json?.headers ?? {}, text } }),
  };
}
