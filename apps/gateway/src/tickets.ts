/** Tickets of this gateway: sealed for our own relay, with a secret kept in the data directory. */
import { createHmac, hkdfSync, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, FORMATS } from "@interchange/config";
import {
  type Algorithm,
  bodyDigest,
  type Jwks,
  newRing,
  publicJwks,
  type Redeemer,
  type Ring,
  readRing,
  redeemer,
  type Sealer,
  sealer,
  type Ticket,
  writeRing,
} from "@interchange/ticket";
import { PLACE_LENGTH_MAX } from "./limits/index.ts";
import { writeSecretFile } from "./secret-file.ts";

export interface Tickets extends Sealer, Redeemer {
  /** How an account is called in a ticket: the same each time, also after a start, and nothing that leads back to it. */
  pseudonym(accountId: string): string;
  /** No ticket for this path is longer, whoever asks and whoever fills it; in characters. */
  lengthMax(path: string): number;
  /** The public keys with which a supplier's edge verifies tickets (RFC 7517). */
  jwks(): Jwks;
}

export function openTickets(config: Config, clock: () => number): Tickets {
  const ring = keptRing(join(config.dataDir, "relay-keys.json"), "HS256");
  const edgeRing = keptRing(join(config.dataDir, "edge-keys.json"), "EdDSA");
  const sealing = sealer({ ring, algorithm: "HS256" });
  const pathlessMax = sealing.seal(widestTicket(config)).length;
  return {
    ...sealing,
    ...redeemer({ ring, algorithm: "HS256", clock }),
    pseudonym: createPseudonyms(oldestKey(ring)),
    lengthMax: (path) => pathlessMax + Math.ceil((path.length * 4) / 3),
    jwks: () => publicJwks(edgeRing),
  };
}

/** Who seals, as a ticket says it. */
export function issuerOf(config: Config): string {
  return config.publicUrl ?? "interchange";
}

/** A ticket in which everything but the path is as long as it can be under this configuration. */
function widestTicket(config: Config): Ticket {
  return {
    requestId: `req_${"0".repeat(32)}`,
    issuer: issuerOf(config),
    supplier: WIDEST_NAME,
    account: "0".repeat(PSEUDONYM_LENGTH),
    surface: longest(FORMATS),
    // As long as any, and not the surface's own, which would be left out.
    dialect: "-".repeat(longest(FORMATS).length),
    path: "",
    instrument: WIDEST_NAME,
    tokensHeld: Number.MAX_SAFE_INTEGER,
    outputTokensMax: Number.MAX_SAFE_INTEGER,
    bodyDigest: bodyDigest(""),
    // Keys and accounts may be given limits at any time.
    allowance: { requests: WIDEST_REMAINDER, tokens: WIDEST_REMAINDER },
    counted: WIDEST_COUNTED,
    stream: false,
    issuedAtMs: LATE_MS,
    expiresAtMs: LATE_MS,
  };
}

/** Instruments and suppliers may come at any time; none has a longer name. */
const WIDEST_NAME = "-".repeat(64);

/** An instant with as many digits as any. */
const LATE_MS = 9_999_999_999_999;

/** As many digits as any limit has. */
const LIMIT_MAX = 9_999_999_999;

const WIDEST_REMAINDER = { limit: LIMIT_MAX, remaining: LIMIT_MAX, resetAtMs: LATE_MS };

/** With a key, its account and an instrument that are all limited. */
const WIDEST_COUNTED = ["-".repeat(PLACE_LENGTH_MAX), "-", "-"].map((counter) => ({ counter, endsAtMs: LATE_MS }));

function longest(words: readonly string[]): string {
  return words.reduce((long, word) => (word.length > long.length ? word : long), "");
}

/** The ring in the file; when there is none a fresh one is made and kept, readable by its owner alone. */
function keptRing(file: string, algorithm: Algorithm): Ring {
  if (existsSync(file)) return readRing(readFileSync(file, "utf8"));
  const ring = newRing(algorithm);
  writeSecretFile(file, JSON.stringify(writeRing(ring)));
  return ring;
}

/** A fresh key is put before the others, so the last is the one that stays longest. */
function oldestKey(ring: Ring): KeyObject {
  const last = ring.keys.at(-1);
  if (last === undefined) throw new Error("a ring without a key cannot name accounts");
  return last.redeeming;
}

const PSEUDONYM_LENGTH = 16;

/** Accounts beyond so many are digested anew each time. */
const PSEUDONYMS_MAX = 100_000;

/** By a key derived for this use alone (RFC 5869), since the ring's own signs tickets. */
function createPseudonyms(ringKey: KeyObject): (accountId: string) => string {
  const naming = Buffer.from(hkdfSync("sha256", ringKey, "", "names of accounts in tickets", 32));
  const known = new Map<string, string>();
  return (accountId) => {
    const found = known.get(accountId);
    if (found !== undefined) return found;
    const fresh = createHmac("sha256", naming).update(accountId).digest("base64url").slice(0, PSEUDONYM_LENGTH);
    if (known.size < PSEUDONYMS_MAX) known.set(accountId, fresh);
    return fresh;
  };
}
