/** Goal: a sealed ticket comes back whole, and whatever differs from one by a sign, a millisecond or a use is refused with its reason. */

import { bodyDigest, isForBody, redeemer, sealer, TICKET_LENGTH_MAX, type Ticket, type Use } from "@interchange/ticket";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALGORITHMS, BODY, NOW_MS, RINGS, TICKET, USE } from "./sample.ts";

const clock = (): number => NOW_MS;
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const texts = fc.string({ unit: "grapheme", maxLength: 24 });
const counts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const remainders = fc.record({ limit: counts, remaining: counts, resetAtMs: counts });
const tickets: fc.Arbitrary<Ticket> = fc
  .record(
    {
      requestId: texts,
      issuer: texts,
      supplier: texts,
      account: texts,
      surface: texts,
      dialect: texts,
      path: texts,
      instrument: texts,
      model: texts,
      tokensHeld: counts,
      outputTokensMax: counts,
      bodyDigest: texts.map(bodyDigest),
      allowance: fc.record({ requests: remainders, tokens: remainders }, { requiredKeys: [] }),
      counted: fc.array(fc.record({ counter: texts, endsAtMs: counts }), { maxLength: 3 }),
      stream: fc.boolean(),
      issuedAtMs: fc.integer({ min: 0, max: 8.64e15 / 1000 }),
      expiresAtMs: fc.integer({ min: NOW_MS + 1, max: 8.64e15 / 1000 }),
    },
    {
      requiredKeys: [
        "requestId",
        "issuer",
        "supplier",
        "account",
        "surface",
        "dialect",
        "path",
        "instrument",
        "tokensHeld",
        "bodyDigest",
        "stream",
        "issuedAtMs",
        "expiresAtMs",
      ],
    },
  )
  .map((ticket) => ({ ...ticket }));

describe.each(ALGORITHMS)("%s", (algorithm) => {
  const ring = RINGS[algorithm];
  const { seal } = sealer({ ring, algorithm });
  const { redeem } = redeemer({ ring, algorithm, clock });
  const sealed = seal(TICKET);

  test("a ticket comes back whole", () => {
    expect(redeem(sealed, USE)).toEqual({ kind: "redeemed", ticket: TICKET });
    expect(redeem(sealed, { path: TICKET.path })).toEqual({ kind: "redeemed", ticket: TICKET });
  });

  test("whatever a ticket says comes back", () => {
    const property = fc.property(tickets, (ticket) => {
      expect(redeem(seal(ticket), { path: ticket.path })).toEqual({ kind: "redeemed", ticket });
    });
    fc.assert(property, { numRuns: algorithm === "HS256" ? 500 : 100 });
  });

  test("it is short enough for a URL and stands in a path as it is", () => {
    expect(sealed.length).toBeLessThan(1_200);
    expect(encodeURIComponent(sealed)).toBe(sealed);
  });

  test("every sign altered, one after the other, is refused", () => {
    for (let place = 0; place < sealed.length; place++) {
      for (const other of ["A", "B", "_", "."]) {
        if (sealed[place] === other) continue;
        const altered = sealed.slice(0, place) + other + sealed.slice(place + 1);
        expect(["forged", "malformed"], `${other} at ${place}`).toContain(redeem(altered, USE).kind);
      }
    }
  });

  test("every other spelling of the last sign, whose bits are partly unused, is refused", () => {
    const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const sign of [...signs].filter((other) => other !== sealed.at(-1))) {
      expect(redeem(sealed.slice(0, -1) + sign, USE)).toEqual({ kind: "forged" });
    }
  });

  test("cut anywhere or continued, it is refused", () => {
    for (let length = 0; length < sealed.length; length++) {
      expect(["forged", "malformed"]).toContain(redeem(sealed.slice(0, length), USE).kind);
    }
    for (const tail of ["A", "=", ".", "\n", "\0"]) expect(redeem(sealed + tail, USE).kind).not.toBe("redeemed");
  });

  test.each<[string, Use, string]>([
    ["another path", { ...USE, path: "/v1/messages" }, "wrong-path"],
    ["the path with a slash behind", { ...USE, path: `${USE.path}/` }, "wrong-path"],
    ["another body", { ...USE, bodyDigest: bodyDigest(`${BODY} `) }, "wrong-body"],
    ["another supplier", { ...USE, supplier: "south-harbour" }, "wrong-supplier"],
  ])("presented for %s", (_, use, want) => {
    expect(redeem(sealed, use)).toEqual({ kind: want });
  });

  test.each<[string, number, number, string]>([
    ["its last millisecond", TICKET.expiresAtMs - 1, 0, "redeemed"],
    ["its expiry", TICKET.expiresAtMs, 0, "expired"],
    ["a millisecond later", TICKET.expiresAtMs + 1, 0, "expired"],
    ["the last millisecond of the leeway", TICKET.expiresAtMs + 499, 500, "redeemed"],
    ["the end of the leeway", TICKET.expiresAtMs + 500, 500, "expired"],
  ])("at %s", (_, nowMs, leewayMs, want) => {
    expect(redeemer({ ring, algorithm, clock: () => nowMs, leewayMs }).redeem(sealed, USE).kind).toBe(want);
  });

  test("an expired ticket that is also forged is forged", () => {
    const late = redeemer({ ring, algorithm, clock: () => TICKET.expiresAtMs + 1 });
    const altered = sealed.replace(/\.[^.]+$/, `.${"A".repeat(86)}`);
    expect(late.redeem(altered, USE)).toEqual({ kind: "forged" });
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["dots", ".."],
    ["a word", "ticket"],
    ["two parts", sealed.split(".").slice(0, 2).join(".")],
    ["four parts", `${sealed}.${sealed.split(".")[1]}`],
    ["a header that is no JSON", `e30x.${sealed.split(".")[1]}.x`],
    ["a header that is a number", `${base64url(7)}.${sealed.split(".")[1]}.x`],
  ])("malformed: %s", (_, text) => {
    expect(redeem(text, USE)).toEqual({ kind: "malformed" });
  });

  test("a megabyte is refused unread", () => {
    const huge = `${sealed}${"A".repeat(1_000_000)}`;
    const started = performance.now();
    for (let turn = 0; turn < 100; turn++) expect(redeem(huge, USE)).toEqual({ kind: "malformed" });
    expect(performance.now() - started).toBeLessThan(200);
  });

  test("anything at all is answered with a value", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.json(), { maxLength: 4 }).map((parts) => parts.map(base64url).join(".")),
        ),
        (text) => {
          expect(["forged", "malformed"]).toContain(redeem(text, USE).kind);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a ticket too long for a URL is not sealed", () => {
    const path = `/${"a".repeat(TICKET_LENGTH_MAX)}`;
    expect(() => seal({ ...TICKET, path })).toThrow(RangeError);
  });
});

test("a body is bound by its bytes", () => {
  expect(isForBody(TICKET, bodyDigest(BODY))).toBe(true);
  expect(isForBody(TICKET, bodyDigest(Buffer.from(BODY)))).toBe(true);
  expect(isForBody(TICKET, bodyDigest(BODY.replace("moon", "Moon")))).toBe(false);
  // The empty text's digest, from FIPS 180-4's examples.
  expect(bodyDigest("")).toBe("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
});
