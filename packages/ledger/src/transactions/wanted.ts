/** What a set's commands name, for loading it. */

import type { HoldCommand } from "../hold.ts";
import { markKey } from "./book/mark.ts";
import { placeKey } from "./book/place.ts";
import type { HotCommand, HotKind } from "./command.ts";
import type { PlacesWanted } from "./tables/balance.ts";
import type { Given } from "./tables/given.ts";

export class Wanted {
  readonly places = new Map<string, Given>();
  /** Of holds that commands redeem, renew, settle or release. */
  readonly resolving = new Map<string, Given>();
  /** Of holds that commands would take. */
  readonly taking = new Map<string, Given>();
  /** Account and idempotency key. */
  readonly marks = new Map<string, Given>();
  /** Account and lot's reference. */
  readonly references = new Map<string, Given>();
  readonly accounts = new Map<string, Given>();
  /** Accounts of which all places are locked: their balances are read, or holds are counted over all of them. */
  readonly wholeAccounts = new Map<string, Given>();
  /** Accounts whose open holds are counted. */
  readonly counted = new Map<string, Given>();
  sweep: { limit: number; nowMs: number } | undefined;
  latestMs = 0;

  constructor(commands: readonly HotCommand[]) {
    for (const command of commands) {
      this.latestMs = Math.max(this.latestMs, command.nowMs);
      (NAMES[command.kind] as Names<HotKind>)(this, command as never);
    }
  }

  /** What tells which places are locked. */
  get locked(): PlacesWanted {
    const { places, resolving, marks, wholeAccounts, sweep } = this;
    const [named, requestIds] = [[...places.values()], [...resolving.values()]];
    return { places: named, requestIds, marks: [...marks.values()], accounts: [...wholeAccounts.values()], sweep };
  }

  account(accountId: string): void {
    this.accounts.set(accountId, [accountId]);
  }

  place({ accountId, instrument }: { accountId: string; instrument: string }): void {
    this.account(accountId);
    this.places.set(placeKey(accountId, instrument), [accountId, instrument]);
  }

  take(command: HoldCommand): void {
    const { accountId, requestId, idempotency, runningMax } = command;
    this.place(command);
    this.taking.set(requestId, [requestId]);
    if (idempotency) this.marks.set(markKey(accountId, idempotency.key), [accountId, idempotency.key]);
    if (runningMax) {
      this.wholeAccounts.set(accountId, [accountId]);
      this.counted.set(accountId, [accountId]);
    }
  }

  resolve(requestId: string): void {
    this.resolving.set(requestId, [requestId]);
  }
}

type Names<K extends HotKind> = (wanted: Wanted, command: HotCommand & { kind: K }) => void;

const NAMES: { [K in HotKind]: Names<K> } = {
  hold: (wanted, { input }) => wanted.take(input),
  redeem: (wanted, { input }) => wanted.resolve(input.requestId),
  renew: (wanted, { input }) => {
    for (const requestId of input.requestIds) wanted.resolve(requestId);
  },
  settle: (wanted, { input }) => wanted.resolve(input.requestId),
  release: (wanted, { input }) => wanted.resolve(input.requestId),
  expire: (wanted, { input, nowMs }) => {
    const { limit, nowMs: latestMs } = wanted.sweep ?? { limit: 0, nowMs };
    wanted.sweep = { limit: limit + input.limit, nowMs: Math.max(latestMs, nowMs) };
  },
  deposit: (wanted, { input }) => {
    const { accountId, reference } = input;
    wanted.place(input);
    if (reference !== null) wanted.references.set(markKey(accountId, reference), [accountId, reference]);
  },
  balance: (wanted, { input }) => wanted.place(input),
  balances: (wanted, { input }) => {
    wanted.account(input.accountId);
    wanted.wholeAccounts.set(input.accountId, [input.accountId]);
  },
};
