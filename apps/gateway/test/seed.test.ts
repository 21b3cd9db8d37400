/** The configuration's accounts: opened, funded and given keys once, however often the gateway starts. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AccountRow, type Config, readConfig } from "@interchange/config";
import { openLedger } from "@interchange/ledger";
import { expect, onTestFinished, test } from "vitest";
import { keysFile, seed } from "../src/seed.ts";

const first = { reference: "first", instrument: "text-prime", tokens: 100, costMicros: 7 };

async function openSeeded() {
  const dataDir = mkdtempSync(join(tmpdir(), "interchange-seed-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const ledger = await openLedger({ file: join(dataDir, "ledger.db") });
  onTestFinished(() => ledger.close());
  const reading = readConfig({ env: {}, cwd: dataDir });
  if (reading.kind !== "demo") throw new Error(reading.kind);
  const withAccounts = (...accounts: AccountRow[]): Config => ({ ...reading.config, dataDir, accounts });
  return { ledger, withAccounts, deposited: async (id: string) => (await ledger.balance(id, "text-prime")).deposited };
}

test("a second start changes nothing, a new lot is deposited beside", async () => {
  const { ledger, withAccounts, deposited } = await openSeeded();
  const keys = await seed(withAccounts({ id: "home", name: "Home", lots: [first] }), ledger);
  expect(await seed(withAccounts({ id: "home", name: "Home", lots: [first] }), ledger)).toEqual(keys);
  expect(await deposited("home")).toBe(100);
  const second = { ...first, reference: "second", tokens: 11 };
  await seed(withAccounts({ id: "home", name: "Home", lots: [first, second] }), ledger);
  expect(await deposited("home")).toBe(111);
});

test("each account has its own keys, in a file of their owner's", async () => {
  const { ledger, withAccounts } = await openSeeded();
  const config = withAccounts({ id: "a", name: "A", lots: [first] }, { id: "b", name: "B", lots: [] });
  const keys = await seed(config, ledger);
  for (const [id, { consumptionKey, operatorKey }] of Object.entries(keys)) {
    expect(await ledger.authenticate(consumptionKey)).toMatchObject({ accountId: id, role: "consumption" });
    expect(await ledger.authenticate(operatorKey)).toMatchObject({ accountId: id, role: "operator" });
  }
  expect(Object.keys(keys)).toEqual(["a", "b"]);
  expect(statSync(keysFile(config)).mode & 0o777).toBe(0o600);
});

test("keys of other books are replaced, keys that were revoked are not", async () => {
  const { ledger, withAccounts } = await openSeeded();
  const config = withAccounts({ id: "home", name: "Home", lots: [] });
  const other = await openLedger({ file: join(config.dataDir, "other.db") });
  onTestFinished(() => other.close());
  const before = await seed(config, ledger);
  const { home } = await seed(config, other);
  expect(await other.authenticate(home?.consumptionKey ?? "")).toMatchObject({ accountId: "home" });
  expect(await other.authenticate(home?.operatorKey ?? "")).toMatchObject({ role: "operator" });
  await other.revokeKey(home?.operatorKey.split("_")[1] ?? "");
  expect(await seed(config, other)).toEqual({ home });
  expect(home).not.toEqual(before["home"]);
});

test("no accounts, no keys", async () => {
  const { ledger, withAccounts } = await openSeeded();
  expect(await seed(withAccounts(), ledger)).toEqual({});
});

test("a lot whose row was changed keeps what it was, and says so", async () => {
  const { ledger, withAccounts, deposited } = await openSeeded();
  await seed(withAccounts({ id: "home", name: "Home", lots: [first] }), ledger);
  const changed = withAccounts({ id: "home", name: "Home", lots: [{ ...first, tokens: 101 }] });
  await expect(seed(changed, ledger)).rejects.toThrow(/lot first of account home/);
  expect(await deposited("home")).toBe(100);
});
