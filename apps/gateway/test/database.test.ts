/** Goal: an address of a database is all it takes to share the books, and its password is told to nobody. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type PostgresServer, startPostgres } from "@interchange/postgres-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askAt, freshDir, startProcess } from "./gateway-process.ts";

const PASSWORD = "hunter2-and-more";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** The server asks for no password, and takes any. */
function withPassword(address: string): string {
  const url = new URL(address);
  url.password = PASSWORD;
  return url.href;
}

test("two gateways that start at once on an empty database share its books, and each other's keys", async () => {
  const url = withPassword(await server.createDatabase());
  const env = { INTERCHANGE_DATABASE_URL: url, INTERCHANGE_LOG: "trace" };
  const gateways = [freshDir(), freshDir()].map((dataDir) => startProcess(dataDir, env));
  const [one, other] = await Promise.all(gateways.map(({ ready }) => ready));
  const answer = await askAt(one?.baseUrl ?? "", other?.consumptionKey ?? "", "messages", { base: "/inline" });
  expect(answer.status).toBe(200);
  await answer.text();
  const receipt = await fetch(`${other?.baseUrl}/v1/usage/${answer.headers.get("request-id")}`, {
    headers: { authorization: `Bearer ${one?.operatorKey}` },
  });
  expect(await receipt.json()).toMatchObject({ status: "reconciled", account_id: "demo" });
  for (const gateway of gateways) {
    expect((await fetch(`${(await gateway.ready).baseUrl}/readyz`)).status).toBe(200);
    gateway.kill("SIGTERM");
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    expect(existsSync(join(gateway.dataDir, "demo", "ledger.db"))).toBe(false);
    expect(gateway.stdout() + gateway.stderr()).not.toContain(PASSWORD);
  }
});

test.each([
  ["nobody listens", () => `postgres://interchange:${PASSWORD}@127.0.0.1:1/books`],
  ["there is no such database", () => withPassword(server.url("nowhere"))],
])("%s: it does not start, and says so without the password", async (_, address) => {
  const gateway = startProcess(freshDir(), { INTERCHANGE_DATABASE_URL: address() });
  expect(await gateway.exit).toEqual({ code: 1, signal: null });
  expect(gateway.stdout()).not.toContain(PASSWORD);
  expect(gateway.stderr()).not.toContain(PASSWORD);
  expect(gateway.stderr()).toMatch(/^Interchange could not start: the ledger's database cannot be opened: .+\n$/);
});
