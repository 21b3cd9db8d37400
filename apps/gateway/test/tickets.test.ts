/** The right to a second leg: good for one run of one body on one path, and for a minute. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORMATS, type Format } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTickets } from "../src/tickets.ts";
import { ask, OTHER, QUESTIONS, type Rig, startRig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** A fresh ticket's location, as an absolute URL. */
async function locate(surface: Format, body?: unknown): Promise<string> {
  const response = await ask(rig, surface, { redirect: "manual", ...(body === undefined ? {} : { body }) });
  return new URL(response.headers.get("location") ?? "", rig.url).href;
}

function follow(surface: Format, url: string, headers: Record<string, string> = {}, body?: unknown): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body ?? QUESTIONS[surface].body()),
  });
}

const ticketOf = (url: string): string => url.split("/")[4] ?? "";

/** The middle sign of a part, so that the change cannot fall on bits that no decoder reads. */
function alter(url: string, part: 0 | 1 | 2): string {
  const parts = ticketOf(url).split(".");
  const text = parts[part] ?? "";
  const at = Math.floor(text.length / 2);
  parts[part] = `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
  return url.replace(ticketOf(url), parts.join("."));
}

describe.each(FORMATS)("%s", (surface) => {
  const other = OTHER[surface];

  test("works once, without any credential", async () => {
    const url = await locate(surface);
    expect((await follow(surface, url)).status).toBe(200);
    const again = await follow(surface, url);
    expect(again.status).toBe(503);
    expect(again.headers.get("retry-after-ms")).toBe("100");
  });

  test("works with a wrong credential beside it: that is not looked at", async () => {
    const url = await locate(surface);
    const response = await follow(surface, url, { authorization: "Bearer nonsense", "x-api-key": "nonsense" });
    expect(response.status).toBe(200);
  });

  const refused: [string, number, (url: string) => Promise<Response>][] = [
    ["missing", 404, (url) => follow(surface, url.replace(`${ticketOf(url)}/`, ""))],
    ["malformed", 403, (url) => follow(surface, url.replace(ticketOf(url), "ticket"))],
    ["of an altered header", 403, (url) => follow(surface, alter(url, 0))],
    ["of altered claims", 403, (url) => follow(surface, alter(url, 1))],
    ["of an altered signature", 403, (url) => follow(surface, alter(url, 2))],
    [
      "on the other surface's path",
      403,
      (url) => follow(other, url.replace(QUESTIONS[surface].path, QUESTIONS[other].path)),
    ],
    ["with another body", 403, (url) => follow(surface, url, {}, QUESTIONS[surface].body({ temperature: 0.5 }))],
    [
      "with the same body spelled otherwise",
      403,
      (url) =>
        fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(QUESTIONS[surface].body(), null, 1),
        }),
    ],
  ];

  test.each(refused)("a ticket %s is refused with %i and moves no balance", async (_, status, present) => {
    const url = await locate(surface);
    const before = await rig.balance();
    const asked = rig.supplier.requests.length;
    const response = await present(url);
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty("error.message");
    expect(response.headers.get("request-id")).toBeTruthy();
    expect(await rig.balance()).toEqual(before);
    expect(rig.supplier.requests.length).toBe(asked);
    // The true bearer has lost nothing by it.
    expect((await follow(surface, url)).status).toBe(200);
  });

  test("of two followers that race, one is answered", async () => {
    const url = await locate(surface);
    const asked = rig.supplier.requests.length;
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await follow(surface, url)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 503)).toHaveLength(7);
    expect(rig.supplier.requests.length).toBe(asked + 1);
  });

  test("a preflight does not use it up", async () => {
    const url = await locate(surface);
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: { origin: "null", "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect((await follow(surface, url)).status).toBe(200);
  });
});

describe("time", () => {
  test("an expired ticket is refused, and its hold is given back by itself", async () => {
    const before = await rig.balance();
    const url = await locate("messages");
    expect((await rig.balance()).held).toBeGreaterThan(before.held);
    rig.later(60_001);
    const response = await follow("messages", url);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after-ms")).toBe("100");
    await expect.poll(async () => (await rig.balance()).held).toBe(0);
    expect((await rig.balance()).used).toBe(before.used);
  });
});

describe("an account's name in tickets", () => {
  const dirs: string[] = [];
  afterAll(() => {
    for (const dir of dirs) rmSync(dir, { recursive: true });
  });

  function freshDir(): string {
    const dir = mkdtempSync(join(tmpdir(), "interchange-tickets-"));
    dirs.push(dir);
    return dir;
  }

  const named = (dataDir: string, accountId: string): string =>
    openTickets({ ...rig.gateway.engine.config, dataDir }, Date.now).pseudonym(accountId);

  test("is the same after a start, another for each account and each gateway, and tells nothing", () => {
    const [here, there] = [freshDir(), freshDir()];
    const name = named(here, "acc_1");
    expect(named(here, "acc_1")).toBe(name);
    expect(named(here, "acc_2")).not.toBe(name);
    expect(named(there, "acc_1")).not.toBe(name);
    expect(name).toMatch(/^[\w-]{16}$/);
  });
});

test("every answer was in contract", () => {
  expect(rig.outOfContract).toEqual([]);
});
