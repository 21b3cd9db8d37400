/** A group of commands in one transaction: what every engine runs. */

import { type Answer, type Command, type HotCommand, isHot, isRecordPutting, locksPlacesOnly } from "./command.ts";
import { lockAll } from "./load.ts";
import { putRecords } from "./record.ts";
import { carryOutSet, setsOf } from "./set.ts";
import type { Transaction } from "./statement.ts";
import { TRANSACTIONS } from "./transactions.ts";

export type { Answer, Command } from "./command.ts";

/**
 * Carries out a group; gives the answers in the order asked. The hot commands come first, as sets, then what puts records,
 * together, then the others, one after the other: all were asked for at the same time, so either may be the first. When it throws, the engine rolls back, and
 * nothing of the group has happened: after a `Retry` it runs the group again, after anything else its parts, one transaction
 * each.
 */
export function* carryOut(group: readonly Command[]): Transaction<Answer[]> {
  const answers = new Map<Command, Answer>();
  const hot = group.filter(isHot);
  const sets = setsOf(hot);
  if (sets.length > 1) yield* lockAll(hot);
  for (const set of sets) {
    const isLast = set === sets.at(-1) && hot.length === group.length;
    const outcomes = yield* carryOutSet(set, isLast);
    for (const [place, answer] of outcomes.entries()) answers.set(set[place] as HotCommand, answer);
  }
  const puttings = group.filter(isRecordPutting);
  if (puttings.length > 0) {
    const outcomes = yield* putRecords(puttings, puttings.length === group.length);
    for (const [place, outcome] of outcomes.entries()) answers.set(puttings[place] as Command, { outcome });
  }
  for (const command of group) {
    if (!answers.has(command)) answers.set(command, { outcome: yield* alone(command) });
  }
  return group.map((command) => answers.get(command) as Answer);
}

/**
 * The transactions of a group where others write at the same time. What locks anything but places goes by itself: it would
 * wait with the places of all the others locked, and those whom it waits for may be waiting for one of them. What puts records
 * waits for one thing alone, and goes together.
 */
export function transactionsOf<One extends Command>(group: readonly One[]): One[][] {
  const together = group.filter(locksPlacesOnly);
  const puttings = group.filter(isRecordPutting);
  const others = group.filter((command) => !locksPlacesOnly(command) && !isRecordPutting(command));
  return [together, puttings, ...others.map((command) => [command])].filter((part) => part.length > 0);
}

/** Smaller groups, for a group of several that could not be carried out at once: the hot commands, and each of the others. */
export function partsOf<One extends Command>(group: readonly One[]): One[][] {
  const hot = group.filter(isHot);
  if (hot.length === group.length) return group.map((command) => [command]);
  const others = group.filter((command) => !isHot(command)).map((command) => [command]);
  return hot.length === 0 ? others : [hot, ...others];
}

function alone({ kind, input, nowMs }: Command): Transaction<unknown> {
  // The table's type ties each kind to its input; the union of all commands has lost that tie.
  const transaction = TRANSACTIONS[kind] as (input: Command["input"], nowMs: number) => Transaction<unknown>;
  return transaction(input, nowMs);
}
