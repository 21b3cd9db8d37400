/** The rig's own laws: whoever closes a rig whose books are wrong is told, and so is what an answer has beside the document. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { SURFACES } from "../src/surfaces.ts";
import { ask, faultsOf, type Rig, startRig } from "./rig.ts";

async function redirected(rig: Rig): Promise<string> {
  const response = await ask(rig, "messages", { redirect: "manual" });
  expect(response.status).toBe(307);
  return response.headers.get("request-id") ?? "";
}

function write(rig: Rig, sql: string): void {
  const books = new DatabaseSync(join(rig.gateway.engine.config.dataDir, "ledger.db"));
  books.exec(sql);
  books.close();
}

const SOUND: readonly [string, (rig: Rig) => Promise<unknown>][] = [
  ["an answer", async (rig) => (await ask(rig, "messages")).text()],
  ["a redirect that nobody followed", redirected],
  [
    "a ledger that was closed under way",
    async (rig) => {
      await redirected(rig);
      await rig.gateway.engine.ledger.close();
    },
  ],
];

test.each(SOUND)("%s leaves sound books", async (_name, traffic) => {
  const rig = await startRig();
  await traffic(rig);
  await expect(rig.close()).resolves.toBeUndefined();
});

const BROKEN: readonly [string, (rig: Rig) => Promise<unknown>, RegExp][] = [
  [
    "a run that was never settled",
    async (rig) => {
      const requestId = await redirected(rig);
      const { engine } = rig.gateway;
      await engine.ledger.redeem({ requestId, expiresAtMs: rig.nowMs() + engine.runLifeMs });
    },
    /\d+ tokens are held for requests that were run and never settled/,
  ],
  [
    "a token that was lost",
    // The store itself refuses such a row unless it is told not to look.
    async (rig) => write(rig, "PRAGMA ignore_check_constraints = ON; UPDATE balance SET available = available - 1"),
    /50000000 deposited, but 49999999 available, 0 used and 0 lapsed\navailable of acc_test in text-max: 49999999 is kept/,
  ],
  [
    "a token that changed its book",
    async (rig) => write(rig, "UPDATE balance SET available = available - 1, used = used + 1"),
    /used of acc_test in text-max: 1 is kept, 0 is derived/,
  ],
];

test.each(BROKEN)("%s is told", async (_name, harm, told) => {
  const rig = await startRig();
  await harm(rig);
  await expect(rig.close()).rejects.toThrow(told);
});

test.each(SURFACES)(
  "$surface.name: a status, a header or a body that the document does not know is a fault",
  ({ surface }) => {
    const route = surface.routes.find(({ operationId }) => operationId === surface.operationId);
    if (route === undefined) throw new Error("the surface has no operation");
    const where = `${surface.name} ${surface.operationId}`;
    const redirect = { location: "/r/ticket", "x-ratelimit-limit-requests": "4" };
    expect(faultsOf(surface, route, { status: 307, headers: redirect })).toEqual([]);
    expect(faultsOf(surface, route, { status: 307, headers: { ...redirect, Server: "ours", vary: "origin" } })).toEqual(
      [`${where} 307: the document knows no header server`],
    );
    expect(faultsOf(surface, route, { status: 418 })).toEqual([`${where} 418: the document knows no such status`]);
    expect(faultsOf(surface, route, { status: 400, body: {} })).toEqual([`${where} 400: {}`]);
  },
);
