/**
 * A ledger written for clarity alone: lists, no journal, everything lapsed at once. What the true one answers, it must
 * answer too.
 */

import type { Balance, Draw } from "@interchange/ledger";

type ModelLot = {
  name: string;
  tokens: number;
  costMicros: number;
  expiresAtMs: number;
  taken: number;
  lapsed: number;
};

type ModelHold = {
  place: string;
  tokens: number;
  createdAtMs: number;
  expiresAtMs: number;
  end: "open" | "settled" | "released" | "expired";
  redeemed: boolean;
};

export class Model {
  readonly lots = new Map<string, ModelLot[]>();
  readonly holds = new Map<string, ModelHold>();
  readonly settlements = new Map<string, { tokensSettled: number; overrun: number; draws: Draw[] }>();

  deposit(place: string, lot: Pick<ModelLot, "name" | "tokens" | "costMicros" | "expiresAtMs">): void {
    this.lots.set(place, [...this.#lots(place), { ...lot, taken: 0, lapsed: 0 }]);
  }

  hold(requestId: string, place: string, tokens: number, expiresAtMs: number, nowMs: number): object {
    const first = this.holds.get(requestId);
    if (first) return first.place === place && first.tokens === tokens ? { kind: "held" } : { code: "conflict" };
    const { available } = this.balance(place, nowMs);
    if (available < tokens) return { kind: "balance-too-low", available, needed: tokens };
    this.holds.set(requestId, { place, tokens, createdAtMs: nowMs, expiresAtMs, end: "open", redeemed: false });
    return { kind: "held" };
  }

  redeem(requestId: string, expiresAtMs: number, nowMs: number): string {
    const hold = this.holds.get(requestId);
    if (hold === undefined) return "unknown";
    if (hold.end === "expired") return "expired";
    if (hold.end !== "open" || hold.redeemed) return "spent";
    if (hold.expiresAtMs <= nowMs) return "expired";
    hold.redeemed = true;
    hold.expiresAtMs = Math.max(hold.expiresAtMs, expiresAtMs);
    return "redeemed";
  }

  settle(requestId: string, tokens: number, nowMs: number): object {
    const hold = this.holds.get(requestId);
    if (hold === undefined) return { kind: "unknown" };
    if (hold.end === "released" || hold.end === "expired") return { kind: hold.end };
    if (hold.end === "open") {
      const { available } = this.balance(hold.place, nowMs);
      const tokensSettled = Math.min(tokens, hold.tokens + available);
      hold.end = "settled";
      const draws = this.#draw(hold, tokensSettled);
      this.settlements.set(requestId, { tokensSettled, overrun: tokens - tokensSettled, draws });
      this.#lapse(hold.place, nowMs);
    }
    return { kind: "settled", ...this.settlements.get(requestId) };
  }

  release(requestId: string, nowMs: number): string {
    const hold = this.holds.get(requestId);
    if (hold === undefined) return "unknown";
    if (hold.end !== "open") return hold.end;
    this.#end(hold, "released", nowMs);
    return "released";
  }

  expire(nowMs: number): number {
    const over = [...this.holds.values()].filter(({ end, expiresAtMs }) => end === "open" && expiresAtMs <= nowMs);
    for (const hold of over) this.#end(hold, "expired", nowMs);
    return over.length;
  }

  balance(place: string, nowMs: number): Omit<Balance, "instrument"> {
    this.#lapse(place, nowMs);
    const sum = (pick: (lot: ModelLot) => number): number => this.#lots(place).reduce((all, lot) => all + pick(lot), 0);
    const [deposited, used, lapsed] = [sum((lot) => lot.tokens), sum((lot) => lot.taken), sum((lot) => lot.lapsed)];
    const held = this.#held(place);
    return { deposited, used, held, lapsed, available: deposited - used - lapsed - held };
  }

  #end(hold: ModelHold, end: "released" | "expired", nowMs: number): void {
    hold.end = end;
    this.#lapse(hold.place, nowMs);
  }

  #lots(place: string): ModelLot[] {
    return this.lots.get(place) ?? [];
  }

  #inOrder(place: string): ModelLot[] {
    return this.#lots(place).toSorted((a, b) => a.expiresAtMs - b.expiresAtMs);
  }

  /** What is held by holds taken before an instant. */
  #held(place: string, beforeMs = Number.POSITIVE_INFINITY): number {
    const open = [...this.holds.values()]
      .filter((hold) => hold.place === place && hold.end === "open")
      .filter(({ createdAtMs }) => createdAtMs < beforeMs);
    return open.reduce((all, { tokens }) => all + tokens, 0);
  }

  #draw({ place, createdAtMs }: ModelHold, tokens: number): Draw[] {
    const draws: Draw[] = [];
    let wanted = tokens;
    for (const lot of this.#inOrder(place).filter(({ expiresAtMs }) => expiresAtMs > createdAtMs)) {
      const drawn = Math.min(wanted, lot.tokens - lot.taken - lot.lapsed);
      if (drawn === 0) continue;
      const gone = lot.taken + lot.lapsed;
      const cost = (taken: number): number => Math.floor((lot.costMicros * taken) / lot.tokens);
      draws.push({ lotId: lot.name, tokens: drawn, costMicros: cost(gone + drawn) - cost(gone) });
      lot.taken += drawn;
      wanted -= drawn;
    }
    return draws;
  }

  #lapse(place: string, nowMs: number): void {
    let keptBefore = 0;
    for (const lot of this.#inOrder(place).filter(({ expiresAtMs }) => expiresAtMs <= nowMs)) {
      const left = lot.tokens - lot.taken - lot.lapsed;
      // The holds of an earlier lot rely on this one too, and may stand on that one already.
      const kept = Math.min(left, this.#held(place, lot.expiresAtMs) - keptBefore);
      keptBefore += kept;
      lot.lapsed += left - kept;
    }
  }
}
