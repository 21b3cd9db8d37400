/** Goal: a stranger's JWT library agrees with ours in both directions, so that a supplier needs nothing of us but the key set. */

import { publicJwks, redeemer, sealer, writeRing } from "@interchange/ticket";
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { ALGORITHMS, NOW_MS, RINGS, TICKET, USE } from "./sample.ts";

const CLAIMS = {
  iss: "https://api.interchange.example",
  aud: "north-harbour",
  sub: "p_8f2kq0w1x9",
  jti: "req_01jz3v9y0m8x6q4t2w5r7k1c3e",
  iat: 1_790_000_000.123,
  exp: 1_790_000_060.123,
  sfc: "chat-completions",
  fmt: "messages",
  pth: "/v1/chat/completions",
  ins: "text-prime",
  mdl: "qwen3-235b-a22b-instruct-2507",
  hld: 4_096,
  cap: 2_048,
  dig: TICKET.bodyDigest,
  alw: [[60, 59, NOW_MS + 1_000], 0],
  cnt: [["a", NOW_MS + 1_000]],
  str: true,
};

describe.each(ALGORITHMS)("%s", (algorithm) => {
  const ring = RINGS[algorithm];
  const [jwk] = writeRing(ring).keys;
  const sealingKey = (): ReturnType<typeof importJWK> => importJWK(jwk ?? {}, algorithm);
  const redeemingKey = (): ReturnType<typeof importJWK> => importJWK(publicJwks(ring).keys[0] ?? jwk ?? {}, algorithm);
  const checks = {
    algorithms: [algorithm],
    audience: TICKET.supplier,
    issuer: TICKET.issuer,
    currentDate: new Date(NOW_MS),
  };

  test("what we seal, jose verifies, and reads the documented claims", async () => {
    const key = await redeemingKey();
    const { payload, protectedHeader } = await jwtVerify(sealer({ ring, algorithm }).seal(TICKET), key, checks);
    expect(payload).toEqual(CLAIMS);
    expect(protectedHeader).toEqual({ alg: algorithm, typ: "JWT", kid: jwk?.kid });
  });

  test("what jose signs, we redeem", async () => {
    const key = await sealingKey();
    // jose writes the header's members in the order given: ours must not depend on it.
    const text = await new SignJWT(CLAIMS).setProtectedHeader({ kid: jwk?.kid ?? "", alg: algorithm }).sign(key);
    expect(redeemer({ ring, algorithm, clock: () => NOW_MS }).redeem(text, USE)).toEqual({
      kind: "redeemed",
      ticket: TICKET,
    });
  });

  test("both call the same instant expired", async () => {
    const text = sealer({ ring, algorithm }).seal({ ...TICKET, expiresAtMs: NOW_MS - (NOW_MS % 1000) });
    const key = await redeemingKey();
    await expect(jwtVerify(text, key, checks)).rejects.toThrow(/exp/);
    expect(redeemer({ ring, algorithm, clock: () => NOW_MS }).redeem(text, USE)).toEqual({ kind: "expired" });
  });
});

test("a supplier verifies with the published key set alone", async () => {
  const text = sealer({ ring: RINGS.EdDSA, algorithm: "EdDSA" }).seal(TICKET);
  const keys = createLocalJWKSet(publicJwks(RINGS.EdDSA));
  const { payload } = await jwtVerify(text, keys, { algorithms: ["EdDSA"], currentDate: new Date(NOW_MS) });
  expect(payload).toEqual(CLAIMS);
});
