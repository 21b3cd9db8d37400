/** A key ring: the first key seals, every key redeems, so that keys can be changed while tickets are on their way. */

import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject, randomBytes } from "node:crypto";

/** HS256 (RFC 7518 §3.2) where both ends are ours, EdDSA over Ed25519 (RFC 8037) where a supplier verifies. */
export type Algorithm = "HS256" | "EdDSA";

export type RingKey = {
  /** Names the key in a ticket's header. */
  kid: string;
  /** Absent from a ring that can only redeem: one read from public keys. */
  sealing?: KeyObject;
  redeeming: KeyObject;
};

export type Ring = { algorithm: Algorithm; keys: readonly RingKey[] };

/** A JWK set, RFC 7517 §5. With `k` or `d` in it, it is a secret. */
export type Jwks = { keys: Jwk[] };

export type Jwk = {
  kty: string;
  kid: string;
  alg: Algorithm;
  use: "sig";
  crv?: string;
  x?: string;
  k?: string;
  d?: string;
};

type Random = (byteLength: number) => Uint8Array;

/** A ring of one fresh key. */
export function newRing(algorithm: Algorithm, random: Random = randomBytes): Ring {
  return { algorithm, keys: [newKey(algorithm, random)] };
}

/** A fresh key first, behind it the newest of those before, `keysMax` in all. An old key may leave once its tickets have expired. */
export function rotateRing(ring: Ring, options: { keysMax?: number; random?: Random } = {}): Ring {
  const { keysMax = 2, random = randomBytes } = options;
  return { ...ring, keys: [newKey(ring.algorithm, random), ...ring.keys].slice(0, Math.max(1, keysMax)) };
}

/** The ring as a JWK set with its secrets, to be kept where only the sealing end can read it. */
export function writeRing(ring: Ring): Jwks {
  return { keys: ring.keys.map((key) => writeKey(key, ring.algorithm, key.sealing ?? key.redeeming)) };
}

/** The public halves alone, for `/.well-known/jwks.json`. A ring of shared secrets has none, so its set is empty. */
export function publicJwks(ring: Ring): Jwks {
  const keys = ring.algorithm === "EdDSA" ? ring.keys : [];
  return { keys: keys.map((key) => writeKey(key, "EdDSA", key.redeeming)) };
}

/**
 * A ring from a JWK set, as text or as the value: what `writeRing` gave, or public keys to redeem with.
 * Throws a TypeError that quotes no key when it is not a set of one algorithm's keys, each with its own `kid`.
 */
export function readRing(json: string | Jwks): Ring {
  const set = (typeof json === "string" ? readJson(json) : json) as Partial<Jwks> | null;
  const [first, ...others] = Array.isArray(set?.keys) ? set.keys : [];
  if (first === undefined) throw new TypeError("a key ring must have a key");
  const algorithm: unknown = first.alg;
  if (algorithm !== "HS256" && algorithm !== "EdDSA") throw new TypeError("a key ring is of HS256 or EdDSA keys");
  const keys = [first, ...others].map((jwk) => readKey(jwk, algorithm));
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) throw new TypeError("two keys of a ring have one kid");
  return { algorithm, keys };
}

// PKCS #8 around the 32 bytes of an Ed25519 private key, RFC 8410 §7.
const ED25519_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const KEY_BYTES = 32;
const KID_BYTES = 9;

function newKey(algorithm: Algorithm, random: Random): RingKey {
  const kid = Buffer.from(random(KID_BYTES)).toString("base64url");
  const secret = Buffer.from(random(KEY_BYTES));
  if (algorithm === "HS256") return sharedKey(kid, createSecretKey(secret));
  const key = Buffer.concat([ED25519_PREFIX, secret]);
  return keyPair(kid, createPrivateKey({ key, format: "der", type: "pkcs8" }));
}

function sharedKey(kid: string, key: KeyObject): RingKey {
  return { kid, sealing: key, redeeming: key };
}

function keyPair(kid: string, sealing: KeyObject): RingKey {
  return { kid, sealing, redeeming: createPublicKey(sealing) };
}

function writeKey({ kid }: RingKey, alg: Algorithm, key: KeyObject): Jwk {
  return { ...key.export({ format: "jwk" }), kid, alg, use: "sig" } as Jwk;
}

function readKey(jwk: Jwk | null, algorithm: Algorithm): RingKey {
  if (typeof jwk?.kid !== "string" || jwk.kid === "") throw new TypeError("every key of a ring needs a kid");
  if (jwk.alg !== algorithm) throw new TypeError("all keys of a ring are of one algorithm");
  return algorithm === "HS256" ? readShared(jwk) : readPair(jwk);
}

function readShared({ kid, kty, k }: Jwk): RingKey {
  const secret = Buffer.from(kty === "oct" && typeof k === "string" ? k : "", "base64url");
  // A key shorter than the digest is refused, RFC 7518 §3.2.
  if (secret.length < KEY_BYTES) throw new TypeError(`the HS256 key ${kid} has fewer than ${KEY_BYTES} bytes`);
  return sharedKey(kid, createSecretKey(secret));
}

function readPair({ kid, kty, crv, x, d }: Jwk): RingKey {
  if (kty !== "OKP" || crv !== "Ed25519") throw new TypeError(`the EdDSA key ${kid} is not one of Ed25519`);
  const part = (key: Record<string, unknown>) => ({ key: { kty, crv, ...key } as never, format: "jwk" as const });
  try {
    return d === undefined
      ? { kid, redeeming: createPublicKey(part({ x })) }
      : keyPair(kid, createPrivateKey(part({ x, d })));
  } catch {
    throw new TypeError(`the EdDSA key ${kid} cannot be read`);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError("a key ring must be JSON");
  }
}
