/** Work under way in this process, by id: each once, and all of it awaited when the gateway closes. */

export interface Work<T> {
  /** Begins it, unless it is under way: then that is joined. */
  join(id: string, begin: () => T & Ended): T;
  find(id: string): T | undefined;
  ids(): readonly string[];
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export interface Ended {
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<void>;
}

export function createWork<T>(): Work<T> {
  const underWay = new Map<string, T & Ended>();
  return {
    join(id, begin) {
      const known = underWay.get(id);
      if (known !== undefined) return known;
      const begun = begin();
      underWay.set(id, begun);
      void begun.ended.finally(() => underWay.delete(id));
      return begun;
    },
    find: (id) => underWay.get(id),
    ids: () => [...underWay.keys()],
    async idle() {
      while (underWay.size > 0) await Promise.all([...underWay.values()].map(({ ended }) => ended));
    },
  };
}
