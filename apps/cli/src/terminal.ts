/** Where a command runs: its streams, its environment, its clock, and the signal that interrupts it. */
import { addAbortSignal, type Readable, type Writable } from "node:stream";
import { wrapped } from "./wrap.ts";

export interface Input extends Readable {
  readonly isTTY?: boolean;
}

export interface Output extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Terminal {
  readonly stdin: Input;
  /** Results, and nothing else. */
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the caller interrupts. */
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
}

const COLUMNS = 80;

/** In characters; without an end where nobody looks, unless COLUMNS says one. */
export function widthOf({ columns, isTTY }: Output, env: Terminal["env"]): number {
  const asked = Number(env["COLUMNS"]);
  if (isTTY === true && columns !== undefined && columns > 0) return columns;
  if (Number.isInteger(asked) && asked > 0) return asked;
  return isTTY === true ? COLUMNS : Number.POSITIVE_INFINITY;
}

/** Whether somebody is there to be asked. */
export function isAttended({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** A sentence on stderr, broken between its words where the terminal is too narrow for it. */
export function say({ stderr, env }: Terminal, sentence: string): void {
  stderr.write(`${wrapped(sentence, widthOf(stderr, env)).join("\n")}\n`);
}

/** Everything that comes in, as text. Throws an AbortError where the caller interrupts before its end. */
export async function readAll({ stdin, signal }: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of addAbortSignal(signal, stdin)) chunks.push(Buffer.from(chunk as Uint8Array | string));
  return Buffer.concat(chunks).toString("utf8");
}
