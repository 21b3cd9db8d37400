/** Goal: what was acknowledged is on disk, what fails says so to everyone who waits, and the file is never half of one version. */

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { type Ledger, LedgerUnavailable, openLedger } from "@interchange/ledger";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openSqliteStore } from "../src/sqlite/sqlite-store.ts";
import { freshFile, lifeFrom, openFunded, openSample, openThreaded, START_MS } from "./sample.ts";

const LIFE_MS = lifeFrom(START_MS);

async function fund(ledger: Ledger, tokens: number): Promise<string> {
  const { id } = await ledger.openAccount({ id: "ada", name: "Ada" });
  await ledger.deposit({ accountId: id, instrument: "text", tokens, costMicros: tokens, reference: "first" });
  return id;
}

describe("reopened", () => {
  test("the file says what it said", async () => {
    const { ledger, place: file } = await openThreaded();
    const accountId = await fund(ledger, 100);
    const hold = { accountId, instrument: "text", tokens: 10, expiresAtMs: LIFE_MS };
    await Promise.all(["r1", "r2", "r3"].map((requestId) => ledger.hold({ ...hold, requestId })));
    await ledger.settle({ requestId: "r1", tokens: 7, usage: { a: 1 } });
    await ledger.release({ requestId: "r2", reason: "client-left" });
    const look = (one: Ledger): Promise<unknown> =>
      Promise.all([one.totals(), one.balances(accountId), ...["r1", "r2", "r3"].map((id) => one.receipt(id))]);
    const before = await look(ledger);
    await ledger.close();
    const again = await openThreaded(file);
    expect(await look(again.ledger)).toEqual(before);
    expect((await again.ledger.redeem({ requestId: "r3", expiresAtMs: LIFE_MS })).kind).toBe("redeemed");
  });

  test("a ledger in memory keeps nothing", async () => {
    for (const _ of [1, 2]) {
      const { ledger } = await openThreaded(":memory:");
      expect(await ledger.totals()).toMatchObject({ accounts: 0 });
      await fund(ledger, 5);
      await ledger.close();
    }
  });
});

describe("close", () => {
  test("finishes what was asked before and refuses what comes after", async () => {
    const { ledger, place: file } = await openThreaded();
    const accountId = await fund(ledger, 1_000);
    const holds = Array.from({ length: 200 }, (_, i) =>
      ledger.hold({ requestId: `r${i}`, accountId, instrument: "text", tokens: 1, expiresAtMs: LIFE_MS }),
    );
    // A hold is submitted in the turn it is asked for; closing right behind it must not overtake it.
    const closing = ledger.close();
    await expect(ledger.ping()).rejects.toThrow(LedgerUnavailable);
    await expect(ledger.totals()).rejects.toThrow(LedgerUnavailable);
    expect((await Promise.all(holds)).filter(({ kind }) => kind === "held")).toHaveLength(200);
    await closing;
    await ledger.close();
    const again = await openThreaded(file);
    expect(await again.ledger.totals()).toMatchObject({ held: 200 });
  });

  test("a key seen before is still judged, one never seen is not", async () => {
    const { ledger } = await openThreaded();
    const accountId = await fund(ledger, 1);
    const { secret } = await ledger.createKey({ accountId, role: "consumption" });
    await ledger.close();
    expect(ledger.authenticate(secret)).toMatchObject({ kind: "key" });
    await expect(ledger.authenticate(`ick_${"0".repeat(16)}_${"0".repeat(32)}`)).rejects.toThrow(LedgerUnavailable);
  });

  test("is not needed for the process to end", async () => {
    const script = `
      import { openLedger } from "@interchange/ledger";
      const ledger = await openLedger({ file: ${JSON.stringify(freshFile())} });
      ledger.startSweeper({ everyMs: 1 });
      await ledger.openAccount({ name: "Ada" });
      console.log((await ledger.totals()).accounts);`;
    const flags = ["--conditions=@interchange/source", "--input-type=module", "--eval", script];
    const { stdout } = await promisify(execFile)(process.execPath, flags, {
      cwd: import.meta.dirname,
    });
    expect(stdout).toBe("1\n");
  });
});

describe("unavailable", () => {
  test.each<[string, (file: string) => string]>([
    ["a folder that is not there", (file) => `${file}/deeper/ledger.db`],
    [
      "a file that is no database",
      (file) => {
        writeFileSync(file, "not a database ".repeat(500));
        return file;
      },
    ],
    [
      "a file of a later version",
      (file) => {
        const database = new DatabaseSync(file);
        database.exec("PRAGMA user_version = 9999");
        database.close();
        return file;
      },
    ],
    [
      "a file of before the first release",
      (file) => {
        const database = new DatabaseSync(file);
        database.exec("PRAGMA user_version = 1");
        database.close();
        return file;
      },
    ],
  ])("opening %s", async (_, make) => {
    const opening = openLedger({ file: make(freshFile()) });
    await expect(opening).rejects.toThrow(LedgerUnavailable);
    await expect(opening).rejects.toThrow(/cannot be opened/);
  });

  const BRIEF_MS = 20;

  /** A process that writes to the file for as long as the test likes. */
  function lock(file: string): DatabaseSync {
    const other = new DatabaseSync(file);
    onTestFinished(() => other.close());
    other.exec("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
    return other;
  }

  test("opening a file that another process keeps locked", async () => {
    const file = freshFile();
    const other = lock(file);
    await expect(openLedger({ file, busyTimeoutMs: BRIEF_MS })).rejects.toThrow(/cannot be opened: .*locked/);
    other.exec("ROLLBACK");
    await (await openLedger({ file, busyTimeoutMs: BRIEF_MS })).close();
  });

  test.each([-1, 0.5, 2 ** 31, "20"])("to wait %j ms for a lock is a mistake", async (busyTimeoutMs) => {
    const opening = openLedger({ file: freshFile(), busyTimeoutMs: busyTimeoutMs as number });
    await expect(opening).rejects.toMatchObject({ name: "LedgerError", code: "bad-input" });
  });

  /** Three commands that come together. */
  const three = (ledger: Ledger): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(["a", "b", "c"].map((id) => ledger.openAccount({ id, name: "Bob" })));
  const TOLD = Array.from({ length: 3 }, () => ({ status: "rejected", reason: { name: "LedgerUnavailable" } }));

  test("while another process keeps the file locked: who waits is told, nothing was done, who comes later is served", async () => {
    const file = freshFile();
    const ledger = await openLedger({ file, busyTimeoutMs: BRIEF_MS });
    await fund(ledger, 1);
    const other = lock(file);
    expect(await three(ledger)).toMatchObject(TOLD);
    other.exec("ROLLBACK");
    expect(await ledger.totals()).toMatchObject({ accounts: 1 });
    expect(await three(ledger)).toMatchObject([{ status: "fulfilled" }, {}, {}]);
    await ledger.close();
  });

  test("when the file fails under it: who waits is told, and who comes later, until the file is whole again", async () => {
    const { ledger, place: file } = await openThreaded();
    const accountId = await fund(ledger, 100);
    const hold = { accountId, instrument: "text", tokens: 10, expiresAtMs: LIFE_MS };
    await ledger.hold({ ...hold, requestId: "r1" });
    const other = new DatabaseSync(file);
    other.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    other.close();
    const whole = readFileSync(file);
    writeFileSync(file, "no database any more".repeat(1_000));
    expect(await three(ledger)).toMatchObject(TOLD);
    await expect(ledger.totals()).rejects.toThrow(/the ledger failed: .*not a database/);
    expect(() => ledger.authenticate("no key")).not.toThrow();

    writeFileSync(file, whole);
    await vi.waitFor(() => ledger.ping(), { timeout: 60_000, interval: 50 });
    expect(await ledger.hold({ ...hold, requestId: "r2" })).toMatchObject({ kind: "held", available: 80 });
    expect(await ledger.audit()).toEqual([]);
  });

  test("closed while it has failed, it stays closed", async () => {
    const { ledger, place: file } = await openThreaded();
    await fund(ledger, 1);
    const other = new DatabaseSync(file);
    other.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    other.close();
    writeFileSync(file, "no database any more".repeat(1_000));
    expect(await three(ledger)).toMatchObject(TOLD);
    await ledger.close();
    await new Promise((later) => setTimeout(later, 300));
    await expect(ledger.ping()).rejects.toThrow(/closed/);
  });

  test("a bug in one command fails that command alone", async () => {
    const store = await openSqliteStore({ file: freshFile(), busyTimeoutMs: 20 });
    const opening = {
      defaultInstrument: null,
      limits: { requestsPerMinute: null, tokensPerMinute: null, runningMax: null },
    };
    const [good, bug] = await Promise.allSettled([
      store.submit("open-account", { accountId: "ada", name: "Ada", ...opening }, START_MS),
      store.submit("open-account", { accountId: "bob", name: null as never, ...opening }, START_MS),
    ]);
    expect(good.status).toBe("fulfilled");
    expect(bug).toMatchObject({
      status: "rejected",
      reason: { name: "Error", message: expect.stringMatching(/NOT NULL/) },
    });
    expect(await store.submit("totals", {}, START_MS)).toMatchObject({ accounts: 1 });
    await store.close();
  });
});

describe("the file itself", () => {
  test("refuses to change or lose a movement", async () => {
    const { ledger, place: file } = await openFunded(10, freshFile());
    const database = new DatabaseSync(file);
    expect(() => database.exec("UPDATE movement SET used = 1, available = -1")).toThrow(/never changed/);
    expect(() => database.exec("DELETE FROM movement")).toThrow(/never deleted/);
    database.close();
    expect(await ledger.audit()).toEqual([]);
  });
});

test("requests of one turn share a transaction", async () => {
  const { ledger, place: file, account } = await openFunded(1_000, freshFile());
  const database = new DatabaseSync(file, { readOnly: true });
  const seen = new Set<unknown>();
  const look = (): unknown => database.prepare("SELECT COUNT(*) AS holds FROM hold").get()?.holds;
  const holds = Array.from({ length: 50 }, (_, i) =>
    ledger
      .hold({ requestId: `r${i}`, accountId: account.id, instrument: "text", tokens: 1, expiresAtMs: LIFE_MS })
      // Were each in its own transaction, the first answer would come when one hold is on disk.
      .then(() => seen.add(look())),
  );
  await Promise.all(holds);
  database.close();
  expect([...seen]).toEqual([50]);
});

test("two ledgers on one file agree", async () => {
  const { ledger, place: file } = await openThreaded();
  const other = await openThreaded(file);
  const accountId = await fund(ledger, 100);
  const hold = (one: Ledger, i: number): Promise<{ kind: string }> =>
    one.hold({ requestId: `r${i}`, accountId, instrument: "text", tokens: 3, expiresAtMs: LIFE_MS });
  const outcomes = await Promise.all(Array.from({ length: 60 }, (_, i) => hold(i % 2 ? ledger : other.ledger, i)));
  expect(outcomes.filter(({ kind }) => kind === "held")).toHaveLength(33);
  expect(await other.ledger.balance(accountId, "text")).toMatchObject({ held: 99, available: 1 });
  expect(await ledger.audit()).toEqual([]);
});

test("a sample without a thread refuses like the true one", async () => {
  const { ledger } = await openSample();
  await ledger.close();
  await expect(ledger.totals()).rejects.toThrow(LedgerUnavailable);
});
