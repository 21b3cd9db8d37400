/** Notes: what a program wants to know again after a start, as JSON, by name. */

import { requireText } from "./bounds.ts";
import { LedgerError } from "./ledger-error.ts";

/** A note is read and written whole, in turn with every hold. */
export const NOTE_LENGTH_MAX = 1_000_000;

export type NoteCommand = { name: string; document: string };

export type NoteCommands = {
  note: { input: { name: string }; outcome: string | undefined };
  "put-note": { input: NoteCommand; outcome: true };
};

export function noteCommand(name: string, document: unknown): NoteCommand {
  return { name: requireText(name, "name"), document: writeDocument(document) };
}

function writeDocument(document: unknown): string {
  const text = jsonOf(document);
  if (text !== undefined && text.length <= NOTE_LENGTH_MAX) return text;
  throw new LedgerError("bad-input", `document must be sayable in at most ${NOTE_LENGTH_MAX} characters of JSON`);
}

/** Undefined when JSON has no word for it. */
function jsonOf(document: unknown): string | undefined {
  try {
    return JSON.stringify(document);
  } catch {
    return undefined;
  }
}
