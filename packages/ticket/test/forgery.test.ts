/** Goal: the verifying end decides about algorithm and key; nothing in a header or in claims can talk it into another choice. */

import { createHmac, createPublicKey, sign } from "node:crypto";
import { newRing, publicJwks, readRing, redeemer, sealer, writeRing } from "@interchange/ticket";
import { describe, expect, test } from "vitest";
import { ALGORITHMS, bytesFrom, NOW_MS, RINGS, TICKET, USE } from "./sample.ts";

const clock = (): number => NOW_MS;
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const CLAIMS = JSON.parse(
  Buffer.from(
    sealer({ ring: RINGS.HS256, algorithm: "HS256" }).seal(TICKET).split(".")[1] ?? "",
    "base64url",
  ).toString(),
) as Record<string, unknown>;

const kidOf = (algorithm: "HS256" | "EdDSA"): string => RINGS[algorithm].keys[0]?.kid ?? "";

function hmacSealed(header: object, claims: object, secret: string | Buffer): string {
  const text = `${base64url(header)}.${base64url(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

/** Sealed with the ring's true secret, but with any header and claims. */
function trulySealed(header: object, claims: object): string {
  return hmacSealed(header, claims, Buffer.from(writeRing(RINGS.HS256).keys[0]?.k ?? "", "base64url"));
}

const shared = redeemer({ ring: RINGS.HS256, algorithm: "HS256", clock });
const paired = redeemer({ ring: RINGS.EdDSA, algorithm: "EdDSA", clock });

test("the forger's tools make a true ticket when given the true key", () => {
  const text = trulySealed({ alg: "HS256", kid: kidOf("HS256") }, CLAIMS);
  expect(shared.redeem(text, USE)).toEqual({ kind: "redeemed", ticket: TICKET });
});

describe("the header cannot choose", () => {
  const kid = kidOf("HS256");
  test.each<[string, object]>([
    ["alg none", { alg: "none", kid }],
    ["alg None", { alg: "None", kid }],
    ["no alg", { kid }],
    ["alg HS512", { alg: "HS512", kid }],
    ["alg EdDSA", { alg: "EdDSA", kid }],
    ["a list of algs", { alg: ["HS256"], kid }],
    ["no kid", { alg: "HS256" }],
    ["an unknown kid", { alg: "HS256", kid: "other" }],
    ["a kid of another type", { alg: "HS256", kid: { toString: kid } }],
    ["a critical extension", { alg: "HS256", kid, crit: ["b64"], b64: false }],
    ["a list", [{ alg: "HS256", kid }]],
  ])("%s", (_, header) => {
    expect(shared.redeem(trulySealed(header, CLAIMS), USE)).toEqual({ kind: "forged" });
    expect(shared.redeem(`${base64url(header)}.${base64url(CLAIMS)}.`, USE)).toEqual({ kind: "forged" });
  });

  test("HS256 with the public key as its secret", () => {
    const [jwk] = publicJwks(RINGS.EdDSA).keys;
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: jwk?.x } as never, format: "jwk" });
    const secrets = [
      key.export({ format: "pem", type: "spki" }),
      key.export({ format: "der", type: "spki" }),
      Buffer.from(jwk?.x ?? "", "base64url"),
      jwk?.x ?? "",
    ];
    for (const secret of secrets) {
      for (const alg of ["HS256", "EdDSA"]) {
        expect(paired.redeem(hmacSealed({ alg, kid: kidOf("EdDSA") }, CLAIMS, secret), USE)).toEqual({
          kind: "forged",
        });
      }
    }
  });

  test("a ticket of the other algorithm", () => {
    expect(paired.redeem(sealer({ ring: RINGS.HS256, algorithm: "HS256" }).seal(TICKET), USE)).toEqual({
      kind: "forged",
    });
    expect(shared.redeem(sealer({ ring: RINGS.EdDSA, algorithm: "EdDSA" }).seal(TICKET), USE)).toEqual({
      kind: "forged",
    });
  });

  test("a key brought along in the header", () => {
    const mine = newRing("EdDSA", bytesFrom("forger"));
    const [jwk] = publicJwks(mine).keys;
    const text = `${base64url({ alg: "EdDSA", kid: kidOf("EdDSA"), jwk })}.${base64url(CLAIMS)}`;
    const [key] = mine.keys;
    if (!key?.sealing) throw new Error("a fresh ring seals");
    const signature = sign(null, Buffer.from(text), key.sealing).toString("base64url");
    expect(paired.redeem(`${text}.${signature}`, USE)).toEqual({ kind: "forged" });
  });
});

test.each(ALGORITHMS)("%s: another ring with the same kid", (algorithm) => {
  const [key] = newRing(algorithm, bytesFrom("another")).keys;
  if (!key) throw new Error("a fresh ring has a key");
  const ring = { algorithm, keys: [{ ...key, kid: kidOf(algorithm) }] };
  const text = sealer({ ring, algorithm }).seal(TICKET);
  expect(redeemer({ ring: RINGS[algorithm], algorithm, clock }).redeem(text, USE)).toEqual({ kind: "forged" });
});

test.each(ALGORITHMS)("%s: a redeemer's algorithm is its ring's", (algorithm) => {
  const other = algorithm === "HS256" ? "EdDSA" : "HS256";
  expect(() => redeemer({ ring: RINGS[algorithm], algorithm: other })).toThrow(TypeError);
  expect(() => sealer({ ring: RINGS[algorithm], algorithm: other })).toThrow(TypeError);
});

test("an end with public keys alone redeems and cannot seal", () => {
  const ring = readRing(JSON.stringify(publicJwks(RINGS.EdDSA)));
  const text = sealer({ ring: RINGS.EdDSA, algorithm: "EdDSA" }).seal(TICKET);
  expect(redeemer({ ring, algorithm: "EdDSA", clock }).redeem(text, USE).kind).toBe("redeemed");
  expect(() => sealer({ ring, algorithm: "EdDSA" })).toThrow(TypeError);
});

describe("claims of the wrong type, under a true signature, are malformed", () => {
  const wrong: Record<string, unknown[]> = {
    iss: [undefined, 1, null],
    aud: [undefined, ["north-harbour"]],
    sub: [undefined, 7],
    jti: [undefined, {}],
    iat: [undefined, "1790000000", -1],
    exp: [undefined, "9999999999", null, true, 1e300, -5],
    sfc: [undefined, 1],
    fmt: [null, 1],
    pth: [undefined, ["/v1/chat/completions"]],
    ins: [undefined, false],
    mdl: [1, null],
    hld: [undefined, "4096", -1, 0.5, 2 ** 53],
    cap: ["2048", -1, 1.5, null],
    dig: [undefined, 0],
    alw: [null, 60, [60, 59, 1], [0], [0, 0, 0], [[60, 59], 0], [[60, 59, -1], 0], [0, [60, 59, "1"]], [0, null]],
    cnt: [null, "a", ["a", 1], [["a"]], [["a", -1]], [[1, 1]], [["a", 1, 1]]],
    str: [undefined, 1, "true", null],
  };
  const rows = Object.entries(wrong).flatMap(([name, values]) => values.map((value) => [name, value] as const));

  test.each(rows)("%s: %j", (name, value) => {
    const text = trulySealed({ alg: "HS256", kid: kidOf("HS256") }, { ...CLAIMS, [name]: value });
    expect(shared.redeem(text, USE)).toEqual({ kind: "malformed" });
  });

  test("every claim of a ticket has a row", () => {
    expect(Object.keys(wrong).sort()).toEqual(Object.keys(CLAIMS).sort());
  });

  test.each([[null], [[]], ["text"], [5]])("claims that are %j", (claims) => {
    const text = trulySealed({ alg: "HS256", kid: kidOf("HS256") }, claims as unknown as object);
    expect(shared.redeem(text, USE)).toEqual({ kind: "malformed" });
  });

  test("claims that are not ours are passed over", () => {
    const text = trulySealed({ alg: "HS256", kid: kidOf("HS256") }, { ...CLAIMS, nbf: 9e9, x: [1] });
    expect(shared.redeem(text, USE)).toEqual({ kind: "redeemed", ticket: TICKET });
  });
});
