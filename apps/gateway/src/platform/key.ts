/** Keys: what callers present, and by whom they are made. */
import type {
  CreatedKey as CreatedWire,
  CreateKeyRequest,
  UpdateKeyRequest,
  Key as Wire,
} from "@interchange/contract/platform";
import type { CreatedKey, Key, KeyChange, KeyCreation, RotateRefusal } from "@interchange/ledger";
import type { Engine } from "../engine.ts";
import { readFuture, writeInstant, writeOptionalInstant } from "./instant.ts";
import { readInstrument } from "./instrument.ts";
import { readLimits, writeLimits } from "./limits.ts";
import type { Asker, Operations } from "./operation.ts";
import { readPage, writePage } from "./page.ts";
import { isWithinReach, limitsFor, withinReach } from "./reach.ts";
import { conflicting, forbidden, given, isRefused, notFound, type Refused } from "./refused.ts";
import { isOperator, maySee } from "./role.ts";

type Ids = "listKeys" | "createKey" | "retrieveKey" | "updateKey" | "rotateKey" | "revokeKey";

const OVERLAP_S_DEFAULT = 86_400;

export function keys(engine: Engine): Operations<Ids> {
  const { ledger, clock } = engine;
  const write = (key: Key) => writeKey(key, clock());
  const told = (key: Key) => ({ status: 200 as const, body: write(key) });
  const made = (created: CreatedKey) => ({ status: 201 as const, body: writeCreated(created, clock()) });
  const find = async (asker: Asker, id: string): Promise<Key | Refused> => {
    const key = await ledger.key(id);
    return key !== undefined && maySee(asker, key.accountId) ? key : noKey(id);
  };
  return {
    async listKeys({ query }, { accountId }) {
      return { status: 200, body: writePage(await ledger.keys(accountId, readPage(query)), write) };
    },
    async createKey({ body }, asker) {
      const creation = readCreation(engine, body, asker);
      return isRefused(creation) ? creation : made(await ledger.createKey(creation));
    },
    async retrieveKey({ path }, asker) {
      const key = await find(asker, path.key_id);
      return isRefused(key) ? key : told(key);
    },
    async updateKey({ path, body }, asker) {
      const key = await find(asker, path.key_id);
      const change = isRefused(key) ? key : readChange(engine, key, body, asker);
      if (isRefused(change)) return change;
      const changed = await ledger.changeKey(change);
      return changed === undefined ? noKey(path.key_id) : told(changed);
    },
    async rotateKey({ path, body }, asker) {
      const key = await find(asker, path.key_id);
      if (isRefused(key)) return key;
      const refused = beyondReach(engine, asker.key, key, "replace");
      if (refused !== undefined) return refused;
      const overlapMs = (body?.overlap_seconds ?? OVERLAP_S_DEFAULT) * 1_000;
      const rotated = await ledger.rotateKey({ publicId: key.publicId, overlapMs });
      return "secret" in rotated ? made(rotated) : unrotated(rotated, key.publicId);
    },
    async revokeKey({ path }, asker) {
      const key = await find(asker, path.key_id);
      if (isRefused(key)) return key;
      const refused = beyondReach(engine, asker.key, key, "revoke");
      if (refused !== undefined) return refused;
      const revoked = await ledger.revokeKey(key.publicId);
      return revoked.kind === "key" ? told(revoked) : noKey(path.key_id);
    },
  };
}

function noKey(id: string): Refused {
  return notFound("key", id, "key_id");
}

/**
 * Whoever could not have made a key cannot take it from its owner either. An operator may have its keys in an account whose
 * consumption keys are everywhere.
 */
function beyondReach({ config }: Engine, maker: Key, key: Key, verb: string): Refused | undefined {
  if (maker.publicId === key.publicId || isWithinReach(maker, config.limits, key)) return undefined;
  if (isOperator(key)) return forbidden("This is an operator key; only operators can change it.");
  return forbidden(`This key cannot ${verb} one that reaches further than itself.`);
}

const UNROTATED: Readonly<Record<RotateRefusal["kind"], string>> = {
  "key-unknown": "is not known",
  "key-revoked": "has been revoked",
  "key-expired": "has expired",
};

function unrotated({ kind }: RotateRefusal, id: string): Refused {
  if (kind === "key-unknown") return noKey(id);
  return conflicting(`The key ${id} ${UNROTATED[kind]}, so it has nothing to hand over.`);
}

function readCreation(engine: Engine, body: CreateKeyRequest, { key, accountId }: Asker): KeyCreation | Refused {
  const { role = "consumption", inline, name, expires_at: expiry } = body;
  const asked = given({
    instruments: body.instruments == null ? undefined : readInstruments(engine, body.instruments),
    expiresAtMs: expiry == null ? undefined : readFuture("expires_at", expiry, engine.clock()),
  });
  if (isRefused(asked)) return asked;
  const reach = withinReach(key, engine.config.limits, { role, limits: readLimits(body.limits ?? {}), ...asked });
  return isRefused(reach) ? reach : given({ accountId, inline, name: name ?? undefined, ...reach });
}

function readInstruments(engine: Engine, names: readonly string[]): string[] | Refused {
  const read = names.map((name, index) => readInstrument(engine, `instruments[${index}]`, name));
  return read.find(isRefused) ?? [...new Set(read as string[])];
}

function readChange(engine: Engine, key: Key, { name, limits }: UpdateKeyRequest, asker: Asker): KeyChange | Refused {
  const refused = beyondReach(engine, asker.key, key, "change");
  if (refused !== undefined) return refused;
  const bounded =
    limits === undefined ? undefined : limitsFor(asker.key, engine.config.limits, key, readLimits(limits));
  return given({ publicId: key.publicId, name, limits: bounded });
}

function writeKey(key: Key, nowMs: number): Wire {
  return {
    id: key.publicId,
    account_id: key.accountId,
    name: key.name ?? null,
    role: key.role,
    inline: key.inline,
    instruments: key.instruments ?? null,
    limits: writeLimits(key.limits),
    created_at: writeInstant(key.createdAtMs),
    expires_at: writeOptionalInstant(key.expiresAtMs),
    revoked_at: writeOptionalInstant(key.revokedAtMs),
    status: statusOf(key, nowMs),
  };
}

function statusOf({ revokedAtMs, expiresAtMs }: Key, nowMs: number): Wire["status"] {
  if (revokedAtMs !== undefined) return "revoked";
  return expiresAtMs !== undefined && expiresAtMs <= nowMs ? "expired" : "active";
}

/** The only place where a secret is told. */
function writeCreated({ key, secret }: CreatedKey, nowMs: number): CreatedWire {
  return { ...writeKey(key, nowMs), secret };
}
