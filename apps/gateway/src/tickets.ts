/** Tickets of this gateway: sealed for our own relay, with a secret kept in the data directory. */
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Algorithm,
  type Jwks,
  newRing,
  publicJwks,
  type Redeemer,
  type Ring,
  readRing,
  redeemer,
  type Sealer,
  sealer,
  writeRing,
} from "@interchange/ticket";
import type { Config } from "./config/index.ts";

export interface Tickets extends Sealer, Redeemer {
  /** How an account is called in a ticket: the same each time, and nothing that leads back to it. */
  pseudonym(accountId: string): string;
  /** The public keys with which a supplier's edge verifies tickets (RFC 7517). */
  jwks(): Jwks;
}

export function openTickets(config: Config, clock: () => number): Tickets {
  const ring = keptRing(join(config.dataDir, "relay-keys.json"), "HS256");
  const edgeRing = keptRing(join(config.dataDir, "edge-keys.json"), "EdDSA");
  return {
    ...sealer({ ring, algorithm: "HS256" }),
    ...redeemer({ ring, algorithm: "HS256", clock }),
    pseudonym: createPseudonyms(),
    jwks: () => publicJwks(edgeRing),
  };
}

/** The ring in the file; when there is none a fresh one is made and kept, readable by its owner alone. */
function keptRing(file: string, algorithm: Algorithm): Ring {
  if (existsSync(file)) return readRing(readFileSync(file, "utf8"));
  const ring = newRing(algorithm);
  writeFileSync(file, JSON.stringify(writeRing(ring)), { mode: 0o600 });
  return ring;
}

/** Accounts beyond so many are digested anew each time. */
const PSEUDONYMS_MAX = 100_000;

function createPseudonyms(): (accountId: string) => string {
  const salt = randomBytes(32);
  const known = new Map<string, string>();
  return (accountId) => {
    const found = known.get(accountId);
    if (found !== undefined) return found;
    const fresh = createHmac("sha256", salt).update(accountId).digest("base64url").slice(0, 16);
    if (known.size < PSEUDONYMS_MAX) known.set(accountId, fresh);
    return fresh;
  };
}
