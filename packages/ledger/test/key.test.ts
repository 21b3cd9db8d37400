/** Goal: a key is judged by its secret and its state, at once when known; nothing stored or cached gives the secret away or grows with guesses. */

import { readFileSync } from "node:fs";
import { type Key, LedgerError, openLedger } from "@interchange/ledger";
import { describe, expect, test } from "vitest";
import { freshKey, type StoredKey } from "../src/key.ts";
import { keyCache } from "../src/key-cache.ts";
import { freshFile, openSample, START_MS } from "./sample.ts";

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
    createdAtMs: START_MS,
    expiresAtMs: START_MS + 1,
  });
  expect(ledger.authenticate(secret)).toEqual(key);
});

test("an unseen key takes one look in the store, then none", async () => {
  const { ledger, file } = await openSample(freshFile());
  const { id } = await ledger.openAccount({ name: "Ada" });
  const { key, secret } = await ledger.createKey({ accountId: id, role: "operator" });
  const { ledger: other } = await openSample(file);
  const first = other.authenticate(secret);
  expect(first).toBeInstanceOf(Promise);
  expect(await first).toEqual(key);
  expect(other.authenticate(secret)).toEqual(key);
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
    const { key, secret } = await ledger.createKey({ accountId: id, role: "consumption", expiresAtMs: START_MS + 10 });
    clock.nowMs += 9;
    expect(ledger.authenticate(secret)).toEqual(key);
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
    const { ledger, file, clock } = await openSample(freshFile());
    const { id } = await ledger.openAccount({ name: "Ada" });
    const { key, secret } = await ledger.createKey({ accountId: id, role: "consumption" });
    await ledger.revokeKey(key.publicId);
    clock.nowMs += 5;
    expect((await ledger.revokeKey(key.publicId)) as Key).toMatchObject({ revokedAtMs: START_MS });
    await ledger.close();
    const { ledger: again } = await openSample(file);
    expect(await again.authenticate(secret)).toEqual({ kind: "key-revoked" });
    expect(await again.authenticate(secret.slice(0, -1) + otherSign(secret.at(-1)))).toEqual({ kind: "key-unknown" });
  });

  test("of a key that a slower look in the store still calls good", async () => {
    const { ledger, file } = await openSample(freshFile());
    const { id } = await ledger.openAccount({ name: "Ada" });
    const { key, secret } = await ledger.createKey({ accountId: id, role: "consumption" });
    const other = await openLedger({ file });
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

test("the secret is in no file", async () => {
  const { ledger, file } = await openSample(freshFile());
  const { id } = await ledger.openAccount({ name: "Ada" });
  const { key, secret } = await ledger.createKey({ accountId: id, role: "consumption" });
  const stored = readFileSync(`${file}-wal`, "latin1");
  expect(stored).toContain(key.publicId);
  expect(stored).not.toContain(secret.slice(21));
});

test.each<[string, object, string]>([
  ["another role", { role: "admin" }, "bad-input"],
  ["an empty instrument", { instruments: [""] }, "bad-input"],
  ["a fractional expiry", { expiresAtMs: 0.5 }, "bad-input"],
  ["an unknown account", { accountId: "nobody" }, "unknown-account"],
])("not created: %s", async (_, change, code) => {
  const { ledger } = await openSample();
  const { id } = await ledger.openAccount({ name: "Ada" });
  const creating = ledger.createKey({ accountId: id, role: "consumption", ...change } as never);
  await expect(creating).rejects.toThrow(LedgerError);
  await expect(creating).rejects.toMatchObject({ code });
});

describe("the cache", () => {
  const stored = (name: string): StoredKey => {
    const { command } = freshKey({ accountId: name, role: "consumption" }, (length) => new Uint8Array(length));
    const { publicId, digest } = { ...command, publicId: name };
    const key = { kind: "key", publicId, accountId: name, role: "consumption", inline: false, createdAtMs: 0 } as const;
    return { key, digest };
  };

  test("forgets the oldest when full", () => {
    const cache = keyCache(2);
    for (const name of ["a", "b", "b", "c"]) cache.remember(stored(name));
    expect(["a", "b", "c"].map((name) => cache.find(name) !== undefined)).toEqual([false, true, true]);
  });

  test("never takes a revocation back", () => {
    const cache = keyCache();
    cache.remember(stored("a"));
    cache.revoke("a", 7);
    expect(cache.remember(stored("a")).key.revokedAtMs).toBe(7);
    expect(cache.find("a")?.key.revokedAtMs).toBe(7);
  });
});
