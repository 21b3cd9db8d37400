/** Goal: rings survive being written and read, keys change without losing a ticket on its way, and no secret leaves by the public door. */

import { newRing, publicJwks, type Ring, readRing, redeemer, rotateRing, sealer, writeRing } from "@interchange/ticket";
import { describe, expect, test } from "vitest";
import { ALGORITHMS, bytesFrom, NOW_MS, RINGS, TICKET, USE } from "./sample.ts";

const clock = (): number => NOW_MS;

describe.each(ALGORITHMS)("%s", (algorithm) => {
  const ring = RINGS[algorithm];
  const passes = (from: Ring, to: Ring): string =>
    redeemer({ ring: to, algorithm, clock }).redeem(sealer({ ring: from, algorithm }).seal(TICKET), USE).kind;

  test("written and read again it is the same ring", () => {
    const again = readRing(JSON.stringify(writeRing(ring)));
    expect(writeRing(again)).toEqual(writeRing(ring));
    expect(passes(ring, again)).toBe("redeemed");
    expect(passes(again, ring)).toBe("redeemed");
  });

  test("no two fresh rings are alike", () => {
    expect(passes(newRing(algorithm), newRing(algorithm))).toBe("forged");
  });

  test("a change of keys: old tickets are taken until the old key leaves, new ones by who has the new key", () => {
    const next = rotateRing(ring, { random: bytesFrom("next") });
    const last = rotateRing(next, { random: bytesFrom("last") });
    expect([ring, next, last].map(({ keys }) => keys.length)).toEqual([1, 2, 2]);
    expect(passes(ring, next)).toBe("redeemed");
    expect(passes(next, next)).toBe("redeemed");
    expect(passes(next, ring)).toBe("forged");
    expect(passes(next, last)).toBe("redeemed");
    expect(passes(ring, last)).toBe("forged");
    expect(passes(ring, rotateRing(next, { keysMax: 3 }))).toBe("redeemed");
  });

  test("public keys only, and none of a shared secret", () => {
    const text = JSON.stringify(publicJwks(ring));
    for (const { d, k } of writeRing(ring).keys) expect(text).not.toContain(d ?? k);
    const want = algorithm === "HS256" ? [] : [["alg", "crv", "kid", "kty", "use", "x"]];
    expect(publicJwks(ring).keys.map((key) => Object.keys(key).sort())).toEqual(want);
  });
});

const [shared] = writeRing(RINGS.HS256).keys;
const [pair] = writeRing(RINGS.EdDSA).keys;

test.each<[string, unknown]>([
  ["no JSON", "{"],
  ["null", null],
  ["no keys", {}],
  ["an empty list", { keys: [] }],
  ["a key that is null", { keys: [shared, null] }],
  ["another algorithm", { keys: [{ ...shared, alg: "HS512" }] }],
  ["two algorithms", { keys: [shared, pair] }],
  ["no kid", { keys: [{ ...shared, kid: "" }] }],
  ["one kid twice", { keys: [shared, shared] }],
  ["a short secret", { keys: [{ ...shared, k: Buffer.alloc(31).toString("base64url") }] }],
  ["no secret", { keys: [{ ...shared, k: undefined }] }],
  ["a secret that is no octets", { keys: [{ ...shared, kty: "RSA" }] }],
  ["another curve", { keys: [{ ...pair, crv: "X25519" }] }],
  ["a short public key", { keys: [{ ...pair, d: undefined, x: "AAAA" }] }],
  ["a broken private key", { keys: [{ ...pair, d: "AAAA" }] }],
])("%s is refused without quoting a key", (_, set) => {
  const read = (): Ring => readRing(typeof set === "string" ? set : JSON.stringify(set));
  expect(read).toThrow(TypeError);
  expect(read).not.toThrow(new RegExp(`${shared?.k}|${pair?.d}`));
});
