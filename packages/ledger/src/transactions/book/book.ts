/** The book of a set: what was loaded for its commands, as it is after those that have been decided. */

import type { HoldCommand, HoldState } from "../../hold.ts";
import { LedgerError } from "../../ledger-error.ts";
import type { DepositCommand } from "../../lot.ts";
import type { Amounts, MovementKind } from "../../movement.ts";
import type { Draw, SettleCommand } from "../../settlement.ts";
import type { HoldRecord } from "./hold-record.ts";
import type { LotRecord } from "./lot-record.ts";
import { type Mark, type MarkChange, markKey } from "./mark.ts";
import { Place, placeKey } from "./place.ts";
import { Running } from "./running.ts";

export type Movement = { movement: MovementKind; reference: string; place: Place; amounts: Amounts; atMs: number };

export type Taking = { hold: HoldRecord; command: HoldCommand };

export type Settling = { hold: HoldRecord; command: SettleCommand; costMicros: number };

/** The accounts that a set's commands name. */
export type AccountRecord = { isClosed: boolean };

export class Book {
  readonly accounts = new Map<string, AccountRecord>();
  readonly places = new Map<string, Place>();
  readonly holds = new Map<string, HoldRecord>();
  /** Ids of holds at places that nobody here has locked: commands that would take a hold anew name them, and no others. */
  readonly elsewhere = new Set<string>();
  readonly lots = new Map<string, LotRecord>();
  readonly marks = new Map<string, Mark>();
  readonly running = new Running();

  /** What was done, in its order. */
  readonly movements: Movement[] = [];
  readonly takings: Taking[] = [];
  readonly settlings: Settling[] = [];
  readonly deposits: LotRecord[] = [];
  readonly markings = new Map<string, MarkChange>();

  readonly #lotsByReference = new Map<string, LotRecord>();

  place(accountId: string, instrument: string): Place | undefined {
    return this.places.get(placeKey(accountId, instrument));
  }

  lotByReference(accountId: string, reference: string): LotRecord | undefined {
    return this.#lotsByReference.get(markKey(accountId, reference));
  }

  mark(accountId: string, key: string): Mark | undefined {
    return this.marks.get(markKey(accountId, key));
  }

  requireAccount(accountId: string): AccountRecord {
    const account = this.accounts.get(accountId);
    if (account === undefined) throw new LedgerError("unknown-account", `there is no account ${accountId}`);
    return account;
  }

  keepPlace(place: Place): void {
    this.places.set(placeKey(place.accountId, place.instrument), place);
  }

  keepMark(mark: Mark): void {
    this.marks.set(markKey(mark.accountId, mark.key), mark);
  }

  /** In place of the same lot if it was loaded before. */
  keepLot(lot: LotRecord): LotRecord {
    this.lots.set(lot.lotId, lot);
    if (lot.reference !== null) this.#lotsByReference.set(markKey(lot.accountId, lot.reference), lot);
    return lot;
  }

  /** Puts a new lot into a balance, which it makes if need be. */
  deposit(command: DepositCommand, nowMs: number): LotRecord {
    const { lotId, accountId, instrument, tokens, costMicros, expiresAtMs, reference } = command;
    const created = { lotId, accountId, instrument, tokens, costMicros, createdAtMs: nowMs, expiresAtMs, reference };
    const lot = this.keepLot({ ...created, remaining: tokens, heldBefore: 0, isNew: true, changed: false });
    const place = this.place(accountId, instrument) ?? this.#open(command);
    place.stock.add(lot);
    this.deposits.push(lot);
    if (expiresAtMs < place.nextExpiryMs) place.expireAt(expiresAtMs);
    this.move(place, "deposit", lotId, nowMs, { deposited: -tokens, available: tokens });
    return lot;
  }

  /** Lets what is due lapse. */
  lapse(place: Place, nowMs: number): void {
    if (place.nextExpiryMs > nowMs) return;
    for (const { lotId, tokens } of place.stock.lapse(nowMs)) {
      this.move(place, "lapse", lotId, nowMs, { available: -tokens, lapsed: tokens });
    }
    place.expireAt(place.stock.nextExpiryMs);
  }

  /** Keeps a new hold's tokens aside. */
  take(hold: HoldRecord, command: HoldCommand): void {
    const { place, tokens } = hold;
    this.holds.set(hold.requestId, hold);
    this.takings.push({ hold, command });
    this.#count(hold, 1);
    this.move(place, "hold", hold.requestId, hold.createdAtMs, { available: -tokens, held: tokens });
  }

  /** Ends an open hold without use: all of its tokens go back. */
  giveBack(hold: HoldRecord, end: { state: "released" | "expired"; reason: string }, nowMs: number): void {
    const { place, tokens, requestId } = hold;
    this.#resolve(hold, end.state, nowMs);
    hold.reason = end.reason;
    hold.changed = true;
    const movement = end.state === "released" ? "release" : "expire";
    this.move(place, movement, requestId, nowMs, { held: -tokens, available: tokens });
  }

  /** Ends an open hold by its use: draws leave the hold, then the rest of the balance; what is left of the hold goes back. */
  settle(hold: HoldRecord, command: SettleCommand, draws: Draw[], nowMs: number): void {
    const { place, tokens, requestId } = hold;
    const used = draws.reduce((sum, draw) => sum + draw.tokens, 0);
    const costMicros = draws.reduce((sum, draw) => sum + draw.costMicros, 0);
    this.#resolve(hold, "settled", nowMs);
    hold.tokensUsed = used;
    hold.overrun = command.tokens - used;
    hold.draws = draws;
    this.settlings.push({ hold, command, costMicros });
    this.move(place, "settle", requestId, nowMs, { held: -tokens, used, available: tokens - used });
  }

  writeMark(mark: Mark): void {
    const name = markKey(mark.accountId, mark.key);
    const before = this.markings.get(name);
    this.markings.set(name, { mark, instead: before === undefined ? this.marks.get(name) : before.instead });
    this.marks.set(name, mark);
  }

  move(place: Place, movement: MovementKind, reference: string, atMs: number, amounts: Amounts): void {
    place.add(amounts);
    this.movements.push({ movement, reference, place, amounts, atMs });
  }

  #open({ accountId, instrument, expiresAtMs }: DepositCommand): Place {
    const none = { deposited: 0, available: 0, held: 0, used: 0, lapsed: 0, nextExpiryMs: expiresAtMs };
    const place = new Place({ accountId, instrument, ...none }, true);
    this.keepPlace(place);
    return place;
  }

  #resolve(hold: HoldRecord, state: HoldState, nowMs: number): void {
    hold.state = state;
    hold.resolvedAtMs = nowMs;
    this.#count(hold, -1);
  }

  #count(hold: HoldRecord, holds: 1 | -1): void {
    const { place, keyId, tokens } = hold;
    place.stock.count(hold, holds * tokens);
    this.running.add({ accountId: place.accountId, instrument: place.instrument, keyId }, holds);
  }
}
