/** What every part of a ledger stands on: the store, the clock and the source of ids. */

import { type Random, randomSigns } from "../key.ts";
import type { CommandKind, Commands, Store } from "../store.ts";

export type Parts = { store: Store; submit: Submit; clock: () => number; random: Random };

/** Submits a command as of now. */
export type Submit = <K extends CommandKind>(kind: K, input: Commands[K]["input"]) => Promise<Commands[K]["outcome"]>;

const ID_LENGTH = 20;

/** An id that nobody has had: what it is of, and a hundred random bits. */
export function freshId(prefix: string, random: Random): string {
  return `${prefix}_${randomSigns(random, ID_LENGTH)}`;
}
