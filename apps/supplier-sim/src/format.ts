/** A wire format as the simulator speaks it: what each of the two folders offers. */
import type { IncomingHttpHeaders } from "node:http";
import type { Answer } from "./answer.ts";
import type { JsonObject } from "./json.ts";
import type { Prompt } from "./prompt.ts";

/** What one response says of itself. */
export type Letterhead = {
  /** Different for each response; the ids of everything in it are made of it. */
  readonly serial: string;
  /** The model that served. */
  readonly model: string;
  readonly createdSeconds: number;
};

export type VendorError = {
  readonly status: number;
  readonly message: string;
  /** The vendor's word; by default the one that belongs to the status. */
  readonly type?: string;
  readonly code?: string;
  /** The property at fault. */
  readonly param?: string;
};

export type Format = {
  readonly name: "chat-completions" | "messages";
  readonly requestIdHeader: string;
  /** The status by which the vendor says that it has too much to do. */
  readonly overloadedStatus: number;
  /** The credentials that stand where the vendor looks for one. */
  readonly credentialsIn: (headers: IncomingHttpHeaders) => readonly string[];
  /** What the vendor would answer 400 to; undefined when it would not. */
  readonly checkRequest: (body: JsonObject, headers: IncomingHttpHeaders) => VendorError | undefined;
  readonly readPrompt: (body: JsonObject) => Prompt;
  readonly writeAnswer: (answer: Answer, prompt: Prompt, letterhead: Letterhead) => object;
  /** The events of the stream, each a string that ends with its blank line. `chunks`: pieces to a text. */
  readonly writeEvents: (answer: Answer, prompt: Prompt, letterhead: Letterhead, chunks: number) => readonly string[];
  readonly writeError: (error: VendorError, requestId: string) => object;
  readonly writeErrorEvent: (error: VendorError, requestId: string) => string;
  readonly writeModels: (names: readonly string[]) => object;
  readonly writeModel: (name: string) => object;
};

/** The secret behind `Bearer`, in a list of none or one. */
export function bearerIn(headers: IncomingHttpHeaders): readonly string[] {
  const [, secret] = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? "") ?? [];
  return secret === undefined ? [] : [secret];
}
