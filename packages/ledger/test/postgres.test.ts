/** Goal: on PostgreSQL too, what was acknowledged is kept, what fails says so at once and harms nobody else, and gateways agree. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Ledger, LedgerUnavailable, openLedger } from "@interchange/ledger";
import { startPostgres } from "@interchange/postgres-server";
import { Client, types } from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { openPostgresStore } from "../src/postgres/postgres-store.ts";
import { openSession, type Session } from "../src/postgres/session.ts";
import { wireTo } from "./proxy.ts";
import { lifeFrom, START_MS } from "./sample.ts";
import { freshDatabase, query, sharedServer } from "./server.ts";

const LIFE_MS = lifeFrom(START_MS);
const clock = (): number => START_MS;

async function open(url: string, options: { schema?: string; timeoutMs?: number } = {}): Promise<Ledger> {
  const ledger = await openLedger({ url, clock, ...options });
  onTestFinished(() => ledger.close());
  return ledger;
}

async function fund(ledger: Ledger, tokens: number): Promise<string> {
  const { id } = await ledger.openAccount({ id: "ada", name: "Ada" });
  await ledger.deposit({ accountId: id, instrument: "text", tokens, costMicros: tokens, reference: "first" });
  return id;
}

const hold = (ledger: Ledger, requestId: string, tokens = 1) =>
  ledger.hold({ requestId, accountId: "ada", instrument: "text", tokens, expiresAtMs: LIFE_MS });

const holds = (ledger: Ledger, count: number, prefix = "r") =>
  Array.from({ length: count }, (_, i) => hold(ledger, `${prefix}${i}`));

/** Somebody else's connection. */
async function other(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, options: "-c search_path=interchange" });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const terminate = (url: string, role: string) =>
  query(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'interchange ${role}' AND datname = current_database()`,
  );

describe("the tables", () => {
  test("are made once when many gateways start at the same time", async () => {
    const url = await (await sharedServer()).createDatabase();
    const ledgers = await Promise.all(Array.from({ length: 6 }, () => open(url)));
    await Promise.all(ledgers.map((ledger, i) => ledger.openAccount({ id: `a${i}`, name: "Ada" })));
    expect(await ledgers[0]?.totals()).toMatchObject({ accounts: 6 });
    expect(await query(url, "SELECT version FROM schema_version")).toHaveLength(1);
  });

  test("of a later version are left alone", async () => {
    const url = await (await sharedServer()).createDatabase();
    await (await open(url)).close();
    await query(url, "INSERT INTO schema_version (version) VALUES (99)");
    await expect(openLedger({ url })).rejects.toThrow(LedgerUnavailable);
    await expect(openLedger({ url })).rejects.toThrow(/cannot be opened: .*version 99/);
  });

  test("in two schemas of one database know nothing of each other, whatever their names", async () => {
    const url = await (await sharedServer()).createDatabase();
    const [one, two] = await Promise.all([open(url), open(url, { schema: `we"ird 'näme; DROP` })]);
    await fund(one, 5);
    expect(await two.totals()).toMatchObject({ accounts: 0, deposited: 0 });
    const { key, secret } = await openKey(two);
    await two.revokeKey(key.publicId);
    expect(await two.authenticate(secret)).toEqual({ kind: "key-revoked" });
    expect(await one.authenticate(secret)).toEqual({ kind: "key-unknown" });
  });

  test("can be used by a role that may not create any", async () => {
    const url = await (await sharedServer()).createDatabase();
    await (await open(url)).close();
    await query(
      url,
      `CREATE ROLE clerk LOGIN; GRANT USAGE ON SCHEMA interchange TO clerk;
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA interchange TO clerk`,
    );
    const ledger = await open(url.replace("postgres@", "clerk@"));
    await fund(ledger, 5);
    expect(await ledger.audit()).toEqual([]);
  });

  test.each([
    "UPDATE movement SET at_ms = 0",
    "DELETE FROM movement",
    "TRUNCATE movement",
    "DELETE FROM credit_movement",
  ])("refuse %s", async (statement) => {
    const url = await freshDatabase();
    const ledger = await open(url);
    await fund(ledger, 10);
    await expect(query(url, statement)).rejects.toThrow(/never changed or deleted/);
    expect(await ledger.audit()).toEqual([]);
  });

  test("sort texts sign by sign, whatever language the database speaks", async () => {
    const url = await freshDatabase();
    const ledger = await open(url);
    await fund(ledger, 1);
    for (const instrument of ["b", "B", "a-b", "ab", "Z"]) {
      await ledger.deposit({ accountId: "ada", instrument, tokens: 1, costMicros: 0 });
    }
    const names = (await ledger.balances("ada")).map(({ instrument }) => instrument);
    expect(names).toEqual(["B", "Z", "a-b", "ab", "b", "text"]);
  });
});

async function openKey(ledger: Ledger) {
  const { id } = await ledger.openAccount({ name: "Ada" });
  return ledger.createKey({ accountId: id, role: "consumption" });
}

describe("opening", () => {
  test.each([
    ["not-a-url", "bad-input"],
    ["https://user:secret@host/db", "bad-input"],
    ["postgres://user:secret@[/db", "bad-input"],
    [7, "bad-input"],
  ])("with the URL %j is a mistake, and no secret is told", async (url, code) => {
    const opening = openLedger({ url: url as string });
    await expect(opening).rejects.toMatchObject({ code, message: expect.not.stringContaining("secret") });
  });

  test.each(["", "s".repeat(64), "n\0l"])("with the schema %j is a mistake", async (schema) => {
    await expect(openLedger({ url: "postgres://localhost/db", schema })).rejects.toMatchObject({ code: "bad-input" });
  });

  test.each([0, 0.5, 600_001])("to wait %j ms is a mistake", async (timeoutMs) => {
    await expect(openLedger({ url: "postgres://localhost/db", timeoutMs })).rejects.toMatchObject({
      code: "bad-input",
    });
  });

  test("where no database is", async () => {
    const server = await sharedServer();
    for (const url of ["postgres://user:secret@127.0.0.1:1/db", server.url("nowhere")]) {
      const error: unknown = await openLedger({ url }).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(LedgerUnavailable);
      expect(String(error)).toMatch(/cannot be opened/);
      expect(JSON.stringify(error) + String(error)).not.toContain("secret");
    }
  });
});

describe("a group of commands", () => {
  test("of one turn shares a transaction", async () => {
    const url = await freshDatabase();
    const ledger = await open(url);
    await fund(ledger, 1_000);
    await Promise.all(holds(ledger, 50));
    expect(await query(url, "SELECT DISTINCT xmin FROM hold")).toHaveLength(1);
  });

  test("with a bug in one fails that one alone, and tells nothing of the row", async () => {
    const url = await freshDatabase();
    const store = await openPostgresStore({ url, schema: "interchange", timeoutMs: 5_000 });
    onTestFinished(() => store.close());
    const account = { name: "Ada", defaultInstrument: null, limits: {} as never };
    const [good, bug, next] = await Promise.allSettled([
      store.submit("open-account", { ...account, accountId: "ada" }, START_MS),
      store.submit("open-account", { ...account, accountId: "bob", name: null as never }, START_MS),
      store.submit("open-account", { ...account, accountId: "cyd" }, START_MS),
    ]);
    expect([good.status, bug.status, next.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const reason = (bug as PromiseRejectedResult).reason as Error;
    expect(reason).toMatchObject({ name: "Error", message: expect.stringMatching(/not-null/) });
    expect(Object.keys(reason)).toEqual([]);
    expect(await store.submit("totals", {}, START_MS)).toMatchObject({ accounts: 2 });
  });

  test("with a mistake in one answers each with what is its own, whatever kinds they are", async () => {
    const ledger = await open(await freshDatabase());
    await fund(ledger, 100);
    const asked = [
      ledger.credits("nobody"),
      hold(ledger, "r1", 10),
      ledger.createKey({ accountId: "nobody", role: "consumption" }),
      ledger.account("ada"),
      ledger.settle({ requestId: "r1", tokens: 4 }),
      ledger.depositCredits({ accountId: "ada", amountMicros: 7 }),
      ledger.hold({ requestId: "r2", accountId: "nobody", instrument: "text", tokens: 1, expiresAtMs: LIFE_MS }),
    ];
    const unknown = { status: "rejected", reason: { code: "unknown-account" } };
    expect(await Promise.allSettled<unknown>(asked)).toMatchObject([
      unknown,
      { value: { kind: "held" } },
      unknown,
      { value: { id: "ada" } },
      { value: { kind: "settled", tokensSettled: 4 } },
      { value: { amountMicros: 7 } },
      unknown,
    ]);
    expect(await ledger.totals()).toMatchObject({ held: 0, used: 4 });
    expect(await ledger.audit()).toEqual([]);
  });

  test("that deadlocks with somebody else's is done again", async () => {
    const url = await freshDatabase();
    const ledger = await open(url);
    await fund(ledger, 100);
    await hold(ledger, "r1", 10);
    const client = await other(url);
    await client.query("BEGIN");
    await client.query("SELECT * FROM hold WHERE request_id = 'r1' FOR UPDATE");
    const settling = ledger.settle({ requestId: "r1", tokens: 10 });
    await expect.poll(() => waitingFor(url)).toBe(1);
    // Whoever of the two the server picks out to fail, the settlement must come to pass.
    await client.query("UPDATE balance SET held = held").catch(() => undefined);
    await client.query("ROLLBACK");
    expect(await settling).toMatchObject({ kind: "settled", tokensSettled: 10 });
    expect(await ledger.audit()).toEqual([]);
  });

  test("closing finishes it and refuses what comes after", async () => {
    const url = await freshDatabase();
    const ledger = await openLedger({ url, clock });
    await fund(ledger, 1_000);
    const taken = holds(ledger, 200);
    const closing = ledger.close();
    await expect(ledger.ping()).rejects.toThrow(LedgerUnavailable);
    await expect(ledger.totals()).rejects.toThrow(LedgerUnavailable);
    expect((await Promise.all(taken)).filter(({ kind }) => kind === "held")).toHaveLength(200);
    await closing;
    await ledger.close();
    expect(await query(url, "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'interchange%'")).toEqual([]);
    expect(await (await open(url)).totals()).toMatchObject({ held: 200 });
  });

  test("a process ends without closing", async () => {
    const script = `
      import { openLedger } from "@interchange/ledger";
      const ledger = await openLedger({ url: ${JSON.stringify(await freshDatabase())} });
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

const waitingFor = async (url: string): Promise<number> =>
  (await query(url, "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).length;

describe("two gateways on one database", () => {
  test("never hold more than there is", async () => {
    const url = await freshDatabase();
    const [one, two] = await Promise.all([open(url), open(url)]);
    await fund(one, 100);
    const outcomes = await Promise.all(Array.from({ length: 120 }, (_, i) => hold(i % 2 ? one : two, `r${i}`, 3)));
    expect(outcomes.filter(({ kind }) => kind === "held")).toHaveLength(33);
    expect(await two.balance("ada", "text")).toMatchObject({ held: 99, available: 1 });
    expect(await one.audit()).toEqual([]);
  });

  test("asked for the same at the same time do it once", async () => {
    const url = await freshDatabase();
    const [one, two] = await Promise.all([open(url), open(url)]);
    await fund(one, 1_000);
    const both = [one, two];
    for (let round = 0; round < 10; round++) {
      const ids = Array.from({ length: 10 }, (_, i) => `r${round}-${i}`);
      const held = await Promise.all(ids.flatMap((id) => both.map((ledger) => hold(ledger, id))));
      expect(new Set(held.map(({ kind }) => kind))).toEqual(new Set(["held"]));
      const settled = await Promise.all(
        ids.flatMap((requestId) => both.map((ledger) => ledger.settle({ requestId, tokens: 1 }))),
      );
      expect(new Set(settled.map(({ kind }) => kind))).toEqual(new Set(["settled"]));
      expect(await two.totals()).toMatchObject({ held: 0, used: 10 * (round + 1) });
    }
    await one.deposit({ accountId: "ada", instrument: "text", tokens: 1, costMicros: 0, reference: "x" });
    await Promise.all(
      both.map((ledger) =>
        ledger.deposit({ accountId: "ada", instrument: "text", tokens: 1, costMicros: 0, reference: "x" }),
      ),
    );
    expect(await one.totals()).toMatchObject({ deposited: 1_001 });
    expect(await one.audit()).toEqual([]);
  });

  test("asked for different things under one id do one of them", async () => {
    const url = await freshDatabase();
    const both = await Promise.all([open(url), open(url)]);
    await fund(both[0], 1_000);
    await both[0].deposit({ accountId: "ada", instrument: "code", tokens: 1_000, costMicros: 0 });
    for (let round = 0; round < 20; round++) {
      // Different balances, so that neither waits for the other's lock.
      const asked = both.map((ledger, i) =>
        ledger.hold({
          requestId: `r${round}`,
          accountId: "ada",
          instrument: i ? "code" : "text",
          tokens: 1,
          expiresAtMs: LIFE_MS,
        }),
      );
      const [held, refused] = (await Promise.allSettled(asked)).toSorted((a, b) => a.status.localeCompare(b.status));
      expect([held, refused]).toMatchObject([{ value: { kind: "held" } }, { reason: { code: "conflict" } }]);
    }
    expect(await both[1].totals()).toMatchObject({ held: 20 });
    expect(await both[1].audit()).toEqual([]);
  });

  test.each<[string, (ledger: Ledger, line: number, turn: number) => Promise<unknown>]>([
    ["purchases", (ledger, line, turn) => buyAt(ledger, placeAt(5 * turn + line))],
    [
      "sweeps",
      (ledger, line, turn) =>
        Promise.all([
          ledger.balance("ada", placeAt(turn)),
          ledger.expire(START_MS),
          ledger.balance("ada", placeAt(7 * turn + 5 * line)),
        ]),
    ],
  ])("with %s among their holds never wait for each other in a circle", async (_, more) => {
    const url = await freshDatabase();
    const both = await Promise.all([open(url), open(url)]);
    await fund(both[0], 1);
    await both[0].depositCredits({ accountId: "ada", amountMicros: 1_000_000 });
    for (const instrument of PLACES) {
      await both[0].deposit({ accountId: "ada", instrument, tokens: 1_000, costMicros: 0 });
    }
    const before = await deadlocksIn(url);
    const work = async (ledger: Ledger, line: number): Promise<void> => {
      for (let turn = 0; turn < 12; turn++) {
        const place = { accountId: "ada", instrument: placeAt(7 * line + 3 * turn) };
        const request = { requestId: `r${line}-${turn}`, ...place, tokens: 1, expiresAtMs: LIFE_MS };
        await Promise.all([ledger.hold(request), more(ledger, line, turn)]);
      }
    };
    await Promise.all(both.flatMap((ledger, i) => Array.from({ length: 6 }, (__, n) => work(ledger, 6 * i + n))));
    expect(await both[1].audit()).toEqual([]);
    // A server's process tells what it has counted when it ends, and once a second.
    await Promise.all(both.map((ledger) => ledger.close()));
    expect(await deadlocksIn(url)).toBe(before);
  });

  test("sweeping at the same time end each hold once", async () => {
    const url = await freshDatabase();
    const [one, two] = await Promise.all([open(url), open(url)]);
    await fund(one, 10_000);
    for (let round = 0; round < 5; round++) {
      await Promise.all(holds(one, 100, `r${round}-`));
      const ended = await Promise.all([one, two, one, two].map((ledger) => ledger.expire(LIFE_MS)));
      expect(ended.reduce((sum, count) => sum + count)).toBe(100);
    }
    expect(await one.totals()).toMatchObject({ held: 0, available: 10_000 });
    expect(await two.audit()).toEqual([]);
  });
});

const PLACES = Array.from({ length: 12 }, (_, i) => `text-${i}`);

const placeAt = (turn: number): string => PLACES[turn % PLACES.length] as string;

const buyAt = (ledger: Ledger, instrument: string) =>
  ledger.buy({ accountId: "ada", instrument, tokens: 1, priceMicrosPerUnit: 1_000_000 });

async function deadlocksIn(url: string): Promise<number> {
  const [row] = await query(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
  return Number(row?.deadlocks);
}

describe("a session", () => {
  async function session(): Promise<Session> {
    const opened = await openSession({
      url: await freshDatabase(),
      role: "writer",
      schema: "interchange",
      timeoutMs: 1_000,
    });
    onTestFinished(() => opened.close());
    return opened;
  }
  const one = (text: string, ...values: (string | number | null | Uint8Array)[]) => ({ text, values });

  test("gives values as SQLite gives them, and leaves the driver's own table alone", async () => {
    const text = `SELECT $1::bigint AS big, $2::bytea AS bytes, $3::text AS text, NULL AS nothing, true AS yes,
      SUM(v::bigint) AS sum, COUNT(*) AS count, '{"a":1}'::json AS json FROM unnest(ARRAY[1, 2]) AS v`;
    const bytes = Buffer.from([0, 1, 255]);
    const [[row] = []] = await (await session()).run([one(text, Number.MAX_SAFE_INTEGER, bytes, "é\n'")]);
    expect(row).toEqual({
      big: Number.MAX_SAFE_INTEGER,
      bytes,
      text: "é\n'",
      nothing: null,
      yes: 1,
      sum: 3,
      count: 2,
      json: '{"a":1}',
    });
    expect(types.getTypeParser(types.builtins.INT8)("1")).toBe("1");
  });

  test("refuses a number that it cannot give as it is, and goes on", async () => {
    const it = await session();
    await expect(it.run([one("SELECT 9007199254740993 AS much")])).rejects.toThrow(RangeError);
    expect(await it.run([one("SELECT 1 AS one")])).toEqual([[{ one: 1 }]]);
  });

  test("keeps nothing of statements that were sent together when one of them fails", async () => {
    const it = await session();
    const insert = one("INSERT INTO note (name, document, at_ms) VALUES ($1, '{}', 0)", "a");
    const count = one("SELECT COUNT(*) AS notes FROM note");
    const late = one("SELECT COUNT(*) AS late FROM note");
    // The last is refused before the server has learned of it; it must be told of it again.
    const sent = it.run([one("BEGIN"), insert, one("SELECT 1 / 0 AS fault"), count, late]);
    await expect(sent).rejects.toMatchObject({ code: "22012" });
    await expect(it.run([count])).rejects.toMatchObject({ code: "25P02" });
    expect(await it.command("COMMIT")).toBe("ROLLBACK");
    expect(await it.run([count, late])).toEqual([[{ notes: 0 }], [{ late: 0 }]]);
  });

  test("is over when an answer takes too long", async () => {
    const it = await session();
    await expect(it.run([one("SELECT 1 AS one FROM pg_sleep(30)")])).rejects.toMatchObject({ code: "57014" });
    expect(it.isOver()).toBe(false);
    await it.command("SET statement_timeout TO 0");
    await expect(it.run([one("SELECT 1 AS one FROM pg_sleep(30)")])).rejects.toThrow(/terminated/);
    expect(it.isOver()).toBe(true);
    expect((await it.over).message).toBe("no answer in 1000 ms");
  });
});

test("a long report keeps no hold waiting", async () => {
  const url = await freshDatabase();
  const ledger = await open(url);
  await fund(ledger, 10);
  const client = await other(url);
  await client.query("BEGIN; LOCK TABLE draw IN ACCESS EXCLUSIVE MODE");
  const reports = [ledger.totals(), ledger.audit(), ledger.totals()];
  await expect.poll(() => waitingFor(url)).toBe(2);
  const word = (error: unknown): string => (error instanceof LedgerUnavailable ? "refused" : "failed");
  const more = Array.from({ length: 300 }, () => ledger.totals().then(() => "served", word));
  expect(new Set(await Promise.all(more.slice(-20)))).toEqual(new Set(["refused"]));
  expect(await hold(ledger, "r1")).toMatchObject({ kind: "held" });
  await client.query("COMMIT");
  expect(await Promise.all(reports)).toMatchObject([{ deposited: 10 }, [], { deposited: 10 }]);
  const words = await Promise.all(more);
  expect([words.filter((one) => one === "served").length, words.filter((one) => one === "refused").length]).toEqual([
    255, 45,
  ]);
});

describe("a lost database", () => {
  const NOTHING = { name: "LedgerUnavailable", message: expect.stringMatching(/nothing was done/) };

  test("before the commit: who waits is told that nothing was done, and who comes later is served", async () => {
    const url = await freshDatabase();
    const ledger = await open(url);
    await fund(ledger, 100);
    const client = await other(url);
    await client.query("BEGIN; LOCK TABLE hold IN ACCESS EXCLUSIVE MODE");
    const waiting = Promise.allSettled(holds(ledger, 3));
    await expect.poll(() => waitingFor(url)).toBe(1);
    const behind = Promise.allSettled([hold(ledger, "behind")]);
    await terminate(url, "writer");
    const TOLD = { status: "rejected", reason: NOTHING };
    expect(await waiting).toMatchObject([TOLD, TOLD, TOLD]);
    expect(await behind).toMatchObject([TOLD]);
    await client.query("ROLLBACK");
    await expect.poll(() => hold(ledger, "later").catch(() => undefined)).toMatchObject({ kind: "held" });
    expect(await ledger.totals()).toMatchObject({ held: 1 });
  });

  test("in the middle of the commit: it says so, and what bears an id can be asked again", async () => {
    const url = await freshDatabase();
    const wire = await wireTo(url);
    const ledger = await open(wire.url);
    await fund(ledger, 100);
    wire.cutAfter("COMMIT");
    await expect(hold(ledger, "r1", 10)).rejects.toMatchObject({
      name: "LedgerUnavailable",
      message: expect.stringMatching(/not known/),
    });
    wire.cutAfter(undefined);
    await expect.poll(() => hold(ledger, "r1", 10).catch(() => undefined)).toMatchObject({ kind: "held" });
    expect(await ledger.totals()).toMatchObject({ held: 10, available: 90 });
    expect(await ledger.audit()).toEqual([]);
  });

  test("that has gone silent is given up after a while, and found again", async () => {
    const url = await freshDatabase();
    const wire = await wireTo(url);
    const ledger = await open(wire.url, { timeoutMs: 300 });
    await fund(ledger, 100);
    wire.silence(true);
    const start = performance.now();
    await expect(hold(ledger, "r1")).rejects.toMatchObject(NOTHING);
    // Less than who says nothing of it would wait.
    expect(performance.now() - start).toBeLessThan(5_000);
    const again = performance.now();
    await expect(hold(ledger, "r2")).rejects.toMatchObject(NOTHING);
    await expect(ledger.totals()).rejects.toMatchObject(NOTHING);
    // Nobody waits for it once more.
    expect(performance.now() - again).toBeLessThan(300);
    wire.silence(false);
    await expect.poll(() => hold(ledger, "r3").catch(() => undefined)).toMatchObject({ kind: "held" });
    expect(await ledger.totals()).toMatchObject({ held: 1 });
  });

  test("that others keep locked: who waits is told, who comes later is served", async () => {
    const url = await freshDatabase();
    const ledger = await open(url, { timeoutMs: 200 });
    await fund(ledger, 100);
    const client = await other(url);
    await client.query("BEGIN; LOCK TABLE hold IN ACCESS EXCLUSIVE MODE");
    await expect(hold(ledger, "r1")).rejects.toMatchObject(NOTHING);
    await client.query("ROLLBACK");
    expect(await hold(ledger, "r2")).toMatchObject({ kind: "held" });
  });

  test("that was killed again and again has lost nothing that was acknowledged", async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const ledger = await open(await server.createDatabase(), { timeoutMs: 1_000 });
    await fund(ledger, 1_000_000);
    const told = { held: new Set<string>(), settled: new Set<string>() };
    const over = new AbortController();
    const work = async (line: number): Promise<void> => {
      for (let turn = 0; !over.signal.aborted; turn++) {
        const requestId = `r${line}-${turn}`;
        try {
          await hold(ledger, requestId, 10);
          told.held.add(requestId);
          await ledger.settle({ requestId, tokens: 7 });
          told.settled.add(requestId);
        } catch (error) {
          expect(error).toBeInstanceOf(LedgerUnavailable);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    };
    const lines = Array.from({ length: 20 }, (_, line) => work(line));
    for (let round = 1; round <= 3; round++) {
      await expect.poll(() => told.settled.size).toBeGreaterThan(round * 100);
      server.kill();
      await expect
        .poll(() =>
          ledger.ping().then(
            () => true,
            () => false,
          ),
        )
        .toBe(false);
      const refused = performance.now();
      await expect(hold(ledger, "while-down")).rejects.toMatchObject(NOTHING);
      // Nobody waits for it.
      expect(performance.now() - refused).toBeLessThan(1_000);
      const before = told.settled.size;
      await server.restart();
      await expect.poll(() => told.settled.size).toBeGreaterThan(before);
    }
    over.abort();
    await Promise.all(lines);
    expect(await ledger.receipt("while-down")).toBeUndefined();
    const receipts = await Promise.all([...told.held].map((id) => ledger.receipt(id)));
    expect(receipts.filter((receipt) => receipt?.tokensHeld !== 10)).toEqual([]);
    const kept = receipts.filter((receipt) => receipt?.status === "reconciled").map((receipt) => receipt?.requestId);
    expect([...told.settled].filter((id) => !kept.includes(id))).toEqual([]);
    expect(await ledger.audit()).toEqual([]);
  });
});

describe("a key that another gateway has changed", () => {
  const SECOND_MS = 1_000;

  async function known(url: string) {
    const [one, two] = await Promise.all([open(url), open(url)]);
    const { key, secret } = await openKey(one);
    expect(await two.authenticate(secret)).toMatchObject({ kind: "key" });
    return { one, two, key, secret };
  }

  test("is refused within a second, and before that judged without a look in the store", async () => {
    const { one, two, key, secret } = await known(await freshDatabase());
    expect(two.authenticate(secret)).toMatchObject({ kind: "key" });
    await one.revokeKey(key.publicId);
    const revoked = performance.now();
    await expect.poll(() => two.authenticate(secret), { interval: 5 }).toEqual({ kind: "key-revoked" });
    expect(performance.now() - revoked).toBeLessThan(SECOND_MS);
  });

  test("is looked up each time while the watch is down, and what was known before is not believed after", async () => {
    const url = await freshDatabase();
    const wire = await wireTo(url);
    const [one, two] = await Promise.all([open(url), open(wire.url)]);
    const [lost, kept] = await Promise.all([openKey(one), openKey(one)]);
    for (const { secret } of [lost, kept]) expect(await isBelieved(two, secret)).toBe(true);
    wire.refuse(true);
    await terminate(url, "watch");
    await expect.poll(() => isKnown(two, kept.secret), { interval: 1 }).toBe(false);
    await one.revokeKey(lost.key.publicId);
    expect(await isBelieved(two, kept.secret)).toBe(false);
    wire.refuse(false);
    await expect.poll(() => isBelieved(two, kept.secret)).toBe(true);
    expect(await two.authenticate(lost.secret)).toEqual({ kind: "key-revoked" });
  });

  test.each(["", "null", "no JSON", '{"subject":"key"}', '{"subject":"lot","subjectId":"a"}'])(
    "is heard of also when somebody notifies of %j",
    async (payload) => {
      const url = await freshDatabase();
      const { one, two, key, secret } = await known(url);
      await query(url, `NOTIFY interchange, '${payload}'`);
      await one.revokeKey(key.publicId);
      await expect.poll(() => two.authenticate(secret), { interval: 5 }).toEqual({ kind: "key-revoked" });
    },
  );

  test("is not believed when the watch has gone silent", async () => {
    const url = await freshDatabase();
    const wire = await wireTo(url);
    const [one, two] = await Promise.all([open(url), open(wire.url, { timeoutMs: 2_000 })]);
    const { secret } = await openKey(one);
    expect(await isBelieved(two, secret)).toBe(true);
    wire.silence(true);
    const silent = performance.now();
    await expect.poll(() => isKnown(two, secret), { interval: 5 }).toBe(false);
    expect(performance.now() - silent).toBeLessThan(SECOND_MS);
  });

  test("may belong to an account: then all of that account's are looked up again", async () => {
    const { one, two, key, secret } = await known(await freshDatabase());
    await one.closeAccount(key.accountId);
    await expect.poll(() => two.authenticate(secret), { interval: 5 }).toEqual({ kind: "account-closed" });
  });

  /** Whether a key is judged without a look in the store. */
  function isKnown(ledger: Ledger, secret: string): boolean {
    const judged = ledger.authenticate(secret);
    if (!(judged instanceof Promise)) return true;
    judged.catch(() => undefined);
    return false;
  }

  /** Whether a second look at a key is none in the store. */
  async function isBelieved(ledger: Ledger, secret: string): Promise<boolean> {
    await ledger.authenticate(secret);
    return isKnown(ledger, secret);
  }
});
