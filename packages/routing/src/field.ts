/** Field: those that a search has found. There is one for all decisions, so that one over thousands leaves nothing to clear away. */

/** A decision runs to its end before another begins, and reads nothing of what an earlier one left. Holds numbers alone: nobody is kept alive. */
class Field {
  size = 0;
  /** Where each stands among all choices. */
  places = new Uint32Array(64);
  /** What counts of each, the lower the better. */
  scores = new Float64Array(64);
  /** Its ask, as it counts. */
  asks = new Float64Array(64);
  /** How many requests are under way there. */
  loads = new Int32Array(64);

  /** Empty, with room for so many. */
  cleared(sizeMax: number): this {
    this.size = 0;
    if (sizeMax > this.places.length) {
      this.places = new Uint32Array(2 * sizeMax);
      this.scores = new Float64Array(2 * sizeMax);
      this.asks = new Float64Array(2 * sizeMax);
      this.loads = new Int32Array(2 * sizeMax);
    }
    return this;
  }

  /** Those with a higher score go: the best may have come after them. */
  narrow(scoreMax: number): void {
    const { places, scores, asks, loads, size } = this;
    let kept = 0;
    for (let at = 0; at < size; at += 1) {
      if ((scores[at] as number) > scoreMax) continue;
      places[kept] = places[at] as number;
      asks[kept] = asks[at] as number;
      loads[kept] = loads[at] as number;
      kept += 1;
    }
    this.size = kept;
  }

  /** How many are under way at all of them. */
  load(): number {
    let sum = 0;
    for (let at = 0; at < this.size; at += 1) sum += this.loads[at] as number;
    return sum;
  }

  placeAt(at: number): number {
    return this.places[at] as number;
  }
}

export const field = new Field();
