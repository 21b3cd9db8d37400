/** A book: the versions of documents of one kind that still matter, as far as this gateway has read them. */
import type { Dated, Kept } from "./document.ts";
import type { Said } from "./record.ts";

export interface Version<Document> extends Said<Document> {
  readonly version: number;
  readonly effectiveAtMs: number;
  readonly writtenAtMs: number;
}

export class Book<Document> {
  /** Of each, the one in effect and what is newer, the oldest first. */
  readonly #versions = new Map<string, Version<Document>[]>();

  /** Whether it is known already, or was when it still mattered. */
  knows(id: string, version: number): boolean {
    const versions = this.#versions.get(id) ?? [];
    return versions.some((known) => known.version === version) || version < (versions[0]?.version ?? 0);
  }

  add(id: string, version: Version<Document>, nowMs: number): void {
    const versions = this.#versions.get(id) ?? [];
    const all = [...versions, version].sort((a, b) => a.version - b.version);
    const current = inEffect(all, nowMs)?.version ?? 0;
    this.#versions.set(
      id,
      all.filter((one) => one.version >= current),
    );
  }

  /** Everything that is there or ever was. */
  ids(): Iterable<string> {
    return this.#versions.keys();
  }

  has(id: string): boolean {
    return this.#versions.has(id);
  }

  /** Whether it can be read or not, and whether it is in effect yet or not. */
  newest(id: string): Version<Document> | undefined {
    return this.#versions.get(id)?.at(-1);
  }

  /** In effect, and not gone. */
  kept(id: string, nowMs: number): Kept<Document> | undefined {
    return keptOf(inEffect(this.#versions.get(id) ?? [], nowMs));
  }

  dated(id: string, nowMs: number): Dated<Document> | undefined {
    const versions = this.#versions.get(id) ?? [];
    const current = inEffect(versions, nowMs);
    const shown = current ?? nextAfter(versions, 0, nowMs);
    const kept = keptOf(shown);
    if (shown === undefined || kept === undefined) return undefined;
    const next = keptOf(nextAfter(versions, shown.version, Math.max(nowMs, shown.effectiveAtMs)));
    return { ...kept, isInEffect: shown === current, ...(next !== undefined && { next }) };
  }

  /** When the next of all the versions comes in effect. */
  dueAtMs(nowMs: number): number {
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const versions of this.#versions.values()) {
      for (const { effectiveAtMs } of versions) {
        if (effectiveAtMs > nowMs && effectiveAtMs < dueAtMs) dueAtMs = effectiveAtMs;
      }
    }
    return dueAtMs;
  }
}

function isLegible<Document>({ document, isRemoved }: Version<Document>): boolean {
  return isRemoved || document !== undefined;
}

/** Of those whose instant has come, the newest. */
function inEffect<Document>(versions: readonly Version<Document>[], nowMs: number): Version<Document> | undefined {
  return versions.findLast((one) => one.effectiveAtMs <= nowMs && isLegible(one));
}

/** The first to come of those that are newer than the version; of several at one instant the newest. */
function nextAfter<Document>(
  versions: readonly Version<Document>[],
  version: number,
  nowMs: number,
): Version<Document> | undefined {
  const coming = versions.filter((one) => one.version > version && one.effectiveAtMs > nowMs && isLegible(one));
  return coming.reduce<Version<Document> | undefined>(
    (first, one) => (first === undefined || one.effectiveAtMs <= first.effectiveAtMs ? one : first),
    undefined,
  );
}

function keptOf<Document>(version: Version<Document> | undefined): Kept<Document> | undefined {
  if (version?.document === undefined) return undefined;
  const { document, effectiveAtMs, writtenAtMs } = version;
  return { document, version: version.version, effectiveAtMs, writtenAtMs };
}
