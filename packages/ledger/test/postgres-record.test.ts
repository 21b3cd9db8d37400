/** Goal: gateways on one database hear of each other's records within a second, whatever happens to a connection, and see them in one order. */

import { type Ledger, openLedger, type StoredRecord } from "@interchange/ledger";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { wireTo } from "./proxy.ts";
import { freshDatabase, query } from "./server.ts";

const SECOND_MS = 1_000;

async function open(url: string, timeoutMs?: number): Promise<Ledger> {
  const ledger = await openLedger({ url, ...(timeoutMs !== undefined && { timeoutMs }) });
  onTestFinished(() => ledger.close());
  return ledger;
}

const put = (ledger: Ledger, name: string) => ledger.putRecord({ name, document: {} });

/** Somebody who reads what has come whenever he hears of something, and keeps what he has read. */
function followerOf(ledger: Ledger) {
  const seen: StoredRecord[] = [];
  let calls = 0;
  let reading = Promise.resolve();
  const read = async (): Promise<void> => {
    const records = await ledger.recordsSince(seen.at(-1)?.seq ?? 0, 7).catch(() => []);
    seen.push(...records);
    if (records.length > 0) await read();
  };
  onTestFinished(
    ledger.onRecords(() => {
      calls++;
      reading = reading.then(read);
    }),
  );
  return { seen, calls: () => calls, names: () => seen.map(({ name }) => name) };
}

/** How long until what was just written is seen. */
async function untilSeen(names: () => string[], name: string): Promise<number> {
  const written = performance.now();
  await expect.poll(names, { interval: 5 }).toContain(name);
  return performance.now() - written;
}

const terminateWatch = (url: string) =>
  query(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'interchange watch' AND datname = current_database()`,
  );

test("each hears of the other's within a second", async () => {
  const url = await freshDatabase();
  const both = await Promise.all([open(url), open(url)]);
  const followers = both.map(followerOf);
  for (const [i, ledger] of both.entries()) {
    await put(ledger, `n${i}`);
    for (const { names } of followers) expect(await untilSeen(names, `n${i}`)).toBeLessThan(SECOND_MS);
  }
});

test("nobody is told when nothing was written, or of keys", async () => {
  const url = await freshDatabase();
  const [one, two] = await Promise.all([open(url), open(url)]);
  const { calls } = followerOf(two);
  await one.putRecord({ name: "a", document: 1, expects: 1 });
  const { id: accountId } = await one.openAccount({ name: "Ada" });
  const { key, secret } = await one.createKey({ accountId, role: "consumption" });
  expect(await two.authenticate(secret)).toMatchObject({ kind: "key" });
  await one.revokeKey(key.publicId);
  await expect.poll(() => two.authenticate(secret), { interval: 5 }).toEqual({ kind: "key-revoked" });
  expect(calls()).toBe(0);
});

test("records put no key out of mind", async () => {
  const url = await freshDatabase();
  const [one, two] = await Promise.all([open(url), open(url)]);
  const { names } = followerOf(two);
  const { id: accountId } = await one.openAccount({ name: "Ada" });
  const { secret } = await one.createKey({ accountId, role: "consumption" });
  await two.authenticate(secret);
  expect(two.authenticate(secret)).not.toBeInstanceOf(Promise);
  await put(one, "a");
  await untilSeen(names, "a");
  expect(two.authenticate(secret)).not.toBeInstanceOf(Promise);
});

test("while the watch is lost and the store answers, what is written is heard of within a second", async () => {
  const url = await freshDatabase();
  const wire = await wireTo(url);
  const [one, two] = await Promise.all([open(url), open(wire.url)]);
  const { names } = followerOf(two);
  wire.refuse(true);
  await terminateWatch(url);
  for (const name of ["a", "b"]) {
    await put(one, name);
    expect(await untilSeen(names, name)).toBeLessThan(SECOND_MS);
  }
  wire.refuse(false);
  await put(one, "c");
  expect(await untilSeen(names, "c")).toBeLessThan(SECOND_MS);
});

test("what was written while the connection was silent is heard of when it is back", async () => {
  const url = await freshDatabase();
  const wire = await wireTo(url);
  const [one, two] = await Promise.all([open(url), open(wire.url, 500)]);
  const { seen, names } = followerOf(two);
  wire.silence(true);
  await put(one, "a");
  await expect
    .poll(() =>
      two.ping().then(
        () => "served",
        () => "refused",
      ),
    )
    .toBe("refused");
  expect(seen).toEqual([]);
  wire.silence(false);
  await expect.poll(names).toEqual(["a"]);
  await put(one, "b");
  await expect.poll(names).toEqual(["a", "b"]);
});

test("whoever writes later waits until what was written before is seen", async () => {
  const url = await freshDatabase();
  const ledger = await open(url);
  await put(ledger, "first");
  const slow = new Client({ connectionString: url, options: "-c search_path=interchange" });
  await slow.connect();
  onTestFinished(() => slow.end());
  // What a gateway does that comes to a halt in the middle of it.
  await slow.query("BEGIN; UPDATE last_record SET seq = seq + 1");
  const reader = await open(url);
  const later = put(ledger, "later");
  const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  await expect.poll(() => query(url, waiting)).toHaveLength(1);
  expect((await reader.recordsSince(0, 10)).map(({ seq }) => seq)).toEqual([1]);
  await slow.query(`INSERT INTO record (seq, name, version, document, effective_at_ms, ends_at_ms, created_at_ms)
    SELECT seq, 'slow', 1, '{}', 0, ${Number.MAX_SAFE_INTEGER}, 0 FROM last_record`);
  await slow.query("COMMIT");
  expect(await later).toMatchObject({ kind: "put", record: { seq: 3 } });
  expect((await reader.recordsSince(0, 10)).map(({ name }) => name)).toEqual(["first", "slow", "later"]);
});

test("whoever follows misses none of what several write at the same time", async () => {
  const url = await freshDatabase();
  const [one, two, three] = await Promise.all([open(url), open(url), open(url)]);
  const follower = followerOf(three);
  const write = async (ledger: Ledger, line: string): Promise<void> => {
    for (let turn = 0; turn < 60; turn++) {
      const names = Array.from({ length: 1 + (turn % 5) }, (_, i) => `${line}${turn}-${i}`);
      await Promise.all([...names.map((name) => put(ledger, name)), put(ledger, "shared")]);
    }
  };
  await Promise.all([write(one, "a"), write(one, "b"), write(two, "c"), write(two, "d"), write(three, "e")]);
  const half = await one.recordsSince(0, 600);
  const written = [...half, ...(await one.recordsSince(half.at(-1)?.seq as number, 1_000))];
  expect(written).toHaveLength(5 * 60 * 4);
  await expect.poll(() => follower.seen.length).toBeGreaterThanOrEqual(written.length);
  expect(follower.seen).toEqual(written);
  const shared = written.filter(({ name }) => name === "shared").map(({ version }) => version);
  expect(shared).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
});
