/** Accounts and their keys, managed over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, asker, type House, openHouse, publicId } from "./platform.ts";
import { ask as askSurface, INSTRUMENT, type Rig, startRig } from "./rig.ts";

let rig: Rig;
let ask: Ask;
let house: House;
beforeAll(async () => {
  rig = await startRig();
  ask = asker(rig);
  house = await openHouse(rig);
});
afterAll(() => rig.close());

const UNLIMITED = { requests_per_minute: null, tokens_per_minute: null, running_max: null };
const LIMITED = { requests_per_minute: 600, tokens_per_minute: 2_000_000, running_max: 50 };
const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const routed = async (key: string, body?: unknown) => {
  const answer = await askSurface(rig, "messages", {
    key,
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
  });
  return answer.status;
};

describe("an account", () => {
  test("is opened, found, listed", async () => {
    const { status, body } = await ask("createAccount", { body: { name: "Plain" } });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^acc_\w+$/),
      name: "Plain",
      default_instrument: null,
      limits: UNLIMITED,
      created_at: INSTANT,
      closed_at: null,
    });
    expect((await ask("retrieveAccount", { path: { account_id: body.id } })).body).toEqual(body);
    expect((await ask("listAccounts")).body.data[0]).toEqual(body);
  });

  test("under an id of the operator's own is opened once", async () => {
    const wish = { id: "acme", name: "Acme", default_instrument: "Text-MAX", limits: LIMITED };
    const { status, body } = await ask("createAccount", { body: wish });
    expect([status, body]).toMatchObject([201, { id: "acme", default_instrument: INSTRUMENT, limits: LIMITED }]);
    expect(await ask("createAccount", { body: wish })).toMatchObject({ status: 201, body });
    for (const other of [
      { name: "Acme 2" },
      { limits: { ...LIMITED, running_max: 51 } },
      { default_instrument: null },
    ]) {
      const told = await ask("createAccount", { body: { ...wish, ...other } });
      expect([told.status, told.body.error.param]).toEqual([409, "id"]);
    }
  });

  test("is changed in what is given", async () => {
    const { body } = await ask("createAccount", { body: { name: "Before", limits: LIMITED } });
    const path = { account_id: body.id };
    const change = async (change: object) => (await ask("updateAccount", { path, body: change })).body;
    expect(await change({})).toEqual(body);
    expect(await change({ name: "After" })).toEqual({ ...body, name: "After" });
    expect(await change({ default_instrument: "TEXT-PRIME" })).toMatchObject({ default_instrument: "text-prime" });
    expect(await change({ limits: { running_max: 1 } })).toMatchObject({ limits: { ...UNLIMITED, running_max: 1 } });
    expect(await change({ default_instrument: null, limits: {} })).toEqual({
      ...body,
      name: "After",
      limits: UNLIMITED,
    });
  });

  test("lets its own keys choose the default instrument, and nothing else", async () => {
    const mine = { key: house.key };
    const { body } = await ask("updateAccount", { ...mine, body: { default_instrument: "text-max" } });
    expect(body.default_instrument).toBe("text-max");
    for (const change of [{ name: "Rich" }, { limits: {} }, { name: "Rich", default_instrument: null }]) {
      expect((await ask("updateAccount", { ...mine, body: change })).status).toBe(403);
    }
    expect((await ask("retrieveAccount", mine)).body).toEqual(body);
  });

  test("that is closed is nobody's to use any more", async () => {
    const closing = await openHouse(rig, { creditsMicros: 1_000_000 });
    const path = { account_id: closing.accountId };
    const { body } = await ask("closeAccount", { path });
    expect(body).toMatchObject({ id: closing.accountId, closed_at: INSTANT });
    rig.later(5_000);
    expect((await ask("closeAccount", { path })).body).toEqual(body);
    expect((await ask("retrieveAccount", { path })).body).toEqual(body);
    expect([401, 403]).toContain((await ask("retrieveAccount", { key: closing.key })).status);
    expect([401, 403]).toContain(await routed(closing.key));
    const statuses = [
      await ask("depositTokens", { path, body: { instrument: INSTRUMENT, tokens: "1" } }),
      await ask("depositCredits", { path, body: { amount_usd: "1" } }),
      await ask("createPurchase", { path, body: { instrument: INSTRUMENT, tokens: "1" } }),
      await ask("createKey", { path, body: {} }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([409, 409, 409, 409]);
    expect((await ask("listBalances", { path })).body.data).toMatchObject([{ available: "1000000" }]);
  });

  test("is not closed by a key of its own", async () => {
    const answer = await ask("closeAccount", { path: { account_id: "me" } });
    expect(answer.status).toBe(409);
    expect((await ask("retrieveAccount", { path: { account_id: "me" } })).body.closed_at).toBeNull();
  });

  test.each([
    ["no name", {}, 400, "name"],
    ["an empty name", { name: "" }, 422, "name"],
    ["a number for a name", { name: 5 }, 400, "name"],
    ["a name too long", { name: "n".repeat(257) }, 422, "name"],
    ["`me` for an id", { name: "Me", id: "me" }, 422, "id"],
    ["an id with a slash", { name: "A", id: "a/b" }, 422, "id"],
    ["an instrument of no catalogue", { name: "A", default_instrument: "text-premium" }, 422, "default_instrument"],
    ["no requests", { name: "A", limits: { requests_per_minute: 0 } }, 422, "limits.requests_per_minute"],
    ["too many requests", { name: "A", limits: { requests_per_minute: 1e9 + 1 } }, 422, "limits.requests_per_minute"],
    ["half a request", { name: "A", limits: { running_max: 1.5 } }, 400, "limits.running_max"],
    ["a text for a limit", { name: "A", limits: { tokens_per_minute: "5" } }, 400, "limits.tokens_per_minute"],
  ])("is not opened with %s", async (_, body, status, param) => {
    const told = await ask("createAccount", { body });
    expect([told.status, told.body.error.param]).toEqual([status, param]);
  });

  test("has a body that is JSON", async () => {
    expect((await ask("createAccount", { body: "{" })).status).toBe(400);
    expect((await ask("createAccount", { body: "x", headers: { "content-type": "text/plain" } })).status).toBe(415);
    const name = "n".repeat(rig.gateway.engine.config.limits.bodyBytesMax);
    expect((await ask("createAccount", { body: { name } })).status).toBe(413);
  });
});

describe("a key", () => {
  const make = async (body: object, key = house.key) => (await ask("createKey", { key, body })).body;

  test("is made, told once, found, listed, and good for inference", async () => {
    const { status, body } = await ask("createKey", { key: house.key, body: { name: "laptop" } });
    expect(status).toBe(201);
    const { secret, ...key } = body;
    expect(key).toEqual({
      id: publicId(secret),
      account_id: house.accountId,
      name: "laptop",
      role: "consumption",
      inline: false,
      instruments: null,
      limits: UNLIMITED,
      created_at: INSTANT,
      expires_at: null,
      revoked_at: null,
      status: "active",
    });
    const found = await ask("retrieveKey", { key: house.key, path: { key_id: key.id } });
    const listed = await ask("listKeys", { key: house.key });
    expect([found.body, listed.body.data[0]]).toEqual([key, key]);
    expect(JSON.stringify([found, listed])).not.toContain(secret.split("_")[2]);
    expect(await routed(secret)).toBe(307);
  });

  test("has what was wished", async () => {
    const expires_at = new Date(rig.nowMs() + 3_600_000).toISOString();
    const wish = {
      inline: true,
      instruments: ["Text-Max", "text-max", "text-prime"],
      limits: { running_max: 5 },
      expires_at,
    };
    expect(await make(wish)).toMatchObject({
      ...wish,
      instruments: ["text-max", "text-prime"],
      limits: { ...UNLIMITED, running_max: 5 },
    });
  });

  test.each([
    ["an instrument of no catalogue", { instruments: ["text-max", "text-premium"] }, 422],
    ["no instrument at all", { instruments: [] }, 422],
    ["an expiry that is over", { expires_at: "2020-01-01T00:00:00Z" }, 422],
    ["an expiry of no calendar", { expires_at: "2030-02-30T00:00:00Z" }, 422],
    ["an unknown role", { role: "admin" }, 422],
    ["a limit of nothing", { limits: { running_max: 0 } }, 422],
    ["an operator's role", { role: "operator" }, 403],
  ])("is not made with %s", async (_, body, status) => {
    expect((await ask("createKey", { key: house.key, body })).status).toBe(status);
  });

  test("begets no wider one", async () => {
    const expires_at = new Date(rig.nowMs() + 3_600_000).toISOString();
    const later = new Date(rig.nowMs() + 3_600_001).toISOString();
    const limits = { ...UNLIMITED, requests_per_minute: 60 };
    const { secret, id } = await make({ instruments: [INSTRUMENT], limits, expires_at });
    expect(await make({}, secret)).toMatchObject({ instruments: [INSTRUMENT], limits, expires_at });
    expect(await make({ limits: { requests_per_minute: 59 } }, secret)).toMatchObject({
      limits: { requests_per_minute: 59 },
    });
    const wider = [
      await ask("createKey", { key: secret, body: { instruments: ["text-prime"] } }),
      await ask("createKey", { key: secret, body: { limits: { requests_per_minute: 61 } } }),
      await ask("createKey", { key: secret, body: { expires_at: later } }),
      await ask("updateKey", { key: secret, path: { key_id: id }, body: { limits: { requests_per_minute: 61 } } }),
      await ask("rotateKey", { key: secret, path: { key_id: house.keyId }, body: {} }),
      await ask("createPurchase", { key: secret, body: { instrument: "text-prime", tokens: "1" } }),
      await ask("putAutoBuy", {
        key: secret,
        path: { instrument: "text-prime" },
        body: { enabled: true, tokens: "1", below_tokens: "0" },
      }),
    ].map(({ status }) => status);
    expect(wider).toEqual([403, 403, 403, 403, 403, 403, 403]);
    const rotated = await ask("rotateKey", { key: secret, path: { key_id: id }, body: {} });
    expect(rotated).toMatchObject({ status: 201, body: { instruments: [INSTRUMENT], limits, expires_at } });
    // What says nothing of limits leaves the maker's own.
    const renamed = await ask("updateKey", { key: secret, path: { key_id: id }, body: { limits: {} } });
    expect(renamed.body.limits).toEqual(limits);
  });

  test("gives nothing to one that reaches further in what it gives nothing of", async () => {
    const bounds = { ...UNLIMITED, requests_per_minute: 5 };
    const wide = await make({ limits: bounds });
    const narrow = await make({ instruments: [INSTRUMENT] });
    const brief = await make({ expires_at: new Date(rig.nowMs() + 60_000).toISOString() });
    const path = { key_id: wide.id };
    for (const { secret: key } of [narrow, brief]) {
      expect((await ask("updateKey", { key, path, body: { limits: {} } })).status).toBe(403);
      expect((await ask("updateKey", { key, path, body: { name: "renamed" } })).status).toBe(403);
      const { status, body } = await ask("revokeKey", { key, path });
      expect([status, body.error.message]).toEqual([
        403,
        "This key cannot revoke one that reaches further than itself.",
      ]);
    }
    expect((await ask("retrieveKey", { key: house.key, path })).body).toMatchObject({ limits: bounds, name: null });
    for (const { secret: key, id } of [narrow, brief]) {
      const itself = { key, path: { key_id: id } };
      expect((await ask("updateKey", { ...itself, body: { name: "renamed" } })).status).toBe(200);
    }
    expect((await ask("revokeKey", { key: brief.secret, path: { key_id: brief.id } })).status).toBe(200);
    expect((await ask("revokeKey", { key: house.key, path })).status).toBe(200);
    const mine = { key: house.key, path: { key_id: narrow.id } };
    expect((await ask("updateKey", { ...mine, body: { limits: {} } })).status).toBe(200);
    expect((await ask("revokeKey", mine)).status).toBe(200);
  });

  test("of an operator is out of a consumption key's reach", async () => {
    const path = { account_id: house.accountId };
    const { id } = (await ask("createKey", { path, body: { role: "operator" } })).body;
    const mine = { key: house.key, path: { key_id: id } };
    expect((await ask("retrieveKey", mine)).body.role).toBe("operator");
    const statuses = [
      await ask("updateKey", { ...mine, body: { name: "x" } }),
      await ask("rotateKey", { ...mine, body: {} }),
      await ask("revokeKey", mine),
    ].map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403]);
  });

  test("is renamed and limited", async () => {
    const { secret: _, ...key } = await make({ name: "old" });
    const change = async (body: object) =>
      (await ask("updateKey", { key: house.key, path: { key_id: key.id }, body })).body;
    expect(await change({})).toEqual(key);
    expect(await change({ name: "new", limits: { running_max: 2 } })).toEqual({
      ...key,
      name: "new",
      limits: { ...UNLIMITED, running_max: 2 },
    });
    expect(await change({ name: null, limits: {} })).toEqual({ ...key, name: null });
  });

  test("hands over to its successor", async () => {
    const { secret: old, id } = await make({ name: "server", limits: { running_max: 7 } });
    const rotate = { key: house.key, path: { key_id: id }, body: { overlap_seconds: 60 } };
    const { status, body } = await ask("rotateKey", rotate);
    expect([status, body]).toMatchObject([201, { name: "server", limits: { running_max: 7 }, expires_at: null }]);
    expect([await routed(old), await routed(body.secret)]).toEqual([307, 307]);
    const expiring = (await ask("retrieveKey", { path: { key_id: id } })).body;
    expect(Date.parse(expiring.expires_at) - rig.nowMs()).toBeGreaterThan(50_000);
    rig.later(60_001);
    expect([await routed(old), await routed(body.secret)]).toEqual([401, 307]);
    expect((await ask("retrieveKey", { path: { key_id: id } })).body.status).toBe("expired");
    expect((await ask("rotateKey", rotate)).status).toBe(409);
  });

  test("hands over at once, or in a day where nothing is said", async () => {
    const { secret, id } = await make({});
    await ask("rotateKey", { key: house.key, path: { key_id: id }, body: { overlap_seconds: 0 } });
    expect(await routed(secret)).toBe(401);
    const other = await make({});
    expect((await ask("rotateKey", { key: house.key, path: { key_id: other.id } })).status).toBe(201);
    const { expires_at } = (await ask("retrieveKey", { path: { key_id: other.id } })).body;
    expect(Math.abs(Date.parse(expires_at) - rig.nowMs() - 86_400_000)).toBeLessThan(60_000);
    for (const overlap_seconds of [-1, 2_592_001]) {
      const told = await ask("rotateKey", { key: house.key, path: { key_id: other.id }, body: { overlap_seconds } });
      expect(told.status).toBe(422);
    }
  });

  test("is revoked for good", async () => {
    const { secret, id } = await make({});
    const mine = { key: house.key, path: { key_id: id } };
    const { body } = await ask("revokeKey", mine);
    expect(body).toMatchObject({ id, status: "revoked", revoked_at: INSTANT });
    rig.later(1_000);
    expect((await ask("revokeKey", mine)).body).toEqual(body);
    expect(await routed(secret)).toBe(401);
    expect((await ask("rotateKey", { ...mine, body: {} })).status).toBe(409);
  });

  test("of nobody is not there", async () => {
    const path = { key_id: "0000000000000000" };
    const told = [
      await ask("retrieveKey", { path }),
      await ask("updateKey", { path, body: {} }),
      await ask("rotateKey", { path, body: {} }),
      await ask("revokeKey", { path }),
    ];
    for (const { status, body } of told) expect([status, body.error.param]).toEqual([404, "key_id"]);
  });
});
