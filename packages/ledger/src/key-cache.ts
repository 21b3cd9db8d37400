/** The keys seen in this process. Only keys that exist are remembered, so strangers' guesses do not make it grow. */

import type { StoredKey } from "./key.ts";

const KEYS_MAX = 100_000;

export type KeyCache = {
  find(publicId: string): StoredKey | undefined;
  /** Remembers a key. One known to be revoked stays revoked, whatever an older look in the store says. */
  remember(stored: StoredKey): StoredKey;
  /** Takes a remembered key out of force ahead of the store. */
  revoke(publicId: string, nowMs: number): void;
};

export function keyCache(keysMax: number = KEYS_MAX): KeyCache {
  const keys = new Map<string, StoredKey>();

  const put = (stored: StoredKey): StoredKey => {
    const oldest = keys.size >= keysMax && !keys.has(stored.key.publicId) ? keys.keys().next().value : undefined;
    if (oldest !== undefined) keys.delete(oldest);
    keys.set(stored.key.publicId, stored);
    return stored;
  };

  return {
    find: (publicId) => keys.get(publicId),
    remember: (stored) => {
      const known = keys.get(stored.key.publicId);
      return known?.key.revokedAtMs === undefined ? put(stored) : known;
    },
    revoke: (publicId, nowMs) => {
      const known = keys.get(publicId);
      if (known === undefined || known.key.revokedAtMs !== undefined) return;
      put({ ...known, key: { ...known.key, revokedAtMs: nowMs } });
    },
  };
}
