/** Goal: a key is judged by its secret and its state, at once when known; nothing stored or cached gives the secret away or grows with guesses. */

import { readFileSync } from "node:fs";
import { type Key, type Ledger, LedgerError, openLedger } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { freshKey, type StoredKey } from "../src/key.ts";
import { keyCache } from "../src/key-cache.ts";
import { ENGINES } from "./engines.ts";
import { pagesOf } from "./pages.ts";
import { START_MS } from "./sample.ts";

describe.each(ENGINES)("on $name", ({ name, openSample, freshPlace, optionsAt, rowsAt }) => {
  const otherSign = (sign: string | undefined): string => (sign === "a" ? "b" : "a");

  test("a key comes back by its secret, with what it was given", async () => {
    const { ledger } = await openSample();
    const { id } = await ledger.openAccount({ name: "Ada" });
    const { key, secret } = await ledger.createKey({
      accountId: id,
      role: "consumption",
      inline: true,
      instruments: ["text-prime", "code-max"],
      expiresAtMs: START_MS + 1,
    });
    expect(secret).toMatch(/^ick_[0-9a-hjkmnp-tv-z]{16}_[0-9a-hjkmnp-tv-z]{32}$/);
    expect(key).toEqual({
      kind: "key",
      publicId: secret.slice(4, 20),
      accountId: id,
      role: "consumption",
      inline: true,
      instruments: ["text-prime", "code-max"],
      limits: {},
      createdAtMs: START_MS,
      expiresAtMs: START_MS + 1,
    });
    expect(ledger.authenticate(secret)).toEqual({ ...key, account: await ledger.account(id) });
  });

  test("an unseen key takes one look in the store, then none", async () => {
    const { ledger, place } = await openSample(await freshPlace());
    const account = await ledger.openAccount({ name: "Ada" });
    const { key, secret } = await ledger.createKey({ accountId: account.id, role: "operator" });
    const { ledger: other } = await openSample(place);
    const first = other.authenticate(secret);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toEqual({ ...key, account });
    expect(other.authenticate(secret)).toEqual({ ...key, account });
  });

  describe("refused", () => {
    test.each<[string, (secret: string) => string, string]>([
      ["nothing", () => "", "key-malformed"],
      ["another vendor's key", () => "sk-proj-0123456789abcdef", "key-malformed"],
      ["the secret cut short", (secret) => secret.slice(0, -1), "key-malformed"],
      ["a space behind", (secret) => `${secret} `, "key-malformed"],
      ["a new line behind", (secret) => `${secret}\n`, "key-malformed"],
      ["another case", (secret) => secret.toUpperCase(), "key-malformed"],
      ["a megabyte", (secret) => secret + "a".repeat(1_000_000), "key-malformed"],
      ["another last sign", (secret) => secret.slice(0, -1) + otherSign(secret.at(-1)), "key-unknown"],
      ["another public id", (secret) => `ick_${otherSign(secret[4])}${secret.slice(5)}`, "key-unknown"],
    ])("%s", async (_, change, want) => {
      const { ledger } = await openSample();
      const { id } = await ledger.openAccount({ name: "Ada" });
      const { secret } = await ledger.createKey({ accountId: id, role: "consumption" });
      expect(await ledger.authenticate(change(secret))).toEqual({ kind: want });
    });

    test("from the instant of its expiry", async () => {
      const { ledger, clock } = await openSample();
      const { id } = await ledger.openAccount({ name: "Ada" });
      const { key, secret } = await ledger.createKey({
        accountId: id,
        role: "consumption",
        expiresAtMs: START_MS + 10,
      });
      clock.nowMs += 9;
      expect(ledger.authenticate(secret)).toMatchObject(key);
      clock.nowMs += 1;
      expect(ledger.authenticate(secret)).toEqual({ kind: "key-expired" });
    });
  });

  describe("revocation", () => {
    test("takes effect with the call, before the store has answered", async () => {
      const { ledger } = await openSample();
      const { id } = await ledger.openAccount({ name: "Ada" });
      const { key, secret } = await ledger.createKey({ accountId: id, role: "consumption" });
      const revoking = ledger.revokeKey(key.publicId);
      expect(ledger.authenticate(secret)).toEqual({ kind: "key-revoked" });
      expect(await revoking).toEqual({ ...key, revokedAtMs: START_MS });
      expect(ledger.authenticate(secret)).toEqual({ kind: "key-revoked" });
    });

    test("holds after a restart, keeps its first instant, and is no oracle for wrong secrets", async () => {
      const { ledger, place, clock } = await openSample(await freshPlace());
      const { id } = await ledger.openAccount({ name: "Ada" });
      const { key, secret } = await ledger.createKey({ accountId: id, role: "consumption" });
      await ledger.revokeKey(key.publicId);
      clock.nowMs += 5;
      expect((await ledger.revokeKey(key.publicId)) as Key).toMatchObject({ revokedAtMs: START_MS });
      await ledger.close();
      const { ledger: again } = await openSample(place);
      expect(await again.authenticate(secret)).toEqual({ kind: "key-revoked" });
      expect(await again.authenticate(secret.slice(0, -1) + otherSign(secret.at(-1)))).toEqual({ kind: "key-unknown" });
    });

    test("of a key that a slower look in the store still calls good", async () => {
      const { ledger, place } = await openSample(await freshPlace());
      const { id } = await ledger.openAccount({ name: "Ada" });
      const { key, secret } = await ledger.createKey({ accountId: id, role: "consumption" });
      const other = await openLedger(optionsAt(place));
      const looks = [other.authenticate(secret), other.authenticate(secret)];
      await other.revokeKey(key.publicId);
      await Promise.all(looks.map((look) => Promise.resolve(look)));
      expect(other.authenticate(secret)).toEqual({ kind: "key-revoked" });
      await other.close();
    });

    test("of a key that does not exist", async () => {
      const { ledger } = await openSample();
      expect(await ledger.revokeKey("nobody")).toEqual({ kind: "key-unknown" });
    });
  });

  test.runIf(name === "sqlite")("the secret is in no file", async () => {
    const { ledger, place } = await openSample(await freshPlace());
    const { id } = await ledger.openAccount({ name: "Ada" });
    const { key, secret } = await ledger.createKey({ accountId: id, role: "consumption" });
    const stored = readFileSync(`${place}-wal`, "latin1");
    expect(stored).toContain(key.publicId);
    expect(stored).not.toContain(secret.slice(21));
  });

  test.each<[string, object, string]>([
    ["another role", { role: "admin" }, "bad-input"],
    ["an empty instrument", { instruments: [""] }, "bad-input"],
    ["a fractional expiry", { expiresAtMs: 0.5 }, "bad-input"],
    ["instruments that are no list", { instruments: "text" }, "bad-input"],
    ["an empty name", { name: "" }, "bad-input"],
    ["a limit of nothing", { limits: { runningMax: 0 } }, "bad-input"],
    ["inline that is no boolean", { inline: "yes" }, "bad-input"],
    ["an unknown account", { accountId: "nobody" }, "unknown-account"],
  ])("not created: %s", async (_, change, code) => {
    const { ledger } = await openSample();
    const { id } = await ledger.openAccount({ name: "Ada" });
    const creating = ledger.createKey({ accountId: id, role: "consumption", ...change } as never);
    await expect(creating).rejects.toThrow(LedgerError);
    await expect(creating).rejects.toMatchObject({ code });
  });

  test("keys are listed newest first, page by page, those of others left out", async () => {
    const { ledger, clock } = await openSample();
    for (const id of ["ada", "bob"]) await ledger.openAccount({ id, name: id });
    const names: string[] = [];
    for (const name of ["a", "b", "c", "d", "e"]) {
      await ledger.createKey({ accountId: name === "c" ? "bob" : "ada", role: "consumption", name });
      clock.nowMs++;
    }
    for (const page of await pagesOf((page) => ledger.keys("ada", page), 2)) {
      names.push(page.map(({ name }) => name).join());
    }
    expect(names).toEqual(["e,d", "b,a"]);
    await expect(ledger.keys("nobody", { limit: 1 })).rejects.toMatchObject({ code: "unknown-account" });
  });

  test("a key is read without its account", async () => {
    const { ledger } = await openSample();
    const { id } = await ledger.openAccount({ name: "Ada" });
    const { key } = await ledger.createKey({
      accountId: id,
      role: "operator",
      name: "mine",
      limits: { runningMax: 3 },
    });
    expect(key).toMatchObject({ name: "mine", limits: { runningMax: 3 } });
    expect(await ledger.key(key.publicId)).toEqual(key);
    expect(await ledger.key("nobody")).toBeUndefined();
  });

  test.each<[string, object, object]>([
    ["nothing", {}, { name: "mine", limits: { runningMax: 3 } }],
    ["its name", { name: "yours" }, { name: "yours", limits: { runningMax: 3 } }],
    ["no name", { name: null }, { limits: { runningMax: 3 } }],
    ["all limits anew", { limits: { tokensPerMinute: 9 } }, { name: "mine", limits: { tokensPerMinute: 9 } }],
  ])("changed: %s, and believed at once", async (_, change, want) => {
    const { ledger } = await openSample();
    const account = await ledger.openAccount({ name: "Ada" });
    const creation = { accountId: account.id, role: "consumption", name: "mine", limits: { runningMax: 3 } } as const;
    const { key, secret } = await ledger.createKey(creation);
    const changed = await ledger.changeKey({ publicId: key.publicId, ...change });
    const { name: _name, limits: _limits, ...rest } = key;
    expect(changed).toEqual({ ...rest, ...want });
    expect(await ledger.authenticate(secret)).toEqual({ ...rest, ...want, account });
  });

  test("a key that does not exist is not changed, and a wrong change is refused", async () => {
    const { ledger } = await openSample();
    expect(await ledger.changeKey({ publicId: "nobody", name: "mine" })).toBeUndefined();
    await expect(ledger.changeKey({ publicId: "nobody", name: "" })).rejects.toMatchObject({ code: "bad-input" });
  });

  test("a change of its account is believed at once", async () => {
    const { ledger } = await openSample();
    const { id: accountId } = await ledger.openAccount({ name: "Ada" });
    const { secret } = await ledger.createKey({ accountId, role: "consumption" });
    await ledger.changeAccount({ accountId, defaultInstrument: "text", limits: { runningMax: 1 } });
    const bearer = await ledger.authenticate(secret);
    expect(bearer).toMatchObject({ account: { defaultInstrument: "text", limits: { runningMax: 1 } } });
    await ledger.closeAccount(accountId);
    expect(await ledger.authenticate(secret)).toEqual({ kind: "account-closed" });
  });

  describe("rotation", () => {
    const HOUR_MS = 3_600_000;

    test.each<[string, number | undefined, number, number]>([
      ["a key without end lives until the overlap is over", undefined, HOUR_MS, HOUR_MS],
      ["a key that ends sooner lives no longer than it would have", 10, HOUR_MS, 10],
      ["without an overlap it ends at once", undefined, 0, 0],
      ["the longest overlap leaves it as it is", 10, Number.MAX_SAFE_INTEGER, 10],
    ])("%s", async (_, lifeMs, overlapMs, want) => {
      const { ledger, clock } = await openSample();
      const { id: accountId } = await ledger.openAccount({ name: "Ada" });
      const like = { accountId, role: "consumption", inline: true, instruments: ["text"], name: "mine" } as const;
      const { key: old, secret: oldSecret } = await ledger.createKey({
        ...like,
        instruments: [...like.instruments],
        limits: { tokensPerMinute: 5 },
        ...(lifeMs !== undefined && { expiresAtMs: START_MS + lifeMs }),
      });
      const rotated = await ledger.rotateKey({ publicId: old.publicId, overlapMs });
      if (!("secret" in rotated)) throw new Error(rotated.kind);
      const { key, secret } = rotated;
      // The new one ends when the old one would have.
      expect(key).toEqual({ ...old, publicId: secret.slice(4, 20) });
      expect(key.publicId).not.toBe(old.publicId);
      expect(await ledger.key(old.publicId)).toEqual({ ...old, expiresAtMs: START_MS + want });
      expect(await ledger.authenticate(secret)).toMatchObject(key);
      clock.nowMs = START_MS + want - 1;
      if (want > 0) expect(await ledger.authenticate(oldSecret)).toMatchObject({ kind: "key" });
      clock.nowMs = START_MS + want;
      expect(await ledger.authenticate(oldSecret)).toEqual({ kind: "key-expired" });
    });

    test.each<[string, (ledger: Ledger, publicId: string, clock: { nowMs: number }) => unknown, string]>([
      ["revoked", (ledger, publicId) => ledger.revokeKey(publicId), "key-revoked"],
      [
        "expired",
        (_, __, clock) => {
          clock.nowMs += 10;
        },
        "key-expired",
      ],
    ])("not of one that was %s", async (_, end, kind) => {
      const { ledger, clock } = await openSample();
      const { id: accountId } = await ledger.openAccount({ name: "Ada" });
      const { key } = await ledger.createKey({ accountId, role: "consumption", expiresAtMs: START_MS + 10 });
      await end(ledger, key.publicId, clock);
      expect(await ledger.rotateKey({ publicId: key.publicId, overlapMs: 0 })).toEqual({ kind });
      expect((await ledger.keys(accountId, { limit: 2 })).data).toHaveLength(1);
    });

    test.each([-1, 0.5, "60"])("not with an overlap of %j", async (overlapMs) => {
      const { ledger } = await openSample();
      const rotating = ledger.rotateKey({ publicId: "nobody", overlapMs: overlapMs as number });
      await expect(rotating).rejects.toMatchObject({ code: "bad-input" });
    });

    test("not of one that does not exist, nor of a closed account's", async () => {
      const { ledger } = await openSample();
      expect(await ledger.rotateKey({ publicId: "nobody", overlapMs: 0 })).toEqual({ kind: "key-unknown" });
      const { id: accountId } = await ledger.openAccount({ name: "Ada" });
      const { key } = await ledger.createKey({ accountId, role: "consumption" });
      await ledger.closeAccount(accountId);
      const rotating = ledger.rotateKey({ publicId: key.publicId, overlapMs: 0 });
      await expect(rotating).rejects.toMatchObject({ code: "conflict" });
      expect(await ledger.key(key.publicId)).toEqual(key);
    });
  });

  test("every change is written down for who remembers keys, and what changes nothing is not", async () => {
    const { ledger, place } = await openSample(await freshPlace());
    await ledger.openAccount({ id: "ada", name: "Ada" });
    await ledger.openAccount({ id: "ada", name: "Ada" });
    const { key } = await ledger.createKey({ accountId: "ada", role: "consumption" });
    const { publicId } = key;
    await ledger.changeKey({ publicId, name: "mine" });
    await ledger.rotateKey({ publicId, overlapMs: 1 });
    for (const _ of [1, 2]) await ledger.revokeKey(publicId);
    await ledger.changeAccount({ accountId: "ada", name: "Eve" });
    for (const _ of [1, 2]) await ledger.closeAccount("ada");
    await ledger.close();
    expect(await rowsAt(place, "SELECT subject, subject_id AS id FROM change ORDER BY change_number")).toEqual([
      ...Array.from({ length: 3 }, () => ({ subject: "key", id: publicId })),
      ...Array.from({ length: 2 }, () => ({ subject: "account", id: "ada" })),
    ]);
  });
});

describe("the cache", () => {
  const stored = (name: string): StoredKey => {
    const { command } = freshKey({ accountId: name, role: "consumption" }, (length) => new Uint8Array(length));
    const { publicId, digest } = { ...command, publicId: name };
    const account = { id: name, name, limits: {}, createdAtMs: 0 };
    const key = { kind: "key", publicId, accountId: name, role: "consumption", inline: false, limits: {} } as const;
    return { key: { ...key, account, createdAtMs: 0 }, digest };
  };

  test("forgets the oldest when full", () => {
    const cache = keyCache(undefined, 2);
    for (const name of ["a", "b", "b", "c"]) cache.look()(stored(name));
    expect(["a", "b", "c"].map((name) => cache.find(name) !== undefined)).toEqual([false, true, true]);
  });

  test("remembers nothing that may have changed while it was looked up", () => {
    const cache = keyCache();
    const looks = [cache.look(), cache.look(), cache.look()];
    cache.forget({ subject: "key", subjectId: "a" });
    cache.forget({ subject: "account", subjectId: "b" });
    for (const [place, name] of ["a", "b", "c"].entries()) looks[place]?.(stored(name));
    expect(["a", "b", "c"].map((name) => cache.find(name) !== undefined)).toEqual([false, false, true]);
    for (const name of ["a", "b"]) cache.look()(stored(name));
    expect(["a", "b"].map((name) => cache.find(name) !== undefined)).toEqual([true, true]);
  });

  test("remembers nothing of looks that began before more changes than it keeps in mind", () => {
    const cache = keyCache();
    const look = cache.look();
    for (let i = 0; i <= 1_000; i++) cache.forget({ subject: "key", subjectId: `k${i}` });
    look(stored("k0"));
    expect(cache.find("k0")).toBeUndefined();
  });

  test("believes in one life of the watch what it learned in it, and what was revoked for ever", () => {
    let life: number | undefined = 1;
    const cache = keyCache({ life: () => life, onChange: () => undefined });
    for (const name of ["a", "b"]) cache.look()(stored(name));
    cache.revoke("b", 7);
    const known = () => ["a", "b"].map((name) => cache.find(name) !== undefined);
    expect(known()).toEqual([true, true]);
    life = undefined;
    expect(known()).toEqual([false, true]);
    cache.look()(stored("a"));
    life = 2;
    expect(known()).toEqual([false, true]);
    cache.look()(stored("a"));
    expect(known()).toEqual([true, true]);
    cache.forget({ subject: "key", subjectId: "a" });
    cache.forget({ subject: "account", subjectId: "b" });
    expect(known()).toEqual([false, true]);
  });

  test("never takes a revocation back", () => {
    const cache = keyCache();
    cache.look()(stored("a"));
    cache.revoke("a", 7);
    expect(cache.look()(stored("a")).key.revokedAtMs).toBe(7);
    expect(cache.find("a")?.key.revokedAtMs).toBe(7);
  });
});
