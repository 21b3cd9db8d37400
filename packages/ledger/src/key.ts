/** A key: what a caller presents, `ick_<public id>_<secret>`. Only the public id and the SHA-256 of the secret are stored. */

import { hash, timingSafeEqual } from "node:crypto";
import type { Account } from "./account.ts";
import { optionalText, requireBoolean, requireExpiry, requireInteger, requireText } from "./bounds.ts";
import { LedgerError } from "./ledger-error.ts";
import { type Limits, type LimitsCommand, limitsCommand } from "./limits.ts";
import type { Page, PageCommand } from "./page.ts";

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
  /** What its holder is told it by. */
  name?: string;
  limits: Limits;
  createdAtMs: number;
  expiresAtMs?: number;
  revokedAtMs?: number;
};

/** Why a presented key is refused. */
export type KeyRefusal = { kind: "key-malformed" | "key-unknown" | "key-revoked" | "key-expired" | "account-closed" };

/** A key that was presented and believed, with the account that it speaks for. */
export type Bearer = Key & { account: Account };

/** What is absent stays as it is. */
export type KeyChange = {
  publicId: string;
  /** Null takes it away. */
  name?: string | null;
  /** All of them anew. */
  limits?: Limits;
};

/** Why a key cannot be rotated. */
export type RotateRefusal = { kind: "key-unknown" | "key-revoked" | "key-expired" };

export type KeyCreation = {
  accountId: string;
  role: KeyRole;
  inline?: boolean;
  instruments?: string[];
  name?: string;
  limits?: Limits;
  expiresAtMs?: number;
};

/** The secret is shown this once and cannot be had again. */
export type CreatedKey = { key: Key; secret: string };

/** A key as stored: with the digest its secret must have. */
export type StoredKey = { key: Bearer; digest: Uint8Array };

export type KeyCommand = {
  publicId: string;
  digest: Uint8Array;
  accountId: string;
  role: KeyRole;
  inline: boolean;
  instruments: string[] | null;
  name: string | null;
  limits: LimitsCommand;
  expiresAtMs: number;
};

/** What is absent stays as it is. */
export type KeyChangeCommand = { publicId: string; name?: string | null; limits?: LimitsCommand };

/** The key that takes another's place: all else is as in that one. */
export type RotationCommand = { publicId: string; overlapMs: number; next: { publicId: string; digest: Uint8Array } };

export type KeyCommands = {
  "create-key": { input: KeyCommand; outcome: Bearer };
  "find-key": { input: { publicId: string }; outcome: StoredKey | undefined };
  "list-keys": { input: PageCommand & { accountId: string }; outcome: Page<Key> };
  "change-key": { input: KeyChangeCommand; outcome: StoredKey | undefined };
  "rotate-key": { input: RotationCommand; outcome: Bearer | RotateRefusal };
  "revoke-key": { input: { publicId: string }; outcome: StoredKey | undefined };
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

type Fresh = { publicId: string; digest: Uint8Array; secret: string };

/** An id and a secret that nobody has had; `secret` is the whole text to hand out. */
function freshSecret(random: Random): Fresh {
  const publicId = randomSigns(random, PUBLIC_ID_LENGTH);
  const secret = randomSigns(random, SECRET_LENGTH);
  return { publicId, digest: secretDigest(secret), secret: `ick_${publicId}_${secret}` };
}

/** A fresh key: what is stored of it, and the whole text to hand out. */
export function freshKey(creation: KeyCreation, random: Random): { command: KeyCommand; secret: string } {
  const { secret, ...fresh } = freshSecret(random);
  const command = {
    ...fresh,
    accountId: requireText(creation.accountId, "accountId"),
    role: requireRole(creation.role),
    inline: requireBoolean(creation.inline ?? false, "inline"),
    instruments: instrumentsOf(creation.instruments),
    name: optionalText(creation.name, "name"),
    limits: limitsCommand(creation.limits),
    expiresAtMs: requireExpiry(creation.expiresAtMs, "expiresAtMs"),
  };
  return { command, secret };
}

export function keyChangeCommand({ publicId, name, limits }: KeyChange): KeyChangeCommand {
  return {
    publicId: requireText(publicId, "publicId"),
    ...(name !== undefined && { name: optionalText(name ?? undefined, "name") }),
    ...(limits !== undefined && { limits: limitsCommand(limits) }),
  };
}

/** The key that takes another's place, and the whole text to hand out. */
export function freshRotation(
  { publicId, overlapMs }: { publicId: string; overlapMs: number },
  random: Random,
): { command: RotationCommand; secret: string } {
  const { secret, ...next } = freshSecret(random);
  const command = {
    publicId: requireText(publicId, "publicId"),
    overlapMs: requireInteger(overlapMs, "overlapMs", 0),
    next,
  };
  return { command, secret };
}

/** The key alone, without the account that it speaks for. */
export function keyOf({ account: _, ...key }: Bearer): Key {
  return key;
}

/** Why a key is no longer in force; undefined while it is. */
export function endOf(key: Key, nowMs: number): "key-revoked" | "key-expired" | undefined {
  if (key.revokedAtMs !== undefined) return "key-revoked";
  return key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs ? "key-expired" : undefined;
}

/** The key if the secret is its own and it is in force, else why not. A wrong secret is as unknown as a wrong id. */
export function judgeKey(stored: StoredKey | undefined, secret: string, nowMs: number): Bearer | KeyRefusal {
  const same = timingSafeEqual(secretDigest(secret), stored?.digest ?? NO_DIGEST);
  if (stored === undefined || !same) return { kind: "key-unknown" };
  const { key } = stored;
  const end = endOf(key, nowMs);
  if (end !== undefined) return { kind: end };
  return key.account.closedAtMs === undefined ? key : { kind: "account-closed" };
}

function instrumentsOf(instruments: unknown): string[] | null {
  if (instruments === undefined) return null;
  if (!Array.isArray(instruments)) throw new LedgerError("bad-input", "instruments must be a list of texts");
  return instruments.map((instrument) => requireText(instrument, "instruments"));
}

function requireRole(role: unknown): KeyRole {
  if (role === "consumption" || role === "operator") return role;
  throw new LedgerError("bad-input", `role must be consumption or operator, not ${String(role)}`);
}
