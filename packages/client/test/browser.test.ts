/**
 * Goal: a page on another origin can do with the client what Node can. Method: Chromium loads the client as one script, and runs the same
 * cases against the real gateway, with every console error and every stray request held against it.
 */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cases } from "./cases.ts";
import { type Market, type Place, startMarket } from "./market.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const hasBrowser = existsSync(CHROMIUM);
const title = hasBrowser
  ? "in a page on another origin"
  : `in a page on another origin (skipped: there is no Chromium at ${CHROMIUM}; name one in CHROMIUM)`;

/** The entry as a classic script. */
async function bundled(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("browser-entry.ts", import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["@interchange/source", "import"] },
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "iife" });
  await bundle.close();
  return output[0].code;
}

/** Serves a page with the script, under a host name of its own. */
async function servePage(script: string): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    if (request.url === "/client.js") response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    else response.writeHead(200, { "content-type": "text/html" }).end('<!doctype html><script src="/client.js"></script>');
  });
  await new Promise<void>((done) => server.listen(0, "localhost", done));
  return { server, url: `http://localhost:${(server.address() as AddressInfo).port}/` };
}

describe.skipIf(!hasBrowser)(title, () => {
  let market: Market;
  let browser: Browser;
  let page: Page;
  let server: Server;
  const amiss: string[] = [];

  beforeAll(async () => {
    const [script, started, launched] = await Promise.all([
      bundled(),
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
      ([asked, at]) => (globalThis as unknown as { runCase: (name: string, place: unknown) => unknown }).runCase(asked, at),
      [name, place] as const,
    );
    expect(got).toEqual(want);
    expect(amiss).toEqual([]);
  });

  test("the page is on another origin than the gateway, and sends no x-api-key", async () => {
    const headers: string[][] = [];
    page.on("request", (request) => void headers.push(Object.keys(request.headers())));
    expect(new URL(page.url()).host).not.toBe(new URL(market.url).host);
    const name = cases.find((each) => each.name.startsWith("tokens"))?.name ?? "";
    await page.evaluate(
      ([asked, at]) => (globalThis as unknown as { runCase: (name: string, place: unknown) => unknown }).runCase(asked, at),
      [name, { url: market.url, key: market.key, operatorKey: "" }] as const,
    );
    expect(headers.flat()).toContain("authorization");
    expect(headers.flat()).not.toContain("x-api-key");
  });
});
