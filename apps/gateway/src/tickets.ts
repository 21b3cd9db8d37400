/** Tickets of this gateway: sealed for our own relay, with a secret kept in the data directory. */
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newRing, publicJwks, readRing, redeemer, type Ring, sealer, writeRing } from "@interchange/ticket";
import type { Config } from "./config/index.ts";

export interface Tickets {
  readonly seal: ReturnType<typeof sealer>;
  readonly redeem: ReturnType<typeof redeemer>;
  /** How an account is called in a ticket: the same each time, and nothing that leads back to it. */
  pseudonym(accountId: string): string;
  /** The public keys with which a supplier's edge verifies tickets (RFC 7517). */
  jwks(): unknown;
}

export function openTickets(config: Config, clock: () => number): Tickets {
  const ring = keptRing(join(config.dataDir, "ticket-keys.json"), "HS256");
  const edgeRing = keptRing(join(config.dataDir, "edge-keys.json"), "EdDSA");
  const salt = randomBytes(32);
  const pseudonyms = new Map<string, string>();
  return {
    seal: sealer({ ring }),
    redeem: redeemer({ ring, clock }),
    pseudonym(accountId) {
      const known = pseudonyms.get(accountId);
      if (known !== undefined) return known;
      const fresh = createHmac("sha256", salt).update(accountId).digest("base64url").slice(0, 16);
      if (pseudonyms.size < PSEUDONYMS_MAX) pseudonyms.set(accountId, fresh);
      return fresh;
    },
    jwks: () => publicJwks(edgeRing),
  };
}

const PSEUDONYMS_MAX = 100_000;

/** The ring in the file; a fresh one is made and kept, readable by its owner alone, when there is none. */
function keptRing(file: string, algorithm: "HS256" | "EdDSA"): Ring {
  if (existsSync(file)) return readRing(JSON.parse(readFileSync(file, "utf8")));
  const ring = newRing(algorithm);
  writeFileSync(file, JSON.stringify(writeRing(ring)), { mode: 0o600 });
  return ring;
}
