/** The stock of one place: what its lots have left, in the order drawn. */

import { NEVER_MS } from "../../bounds.ts";
import type { Draw } from "../../settlement.ts";
import { type LotRecord, takeFrom } from "./lot-record.ts";

export type Lapse = { lotId: string; tokens: number };

/**
 * Of the lots in the store it has those past their expiry and, of the others, as many from the first on as the set can draw,
 * and one more if there is one.
 */
export class Stock {
  readonly lots: LotRecord[] = [];
  /** Holds begun and ended since the lots were loaded. */
  readonly #heldSince: { createdAtMs: number; tokens: number }[] = [];

  /** Behind those that expire no later, since it is the newest. */
  add(lot: LotRecord): void {
    let place = this.lots.length;
    while (place > 0 && (this.lots[place - 1] as LotRecord).expiresAtMs > lot.expiresAtMs) place--;
    this.lots.splice(place, 0, lot);
  }

  /** A hold was taken, or, with its tokens negative, ended. */
  count(hold: { createdAtMs: number }, tokens: number): void {
    this.#heldSince.push({ createdAtMs: hold.createdAtMs, tokens });
  }

  /** Draws from the lot that expires first, then the oldest; from none that was over at `overBeforeMs`. */
  draw(tokens: number, overBeforeMs: number): Draw[] {
    const draws: Draw[] = [];
    let wanted = tokens;
    for (const lot of this.lots) {
      if (wanted === 0) break;
      if (lot.remaining === 0 || lot.expiresAtMs <= overBeforeMs) continue;
      const drawn = Math.min(lot.remaining, wanted);
      draws.push({ lotId: lot.lotId, tokens: drawn, costMicros: takeFrom(lot, drawn) });
      wanted -= drawn;
    }
    return draws;
  }

  /**
   * Lets what is left of lots past their expiry lapse, but for what open holds rely on. A hold relies on the lots that it
   * would draw first, of those that were not over when it was taken; they lapse when it is resolved. So lots that are over
   * never keep more than older holds can use, and what is available lies in the others.
   */
  lapse(nowMs: number): Lapse[] {
    const lapses: Lapse[] = [];
    let keptBefore = 0;
    for (const lot of this.lots) {
      if (lot.expiresAtMs > nowMs) break;
      // Whoever relies on an earlier lot could use this one too: what they keep there is not kept twice.
      const kept = Math.min(this.#heldBefore(lot) - keptBefore, lot.remaining);
      keptBefore += kept;
      if (kept === lot.remaining) continue;
      lapses.push({ lotId: lot.lotId, tokens: lot.remaining - kept });
      takeFrom(lot, lot.remaining - kept);
    }
    return lapses;
  }

  /** When the next of those with something left is over. */
  get nextExpiryMs(): number {
    return this.lots.find(({ remaining }) => remaining > 0)?.expiresAtMs ?? NEVER_MS;
  }

  /** The tokens of the open holds taken before the lot was over. */
  #heldBefore(lot: LotRecord): number {
    let held = lot.heldBefore;
    for (const { createdAtMs, tokens } of this.#heldSince) if (createdAtMs < lot.expiresAtMs) held += tokens;
    return held;
  }
}
