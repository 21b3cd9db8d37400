/** A graceful stop: whoever is being answered is answered to the end, whoever is not hears where it stands. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { DEFAULT_LIMITS, FORMATS, type Format } from "@interchange/config";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { FOLLOW_MS } from "../src/stopping.ts";
import {
  ACCOUNT,
  askAt,
  bodyOf,
  configure,
  DEPOSIT,
  follow,
  freshDir,
  pause,
  startProcess,
  withLedger,
} from "./gateway-process.ts";
import { INSTRUMENT, QUESTIONS, startRig } from "./rig.ts";
import { OPERATIONS, readStream } from "./stream.ts";
import { faultsOfRefusal, type Reply } from "./wire.ts";

const BASES = ["", "/inline"] as const;

let supplier: Supplier;
beforeAll(async () => {
  supplier = await startSupplier();
});
afterAll(() => supplier.close());

/** Over a connection of its own, as a caller that has none open yet. */
async function send(url: string, options: http.RequestOptions, body?: string): Promise<Reply> {
  const request = http.request(url, { agent: false, ...options }).end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

function askAnew(baseUrl: string, key: string, surface: Format, base: string): Promise<Reply> {
  const headers = { "content-type": "application/json", ...QUESTIONS[surface].keyHeader(key) };
  return send(`${baseUrl}${base}${QUESTIONS[surface].path}`, { method: "POST", headers }, bodyOf(surface, {}));
}

const balanceIn = (dataDir: string) => withLedger(dataDir, (ledger) => ledger.balance(ACCOUNT, INSTRUMENT));
const receiptIn = (dataDir: string, response: Response) =>
  withLedger(dataDir, (ledger) => ledger.receipt(response.headers.get("request-id") ?? ""));

/** What a stream told until it ended or broke off. */
async function readAll(response: Response): Promise<{ text: string; isTorn: boolean }> {
  let text = "";
  try {
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) text += Buffer.from(bytes).toString();
    return { text, isTorn: false };
  } catch {
    return { text, isTorn: true };
  }
}

describe("the first signal", () => {
  test("lets what runs finish, lets in what was promised, and nothing else", async () => {
    const dataDir = freshDir();
    const { key, env } = await configure(dataDir, supplier.url);
    const gateway = startProcess(dataDir, env);
    const { baseUrl } = await gateway.ready;
    const long = { sim: "tokens=60 delayBetweenMs=40" };
    const running = await Promise.all(
      FORMATS.flatMap((surface) =>
        BASES.map(async (base) => ({ surface, response: await askAt(baseUrl, key, surface, { ...long, base }) })),
      ),
    );
    const ticket = await askAt(baseUrl, key, "messages", { redirect: "manual" });
    expect(ticket.status).toBe(307);
    gateway.kill("SIGTERM");

    await expect.poll(async () => (await send(`${baseUrl}/readyz`, {})).status).toBe(503);
    expect((await send(`${baseUrl}/healthz`, {})).status).toBe(200);
    expect(existsSync(join(dataDir, "ready.json"))).toBe(false);
    for (const surface of FORMATS) {
      for (const base of BASES) {
        const reply = await askAnew(baseUrl, key, surface, base);
        expect(reply.status).toBe(503);
        expect(faultsOfRefusal(surface, OPERATIONS[surface], reply)).toEqual([]);
        expect(reply.text).toContain("This gateway is stopping");
        expect(reply.headers["connection"]).toBe("close");
      }
    }
    const followed = await follow(baseUrl, ticket, "messages");
    expect(readStream("messages", await followed.text()).ending).toBe("complete");
    expect(await Promise.race([gateway.exit, Promise.resolve("runs")])).toBe("runs");

    for (const { surface, response } of running) {
      const told = readStream(surface, await response.text());
      expect(told).toMatchObject({ faults: [], ending: "complete" });
    }
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    let used = 0;
    for (const response of [...running.map((one) => one.response), followed]) {
      const receipt = await receiptIn(dataDir, response);
      expect(receipt?.status).toBe("reconciled");
      used += receipt?.tokensUsed ?? 0;
    }
    expect(await balanceIn(dataDir)).toMatchObject({ held: 0, used, available: DEPOSIT - used });
  });
});

describe("closing", () => {
  /** A market whose gateway the test itself closes; `books` reads them afterwards. */
  async function openMarket(drainMs: number) {
    const dataDir = freshDir();
    const config = { limits: { ...DEFAULT_LIMITS, drainMs } };
    const market = await startRig({ dataDir, config, followMs: FOLLOW_MS });
    onTestFinished(() => market.supplier.close());
    const { key, url, accountId } = market;
    const balance = () => withLedger(dataDir, (ledger) => ledger.balance(accountId, INSTRUMENT));
    return { market, dataDir, key, url, balance };
  }

  test("waits for a follower that is on its way", async () => {
    const { market, key, url, balance } = await openMarket(10_000);
    const ticket = await askAt(url, key, "chat-completions", { redirect: "manual" });
    const closed = market.gateway.close();
    await pause(300);
    const followed = await follow(url, ticket, "chat-completions");
    expect(readStream("chat-completions", await followed.text()).ending).toBe("complete");
    await closed;
    expect(await balance()).toMatchObject({ held: 0 });
  });

  test("waits for nobody when nothing runs", async () => {
    const { market, key, url } = await openMarket(10_000);
    await (await askAt(url, key, "messages", { base: "/inline" })).text();
    const begunAtMs = performance.now();
    await market.gateway.close();
    expect(performance.now() - begunAtMs).toBeLessThan(5_000);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
  });

  test("breaks off what runs beyond the drain, and settles what was delivered", async () => {
    const { market, dataDir, key, url, balance } = await openMarket(1_000);
    const asking = { sim: "tokens=250 delayBetweenMs=50" };
    const streams = await Promise.all(
      FORMATS.map(async (surface) => ({ surface, response: await askAt(url, key, surface, asking) })),
    );
    const silent = askAt(url, key, "messages", { sim: "delayBeforeHeadersMs=20000", base: "/inline" });
    silent.catch(() => undefined);
    await expect.poll(() => market.supplier.requests.at(-1)?.body.includes("20000")).toBe(true);
    const begunAtMs = performance.now();
    const reading = Promise.all(streams.map(({ response }) => readAll(response)));
    await market.gateway.close();
    expect(performance.now() - begunAtMs).toBeGreaterThan(900);
    expect(performance.now() - begunAtMs).toBeLessThan(4_000);
    await expect(silent).rejects.toThrow("fetch failed");
    const read = await reading;
    let used = 0;
    for (const [index, { surface, response }] of streams.entries()) {
      expect(read[index]?.isTorn).toBe(true);
      const told = (read[index]?.text ?? "").split("\n\n").length - 1;
      expect(told, surface).toBeGreaterThan(8);
      const receipt = await receiptIn(dataDir, response);
      expect(receipt).toMatchObject({ status: "reconciled", usage: { estimated: true } });
      // Of the events, at most five have no text: what begins the message, its block, and a ping.
      expect(receipt?.usage?.["output"]).toBeGreaterThanOrEqual(told - 5);
      expect(receipt?.usage?.["output"]).toBeLessThan(250);
      used += receipt?.tokensUsed ?? 0;
    }
    const { held, used: drawn, available, deposited } = await balance();
    expect({ held, drawn, sum: drawn + available }).toEqual({ held: 0, drawn: used, sum: deposited });
    expect(market.supplier.requests.every((request) => request.aborted)).toBe(true);
  });
});

test("the second signal does not wait", async () => {
  const dataDir = freshDir();
  const { key, env } = await configure(dataDir, supplier.url);
  const gateway = startProcess(dataDir, env);
  const { baseUrl } = await gateway.ready;
  const response = await askAt(baseUrl, key, "messages", { sim: "tokens=250 delayBetweenMs=50" });
  expect(response.status).toBe(200);
  const read = readAll(response);
  gateway.kill("SIGTERM");
  await expect.poll(async () => (await send(`${baseUrl}/readyz`, {})).status).toBe(503);
  gateway.kill("SIGINT");
  expect(await gateway.exit).toEqual({ code: 1, signal: null });
  expect((await read).isTorn).toBe(true);
  expect(await withLedger(dataDir, (ledger) => ledger.audit())).toEqual([]);
});
