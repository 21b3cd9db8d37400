/** Notes: what a program wants to know again after a start, as JSON, by name. */

import { requireDocument, requireText } from "./bounds.ts";

/** A note is read and written whole, in turn with every hold. */
export const NOTE_LENGTH_MAX = 1_000_000;

export type NoteCommand = { name: string; document: string };

export type NoteCommands = {
  note: { input: { name: string }; outcome: string | undefined };
  "put-note": { input: NoteCommand; outcome: true };
};

export function noteCommand(name: string, document: unknown): NoteCommand {
  return { name: requireText(name, "name"), document: requireDocument(document, "document", NOTE_LENGTH_MAX) };
}
