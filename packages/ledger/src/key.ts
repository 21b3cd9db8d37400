/** A key: what a caller presents, `ick_<public id>_<secret>`. Only the public id and the SHA-256 of the secret are stored. */

import { hash, timingSafeEqual } from "node:crypto";
import { requireExpiry, requireText } from "./bounds.ts";
import { LedgerError } from "./ledger-error.ts";

export type KeyRole = "consumption" | "operator";

export type Key = {
  kind: "key";
  publicId: string;
  accountId: string;
  role: KeyRole;
  /** The holder cannot follow redirects: it is answered in one leg. */
  inline: boolean;
  /** The instruments the key may buy; absent means all. */
  instruments?: string[];
  createdAtMs: number;
  expiresAtMs?: number;
  revokedAtMs?: number;
};

/** Why a presented key is refused. */
export type KeyRefusal = { kind: "key-malformed" | "key-unknown" | "key-revoked" | "key-expired" };

export type KeyCreation = {
  accountId: string;
  role: KeyRole;
  inline?: boolean;
  instruments?: string[];
  expiresAtMs?: number;
};

/** The secret is shown this once and cannot be had again. */
export type CreatedKey = { key: Key; secret: string };

/** A key as stored: with the digest its secret must have. */
export type StoredKey = { key: Key; digest: Uint8Array };

export type KeyCommand = {
  publicId: string;
  digest: Uint8Array;
  accountId: string;
  role: KeyRole;
  inline: boolean;
  instruments: string[] | null;
  expiresAtMs: number;
};

/** A source of random bytes, `node:crypto`'s by default. */
export type Random = (byteLength: number) => Uint8Array;

// 32 signs, five bits each, none mistaken for another when read aloud.
const SIGNS = "0123456789abcdefghjkmnpqrstvwxyz";
const PUBLIC_ID_LENGTH = 16;
const SECRET_LENGTH = 32;
const PRESENTED = new RegExp(`^ick_([${SIGNS}]{${PUBLIC_ID_LENGTH}})_([${SIGNS}]{${SECRET_LENGTH}})$`);

// Compared with when the id is unknown, so that an unknown id takes as long as a wrong secret.
const NO_DIGEST = new Uint8Array(32);

/** A random text of `length` signs, five bits each. */
export function randomSigns(random: Random, length: number): string {
  let text = "";
  for (const byte of random(length)) text += SIGNS.charAt(byte & 31);
  return text;
}

export function secretDigest(secret: string): Uint8Array {
  // As a text and back: asking for the bytes takes four times as long.
  return Buffer.from(hash("sha256", secret, "latin1"), "latin1");
}

/** The two parts of a presented key; undefined when it does not have the form of one. */
export function readPresented(presented: string): { publicId: string; secret: string } | undefined {
  const [, publicId, secret] = PRESENTED.exec(presented) ?? [];
  return publicId === undefined || secret === undefined ? undefined : { publicId, secret };
}

/** A fresh key: what is stored of it, and the whole text to hand out. */
export function freshKey(creation: KeyCreation, random: Random): { command: KeyCommand; secret: string } {
  const publicId = randomSigns(random, PUBLIC_ID_LENGTH);
  const secret = randomSigns(random, SECRET_LENGTH);
  const command = {
    publicId,
    digest: secretDigest(secret),
    accountId: requireText(creation.accountId, "accountId"),
    role: requireRole(creation.role),
    inline: creation.inline ?? false,
    instruments: creation.instruments?.map((instrument) => requireText(instrument, "instruments")) ?? null,
    expiresAtMs: requireExpiry(creation.expiresAtMs, "expiresAtMs"),
  };
  return { command, secret: `ick_${publicId}_${secret}` };
}

/** The key if the secret is its own and it is in force, else why not. A wrong secret is as unknown as a wrong id. */
export function judgeKey(stored: StoredKey | undefined, secret: string, nowMs: number): Key | KeyRefusal {
  const same = timingSafeEqual(secretDigest(secret), stored?.digest ?? NO_DIGEST);
  if (stored === undefined || !same) return { kind: "key-unknown" };
  const { key } = stored;
  if (key.revokedAtMs !== undefined) return { kind: "key-revoked" };
  return key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs ? { kind: "key-expired" } : key;
}

function requireRole(role: unknown): KeyRole {
  if (role === "consumption" || role === "operator") return role;
  throw new LedgerError("bad-input", `role must be consumption or operator, not ${String(role)}`);
}
