/** The keys seen in this process. Only keys that exist are remembered, so strangers' guesses do not make it grow. */

import type { StoredKey } from "./key.ts";
import type { Change, Watch } from "./store.ts";

const KEYS_MAX = 100_000;
const CHANGES_MAX = 1_000;

export type KeyCache = {
  /** A key that is as the store has it; undefined when that is not known. One known to be revoked stays revoked. */
  find(publicId: string): StoredKey | undefined;
  /**
   * To be called before a key is looked up or changed in the store. Gives what remembers the key that comes of it, unless it
   * may have changed since; and what is known of the key then.
   */
  look(): (stored: StoredKey) => StoredKey;
  /** Takes a remembered key out of force ahead of the store. */
  revoke(publicId: string, nowMs: number): void;
  /** Forgets a key, or all keys of an account, that somebody has changed. */
  forget(change: Change): void;
};

type Seen = { stored: StoredKey; life: number | undefined };

/** Without a watch nobody but this process changes a key. */
export function keyCache(watch?: Pick<Watch, "life" | "onChange">, keysMax: number = KEYS_MAX): KeyCache {
  const keys = new Map<string, Seen>();
  const changes = recentChanges();
  const life = (): number | undefined => (watch ? watch.life() : 0);

  const put = (seen: Seen): void => {
    const { publicId } = seen.stored.key;
    const oldest = keys.size >= keysMax && !keys.has(publicId) ? keys.keys().next().value : undefined;
    if (oldest !== undefined) keys.delete(oldest);
    keys.set(publicId, seen);
  };
  const forget = (change: Change): void => {
    changes.note(change);
    for (const { stored } of change.subject === "key" ? present(keys.get(change.subjectId)) : keys.values()) {
      if (isOf(stored, change) && !isRevoked(stored)) keys.delete(stored.key.publicId);
    }
  };

  watch?.onChange(forget);
  return {
    find: (publicId) => {
      const seen = keys.get(publicId);
      if (seen === undefined) return undefined;
      return isRevoked(seen.stored) || (seen.life !== undefined && seen.life === life()) ? seen.stored : undefined;
    },
    look: () => {
      const since = { life: life(), turn: changes.turn() };
      return (stored) => {
        const known = keys.get(stored.key.publicId)?.stored;
        if (known && isRevoked(known)) return known;
        const isSound = since.life !== undefined && !changes.isTold(stored, since.turn);
        if (isSound || isRevoked(stored)) put({ stored, life: since.life });
        return stored;
      };
    },
    revoke: (publicId, nowMs) => {
      changes.note({ subject: "key", subjectId: publicId });
      const known = keys.get(publicId);
      if (known === undefined || isRevoked(known.stored)) return;
      const { key, digest } = known.stored;
      put({ ...known, stored: { digest, key: { ...key, revokedAtMs: nowMs } } });
    },
    forget,
  };
}

/** What was changed of late: a look in the store that began before may not have seen it. */
function recentChanges() {
  const turns = new Map<string, number>();
  const nameOf = ({ subject, subjectId }: Change): string => `${subject} ${subjectId}`;
  let turn = 0;
  let forgotten = 0;
  return {
    turn: (): number => turn,
    note: (change: Change): void => {
      if (turns.size >= CHANGES_MAX) {
        turns.clear();
        forgotten = turn;
      }
      turns.set(nameOf(change), ++turn);
    },
    isTold: ({ key }: StoredKey, since: number): boolean => {
      if (since < forgotten) return true;
      const names = [
        nameOf({ subject: "key", subjectId: key.publicId }),
        nameOf({ subject: "account", subjectId: key.accountId }),
      ];
      return names.some((name) => (turns.get(name) ?? 0) > since);
    },
  };
}

function isOf({ key }: StoredKey, { subject, subjectId }: Change): boolean {
  return subjectId === (subject === "key" ? key.publicId : key.accountId);
}

function isRevoked({ key }: StoredKey): boolean {
  return key.revokedAtMs !== undefined;
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
