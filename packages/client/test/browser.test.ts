/**
 * Goal: a page on another origin can do with the client what Node can. Method: Chromium loads the client as one script, and runs the same
 * cases against the real gateway, with every console error and every stray request held against it.
 */
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleOf } from "./bundle.ts";
import { cases } from "./cases.ts";
import { type Market, type Place, startMarket } from "./market.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const hasBrowser = existsSync(CHROMIUM);
const title = hasBrowser
  ? "in a page on another origin"
  : `in a page on another origin (skipped: there is no Chromium at ${CHROMIUM}; name one in CHROMIUM)`;

/** Serves a page with the script, under a host name of its own. */
async function servePage(script: string): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    if (request.url === "/client.js") response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    else
      response.writeHead(200, { "content-type": "text/html" }).end('<!doctype html><script src="/client.js"></script>');
  });
  await new Promise<void>((done) => server.listen(0, "localhost", done));
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}/` };
}

const CORS = { "access-control-allow-origin": "*" };

/** Serves any page, and answers every preflight as the gateway does. */
async function openTo(answer: (request: IncomingMessage, response: ServerResponse) => void, host: string) {
  const server = createServer((request, response) => {
    const asked = request.headers["access-control-request-headers"];
    if (request.method === "OPTIONS") response.writeHead(204, { ...CORS, "access-control-allow-headers": asked }).end();
    else answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  return { server, url: `http://${host}:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(!hasBrowser)(title, () => {
  let market: Market;
  let browser: Browser;
  let page: Page;
  let server: Server;
  const amiss: string[] = [];

  beforeAll(async () => {
    const [script, started, launched] = await Promise.all([
      bundleOf("browser-entry.ts", "iife"),
      startMarket(),
      chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] }),
    ]);
    market = started;
    browser = launched;
    const served = await servePage(script);
    server = served.server;
    page = await browser.newPage();
    page.on("pageerror", (error) => void amiss.push(String(error)));
    page.on("request", (request) => {
      const isKnown = [market.url, served.url].some((origin) => request.url().startsWith(origin));
      if (!isKnown && !request.url().endsWith("/favicon.ico")) amiss.push(request.url());
    });
    await page.goto(served.url);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
    await market.close();
  });

  test.each(cases.map((each) => [each.name, each] as const))("%s", async (name, { want }) => {
    const place: Place = { url: market.url, key: market.key, operatorKey: market.operatorKey };
    const got = await page.evaluate(
      ([asked, at]) =>
        (globalThis as unknown as { runCase: (name: string, place: unknown) => unknown }).runCase(asked, at),
      [name, place] as const,
    );
    expect(got).toEqual(want);
    expect(amiss).toEqual([]);
  });

  test("a redirect to yet another origin is followed, and the key is not sent there", async () => {
    const seen: { path: string | undefined; key: string | undefined }[] = [];
    const answer = { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices: [], usage: null };
    const edge = await openTo((request, response) => {
      seen.push({ path: request.url, key: request.headers.authorization });
      response.writeHead(200, { ...CORS, "content-type": "application/json" }).end(JSON.stringify(answer));
    }, "localhost");
    const gateway = await openTo((request, response) => {
      seen.push({ path: request.url, key: request.headers.authorization });
      response.writeHead(307, { ...CORS, location: `${edge.url}/r/ticket` }).end();
    }, "127.0.0.1");
    const got = await page.evaluate((url) => {
      const { askOnce } = globalThis as unknown as { askOnce: (url: string, key: string) => Promise<unknown> };
      return askOnce(url, "ik_page");
    }, gateway.url);
    amiss.length = 0;
    edge.server.close();
    gateway.server.close();
    expect(got).toEqual(answer);
    expect(seen).toEqual([
      { path: "/v1/chat/completions", key: "Bearer ik_page" },
      { path: "/r/ticket", key: undefined },
    ]);
  });

  test("the page is on another origin than the gateway, and sends no x-api-key", async () => {
    const headers: string[][] = [];
    page.on("request", (request) => void headers.push(Object.keys(request.headers())));
    expect(new URL(page.url()).host).not.toBe(new URL(market.url).host);
    const name = cases.find((each) => each.name.startsWith("tokens"))?.name ?? "";
    await page.evaluate(
      ([asked, at]) =>
        (globalThis as unknown as { runCase: (name: string, place: unknown) => unknown }).runCase(asked, at),
      [name, { url: market.url, key: market.key, operatorKey: "" }] as const,
    );
    expect(headers.flat()).toContain("authorization");
    expect(headers.flat()).not.toContain("x-api-key");
  });
});
