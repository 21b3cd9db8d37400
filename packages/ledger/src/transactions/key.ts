/** Creating, finding and revoking keys. */

import { NEVER_MS } from "../bounds.ts";
import type { Key, KeyCommand, KeyRole, StoredKey } from "../key.ts";
import { findAccount } from "./account.ts";
import { present, rowOf, type Transaction } from "./statement.ts";

type KeyRow = {
  public_id: string;
  digest: Uint8Array;
  account_id: string;
  role: KeyRole;
  inline: number;
  instruments: string | null;
  created_at_ms: number;
  expires_at_ms: number;
  revoked_at_ms: number | null;
};

const COLUMNS = "public_id, digest, account_id, role, inline, instruments, created_at_ms, expires_at_ms, revoked_at_ms";

export function* createKey(command: KeyCommand, nowMs: number): Transaction<Key> {
  yield* findAccount(command.accountId);
  const row = yield* rowOf<KeyRow>(
    `INSERT INTO account_key (public_id, digest, account_id, role, inline, instruments, created_at_ms, expires_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${COLUMNS}`,
    command.publicId,
    command.digest,
    command.accountId,
    command.role,
    command.inline ? 1 : 0,
    command.instruments && JSON.stringify(command.instruments),
    nowMs,
    command.expiresAtMs,
  );
  return readKey(row as KeyRow).key;
}

export function* findKey({ publicId }: { publicId: string }): Transaction<StoredKey | undefined> {
  const row = yield* rowOf<KeyRow>(`SELECT ${COLUMNS} FROM account_key WHERE public_id = $1`, publicId);
  return row && readKey(row);
}

export function* revokeKey({ publicId }: { publicId: string }, nowMs: number): Transaction<StoredKey | undefined> {
  yield* rowOf(
    "UPDATE account_key SET revoked_at_ms = $2 WHERE public_id = $1 AND revoked_at_ms IS NULL",
    publicId,
    nowMs,
  );
  return yield* findKey({ publicId });
}

function readKey(row: KeyRow): StoredKey {
  const key = present({
    kind: "key" as const,
    publicId: row.public_id,
    accountId: row.account_id,
    role: row.role,
    inline: row.inline === 1,
    instruments: row.instruments === null ? null : (JSON.parse(row.instruments) as string[]),
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms === NEVER_MS ? null : row.expires_at_ms,
    revokedAtMs: row.revoked_at_ms,
  });
  return { key, digest: row.digest };
}
