/** Commands, as a group of them reaches the transactions, and what each comes to. */

import type { LedgerError } from "../ledger-error.ts";
import type { CommandKind, Commands } from "../store.ts";

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

/** `error`: this command is wrong and did nothing; its neighbours were carried out. */
export type Answer = { outcome: unknown } | { error: LedgerError };
