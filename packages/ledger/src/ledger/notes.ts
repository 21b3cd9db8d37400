/** Notes: what a program wants to know again after a start. */

import { requireText } from "../bounds.ts";
import { noteCommand } from "../note.ts";
import type { Parts } from "./parts.ts";

export type Notes = {
  /** What was put under this name, or undefined. */
  note(name: string): Promise<unknown>;

  /** Puts a document that JSON can say, in the place of any before. */
  putNote(name: string, document: unknown): Promise<void>;
};

export function notesOf({ submit }: Parts): Notes {
  return {
    note: async (name) => {
      const document = await submit("note", { name: requireText(name, "name") });
      return document === undefined ? undefined : JSON.parse(document);
    },
    putNote: async (name, document) => {
      await submit("put-note", noteCommand(name, document));
    },
  };
}
