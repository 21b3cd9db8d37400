/** What stands beside a recorded exchange: `transcripts/<format>/<situation>.yaml`. */
import { parse, stringify } from "yaml";
import { isObject, type JsonObject } from "./json.ts";

export type TranscriptHead = {
  /** One sentence: what there is to see. */
  readonly about?: string;
  /** `recorded`, or `written after <page>`. */
  readonly origin: string;
  /** Whose server it is, or whose habits it has. */
  readonly server: string;
  /** The day, as YYYY-MM-DD. */
  readonly date: string;
  /** The body that was asked with; `stream` is left out, since the file's ending tells. */
  readonly request: JsonObject;
  /** How each of the two files was answered; absent where there is no such file. */
  readonly sse?: AnswerHead;
  readonly json?: AnswerHead;
};

export type AnswerHead = {
  readonly status: number;
  readonly contentType: string;
  /** Those that tell how long to wait and what is left. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How the connection ended when it did not end well: torn, or silent until nobody waited any more. */
  readonly ending?: "reset" | "hang";
};

/** The file's two possible endings: a stream, or anything else. */
export type TranscriptKind = "sse" | "json";

/** A head that cannot be read; the message says where it is amiss. */
export class HeadError extends Error {}

/** Reads the head's text. Throws HeadError. */
export function readHead(text: string): TranscriptHead {
  const head: unknown = parse(text);
  if (!isObject(head)) throw new HeadError("the head is not an object");
  for (const key of ["origin", "server", "date"]) if (typeof head[key] !== "string") throw new HeadError(`no ${key}`);
  if (!isObject(head.request)) throw new HeadError("no request");
  for (const kind of ["sse", "json"]) if (kind in head) checkAnswer(kind, head[kind]);
  return head as TranscriptHead;
}

function checkAnswer(kind: string, answer: unknown): void {
  const said = isObject(answer) && Number.isInteger(answer.status) && typeof answer.contentType === "string";
  if (!said) throw new HeadError(`${kind} has no status and content type`);
}

export function writeHead(head: TranscriptHead): string {
  return stringify(head, { lineWidth: 120 });
}
