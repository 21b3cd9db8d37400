/** How many holds are open: of an account, of an account in an instrument, of an account's key. */

import type { HoldCommand, RunningMax } from "../../hold.ts";

type Runner = Pick<HoldCommand, "accountId" | "instrument" | "keyId">;

/** Counts for the accounts that it was told to watch, since counting takes a look at all their open holds. */
export class Running {
  readonly #watched = new Set<string>();
  readonly #counts = new Map<string, number>();

  watch(accountId: string): void {
    this.#watched.add(accountId);
  }

  add({ accountId, instrument, keyId }: Runner, holds: number): void {
    if (!this.#watched.has(accountId)) return;
    this.#add(accountId, holds);
    this.#add(`${accountId}\0instrument\0${instrument}`, holds);
    if (keyId !== null) this.#add(`${accountId}\0key\0${keyId}`, holds);
  }

  /** Which limit stands in the way of one more. */
  reached({ accountId, instrument, keyId }: Runner, max: RunningMax): keyof RunningMax | undefined {
    const isFull = (most: number | undefined, name: string): boolean =>
      most !== undefined && (this.#counts.get(name) ?? 0) >= most;
    if (keyId !== null && isFull(max.key, `${accountId}\0key\0${keyId}`)) return "key";
    if (isFull(max.account, accountId)) return "account";
    if (isFull(max.instrument, `${accountId}\0instrument\0${instrument}`)) return "instrument";
    return undefined;
  }

  #add(name: string, holds: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + holds);
  }
}
