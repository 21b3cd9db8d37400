/** Records as they should be, in the simplest words: all versions in a list, looked through each time. */

import type { RecordOutcome, RecordPut, StoredRecord } from "@interchange/ledger";

type Numbered = Omit<StoredRecord, "seq">;

export class RecordModel {
  #kept: Numbered[] = [];

  put(put: RecordPut, nowMs: number): "outdated" | Numbered {
    const version = this.newest(put.name)?.version ?? 0;
    if (put.expects !== undefined && put.expects !== version) return "outdated";
    const { name, document, effectiveAtMs = nowMs, author } = put;
    const by = author === undefined ? {} : { author };
    const record = { name, version: version + 1, document, effectiveAtMs, createdAtMs: nowMs, ...by };
    this.#kept.push(record);
    if (put.history === false) {
      const live = this.inEffect(nowMs);
      this.#kept = this.#kept.filter((one) => one.name !== name || live.includes(one));
    }
    return record;
  }

  /** In the order in which they were written. */
  all(): Numbered[] {
    return this.#kept;
  }

  newest(name: string): Numbered | undefined {
    return this.#kept.findLast((one) => one.name === name);
  }

  /** At each instant from now on the newest of those whose instant has come: whichever that ever is. */
  inEffect(nowMs: number): Numbered[] {
    const instants = [nowMs, ...this.#kept.map(({ effectiveAtMs }) => effectiveAtMs)].filter((ms) => ms >= nowMs);
    return this.#kept.filter(({ name, version }) =>
      instants.some((ms) => {
        const due = this.#kept.filter((one) => one.name === name && one.effectiveAtMs <= ms);
        return Math.max(...due.map((one) => one.version)) === version;
      }),
    );
  }
}

/** What was told of a put, without the number, which the model does not know. */
export function toldOf(outcome: RecordOutcome): "outdated" | Numbered {
  return outcome.kind === "outdated" ? "outdated" : unnumbered(outcome.record);
}

export function unnumbered({ seq: _, ...record }: StoredRecord): Numbered {
  return record;
}
