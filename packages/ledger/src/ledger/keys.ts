/** Keys: made, judged, changed, rotated, revoked. Those seen in this process are kept in a cache. */

import { requireText } from "../bounds.ts";
import {
  type Bearer,
  type CreatedKey,
  freshKey,
  freshRotation,
  judgeKey,
  type Key,
  type KeyChange,
  type KeyCreation,
  type KeyRefusal,
  keyChangeCommand,
  keyOf,
  type RotateRefusal,
  readPresented,
} from "../key.ts";
import type { KeyCache } from "../key-cache.ts";
import { type Page, type PageRequest, pageCommand } from "../page.ts";
import type { Parts } from "./parts.ts";

export type Keys = {
  /** Makes a key of an account. The secret is in this answer and nowhere else. */
  createKey(creation: KeyCreation): Promise<CreatedKey>;

  key(publicId: string): Promise<Key | undefined>;

  keys(accountId: string, page: PageRequest): Promise<Page<Key>>;

  changeKey(change: KeyChange): Promise<Key | undefined>;

  /** Makes a key like another, which expires when the overlap is over, and never later than it would have. */
  rotateKey(rotation: { publicId: string; overlapMs: number }): Promise<CreatedKey | RotateRefusal>;

  /** Takes a key out of force, in this process from this call on. Revoking again gives the first revocation. */
  revokeKey(publicId: string): Promise<Key | { kind: "key-unknown" }>;

  /** Judges what a caller presents: at once when the key has been seen in this process, else after a look in the store. */
  authenticate(presented: string): Bearer | KeyRefusal | Promise<Bearer | KeyRefusal>;
};

export function keysOf(parts: Parts, cache: KeyCache): Keys {
  return { ...managedKeysOf(parts, cache), ...presentedKeysOf(parts, cache) };
}

function managedKeysOf({ submit, clock, random }: Parts, cache: KeyCache): Omit<Keys, "authenticate"> {
  return {
    createKey: async (creation) => {
      const { command, secret } = freshKey(creation, random);
      const remember = cache.look();
      const key = await submit("create-key", command);
      remember({ key, digest: command.digest });
      return { key: keyOf(key), secret };
    },
    key: async (publicId) => {
      const stored = await submit("find-key", { publicId: requireText(publicId, "publicId") });
      return stored && keyOf(stored.key);
    },
    keys: async (accountId, page) =>
      submit("list-keys", { accountId: requireText(accountId, "accountId"), ...pageCommand("keys", page) }),
    changeKey: async (change) => {
      const command = keyChangeCommand(change);
      const stored = await submit("change-key", command);
      cache.forget({ subject: "key", subjectId: command.publicId });
      return stored && keyOf(stored.key);
    },
    rotateKey: async (rotation) => {
      const { command, secret } = freshRotation(rotation, random);
      const remember = cache.look();
      const next = await submit("rotate-key", command);
      if (next.kind !== "key") return next;
      cache.forget({ subject: "key", subjectId: command.publicId });
      remember({ key: next, digest: command.next.digest });
      return { key: keyOf(next), secret };
    },
    revokeKey: async (publicId) => {
      cache.revoke(requireText(publicId, "publicId"), clock());
      const remember = cache.look();
      const stored = await submit("revoke-key", { publicId });
      return stored === undefined ? { kind: "key-unknown" } : keyOf(remember(stored).key);
    },
  };
}

function presentedKeysOf({ submit, clock }: Parts, cache: KeyCache): Pick<Keys, "authenticate"> {
  const seek = async (publicId: string, secret: string): Promise<Bearer | KeyRefusal> => {
    const remember = cache.look();
    const stored = await submit("find-key", { publicId });
    return judgeKey(stored && remember(stored), secret, clock());
  };

  return {
    authenticate: (presented) => {
      const parts = readPresented(presented);
      if (parts === undefined) return { kind: "key-malformed" };
      const stored = cache.find(parts.publicId);
      return stored ? judgeKey(stored, parts.secret, clock()) : seek(parts.publicId, parts.secret);
    },
  };
}
