/** Creating, finding, changing, rotating and revoking keys. */

import { NEVER_MS } from "../bounds.ts";
import {
  type Bearer,
  endOf,
  type Key,
  type KeyChangeCommand,
  type KeyCommand,
  type KeyRole,
  type RotateRefusal,
  type RotationCommand,
  type StoredKey,
} from "../key.ts";
import { limitsCommand } from "../limits.ts";
import type { Page, PageCommand } from "../page.ts";
import { ACCOUNT_COLUMNS, type AccountRow, findAccount, readAccount, requireOpen } from "./account.ts";
import { noteChange, setColumns } from "./change.ts";
import { LIMITS_COLUMNS, type LimitsRow, limitsColumns, limitsValues, readLimits } from "./limits.ts";
import { readPage } from "./page.ts";
import { all, lockedRowOf, present, rowOf, type Transaction } from "./statement.ts";

type KeyRow = LimitsRow & {
  public_id: string;
  digest: Uint8Array;
  account_id: string;
  name: string | null;
  role: KeyRole;
  inline: number;
  instruments: string | null;
  created_at_ms: number;
  expires_at_ms: number;
  revoked_at_ms: number | null;
};

const INSERTED = [
  ...["public_id", "digest", "account_id", "name", "role", "inline", "instruments", "created_at_ms", "expires_at_ms"],
  ...LIMITS_COLUMNS,
].join();
const COLUMNS = `${INSERTED}, revoked_at_ms`;

const ACCOUNT_OF_KEY = `SELECT ${ACCOUNT_COLUMNS} FROM account
  WHERE account_id = (SELECT account_id FROM account_key WHERE public_id = $1)`;

export function* createKey(command: KeyCommand, nowMs: number): Transaction<Bearer> {
  const account = requireOpen(yield* findAccount(command.accountId));
  const row = yield* rowOf<KeyRow>(
    `INSERT INTO account_key (${INSERTED})
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING ${COLUMNS}`,
    command.publicId,
    command.digest,
    command.accountId,
    command.name,
    command.role,
    command.inline ? 1 : 0,
    command.instruments && JSON.stringify(command.instruments),
    nowMs,
    command.expiresAtMs,
    ...limitsValues(command.limits),
  );
  return bearerOf(row as KeyRow, account);
}

export function* findKey({ publicId }: { publicId: string }): Transaction<StoredKey | undefined> {
  const [[key] = [], [account] = []] = yield* all(
    { text: `SELECT ${COLUMNS} FROM account_key WHERE public_id = $1`, values: [publicId] },
    { text: ACCOUNT_OF_KEY, values: [publicId] },
  );
  return key && { key: bearerOf(key as KeyRow, account as AccountRow), digest: (key as KeyRow).digest };
}

export function* listKeys(command: PageCommand & { accountId: string }): Transaction<Page<Key>> {
  yield* findAccount(command.accountId);
  const order = ["created_at_ms", "public_id"] as const;
  const conditions = [["account_id = ?", command.accountId]] as const;
  const keys = { list: "keys", table: "account_key", columns: COLUMNS, order, conditions } as const;
  return yield* readPage<KeyRow, Key>({ ...keys, read: readKey }, command);
}

export function* changeKey(command: KeyChangeCommand, nowMs: number): Transaction<StoredKey | undefined> {
  const { publicId, name, limits } = command;
  const columns = { ...(name !== undefined && { name }), ...(limits !== undefined && limitsColumns(limits)) };
  yield* setColumns("key", publicId, columns, nowMs);
  return yield* findKey({ publicId });
}

/** The new key lives as long as the old one would have; the old one until the overlap is over. */
export function* rotateKey(command: RotationCommand, nowMs: number): Transaction<Bearer | RotateRefusal> {
  const { publicId, overlapMs, next } = command;
  const row = yield* lockedRowOf<KeyRow>(`SELECT ${COLUMNS} FROM account_key WHERE public_id = $1`, publicId);
  if (row === undefined) return { kind: "key-unknown" };
  const old = readKey(row);
  const end = endOf(old, nowMs);
  if (end !== undefined) return { kind: end };
  const expires_at_ms = Math.min(row.expires_at_ms, nowMs + overlapMs);
  yield* setColumns("key", publicId, { expires_at_ms }, nowMs);
  return yield* createKey(likeness(row, next), nowMs);
}

function likeness(row: KeyRow, next: RotationCommand["next"]): KeyCommand {
  const { accountId, role, inline, instruments, name, limits } = readKey(row);
  return {
    ...next,
    accountId,
    role,
    inline,
    instruments: instruments ?? null,
    name: name ?? null,
    limits: limitsCommand(limits),
    expiresAtMs: row.expires_at_ms,
  };
}

export function* revokeKey({ publicId }: { publicId: string }, nowMs: number): Transaction<StoredKey | undefined> {
  const revoked = yield* rowOf(
    "UPDATE account_key SET revoked_at_ms = $2 WHERE public_id = $1 AND revoked_at_ms IS NULL RETURNING public_id",
    publicId,
    nowMs,
  );
  if (revoked !== undefined) yield* noteChange("key", publicId, nowMs);
  return yield* findKey({ publicId });
}

function bearerOf(row: KeyRow, account: AccountRow): Bearer {
  return { ...readKey(row), account: readAccount(account) };
}

function readKey(row: KeyRow): Key {
  return present({
    kind: "key" as const,
    publicId: row.public_id,
    accountId: row.account_id,
    role: row.role,
    inline: row.inline === 1,
    instruments: row.instruments === null ? null : (JSON.parse(row.instruments) as string[]),
    name: row.name,
    limits: readLimits(row),
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms === NEVER_MS ? null : row.expires_at_ms,
    revokedAtMs: row.revoked_at_ms,
  });
}
