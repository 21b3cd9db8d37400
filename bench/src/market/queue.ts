/** Queue: what is to happen in virtual time, as a binary heap. Time passes only from one happening to the next. */

interface Happening {
  readonly atMs: number;
  /** Of what happens at one moment, what was asked for first comes first. */
  readonly turn: number;
  readonly run: () => void;
}

export class Queue {
  nowMs = 0;
  readonly #heap: Happening[] = [];
  #turns = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Nothing can happen in the past: it happens now. */
  after(delayMs: number, run: () => void): void {
    this.#turns += 1;
    this.#rise({ atMs: this.nowMs + Math.max(0, delayMs), turn: this.#turns, run });
  }

  every(delayMs: number, run: () => void): void {
    this.after(delayMs, () => {
      run();
      this.every(delayMs, run);
    });
  }

  /** Lets the next thing happen; whether there was one. */
  step(): boolean {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return false;
    if (first !== last) this.#sink(last);
    this.nowMs = first.atMs;
    first.run();
    return true;
  }

  #rise(happening: Happening): void {
    const heap = this.#heap;
    let place = heap.push(happening) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Happening;
      if (isBefore(parent, happening)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = happening;
  }

  /** Puts it where the first was, and lets it down to its place. */
  #sink(happening: Happening): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      const below = this.#sooner(2 * place + 1);
      const child = heap[below];
      if (child === undefined || isBefore(happening, child)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = happening;
  }

  #sooner(left: number): number {
    const [one, other] = [this.#heap[left], this.#heap[left + 1]];
    return one !== undefined && other !== undefined && isBefore(other, one) ? left + 1 : left;
  }
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.turn < other.turn);
}
