/** A set of hot commands, carried out together: what they name is loaded, each is decided in its order, what changed is saved. */

import type { Answer, HotCommand } from "./command.ts";
import { decide } from "./decide/decide.ts";
import { load } from "./load.ts";
import { save } from "./save.ts";
import type { Transaction } from "./statement.ts";

/** Outcomes and tables are as if the commands had come one after the other. `isLast`: the transaction ends with them. */
export function* carryOutSet(commands: readonly HotCommand[], isLast = false): Transaction<Answer[]> {
  const book = yield* load(commands);
  const answers = commands.map((command) => decide(book, command));
  yield* save(book, isLast);
  return answers;
}

/** Cuts commands into sets, in their order. Nearly always it is one. */
export function setsOf<One extends HotCommand>(commands: readonly One[]): One[][] {
  const sets: One[][] = [];
  let set: One[] = [];
  let firstExpiryMs = Number.POSITIVE_INFINITY;
  for (const command of commands) {
    // What a sweep finds cannot be known from what commands before it name; a lot is loaded anew where it may be over.
    if (sets.length === 0 || command.kind === "expire" || firstExpiryMs <= command.nowMs) {
      set = [];
      sets.push(set);
      firstExpiryMs = Number.POSITIVE_INFINITY;
    }
    set.push(command);
    if (command.kind === "deposit") firstExpiryMs = Math.min(firstExpiryMs, command.input.expiresAtMs);
  }
  return sets;
}
