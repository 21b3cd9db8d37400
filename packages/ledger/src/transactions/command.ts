/** Commands, as a group of them reaches the transactions, and what each comes to. */

import type { LedgerError } from "../ledger-error.ts";
import { type CommandKind, type Commands, LONG_READS } from "../store.ts";

type CommandOf<Kinds extends CommandKind> = {
  [K in Kinds]: { kind: K; input: Commands[K]["input"]; nowMs: number };
}[Kinds];

export type Command = CommandOf<CommandKind>;

/** What requests are made of, carried out as sets. */
export const HOT_KINDS = [
  "hold",
  "redeem",
  "renew",
  "settle",
  "release",
  "expire",
  "deposit",
  "balance",
  "balances",
] as const satisfies readonly CommandKind[];

export type HotKind = (typeof HOT_KINDS)[number];

export type HotCommand = CommandOf<HotKind>;

const HOT: ReadonlySet<CommandKind> = new Set(HOT_KINDS);

export function isHot(command: Command): command is HotCommand {
  return HOT.has(command.kind);
}

/** Records are put together: whoever puts one waits for all who do. */
export type RecordPutting = CommandOf<"put-record">;

export function isRecordPutting(command: Command): command is RecordPutting {
  return command.kind === "put-record";
}

/** Those of the others that only read. */
const READS: ReadonlySet<CommandKind> = new Set<CommandKind>([
  ...LONG_READS,
  "find-account",
  "find-key",
  "receipt",
  "credits",
  "auto-reload",
  "find-purchase",
  "list-auto-buys",
  "note",
  "find-record",
  "records-since",
  "ping",
]);

/** Whether a command locks nothing but places, all of them at once and in order. */
export function locksPlacesOnly(command: Command): boolean {
  return isHot(command) || READS.has(command.kind);
}

/** `error`: this command is wrong and did nothing; its neighbours were carried out. */
export type Answer = { outcome: unknown } | { error: LedgerError };
