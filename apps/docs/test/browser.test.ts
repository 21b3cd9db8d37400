/** Goal: what a reader's browser makes of the site. Method: Chromium opens every page as the gateway serves it, and searches. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operationsOf } from "../src/reference/operation.ts";
import type { Reference } from "../src/reference/reference.ts";
import { readSite, writeSite } from "../src/site.ts";
import { type Market, startMarket } from "./market.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const hasBrowser = existsSync(CHROMIUM);
const title = hasBrowser
  ? "in a browser"
  : `in a browser (skipped: there is no Chromium at ${CHROMIUM}; name one in CHROMIUM)`;

const { contents, texts } = await readSite();
const references = new Set(contents.references.map(({ name }) => `${name}.html`));
const paths = [...[...texts.keys()].filter((path) => path.endsWith(".html")), ...references];

describe.skipIf(!hasBrowser)(title, () => {
  let market: Market;
  let browser: Browser;
  let docsDir: string;
  beforeAll(async () => {
    docsDir = mkdtempSync(join(tmpdir(), "interchange-docs-site-"));
    await writeSite(pathToFileURL(`${docsDir}/`));
    market = await startMarket({ docsDir });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await market.close();
    rmSync(docsDir, { recursive: true });
  });

  interface Look {
    readonly width: number;
    readonly colorScheme: "light" | "dark";
  }

  /** A page with what is amiss on it: errors and warnings, requests that leave the gateway, answers that say no. */
  async function look({ width, colorScheme }: Look): Promise<{ page: Page; amiss: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const amiss: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) amiss.push(message.text());
    });
    page.on("pageerror", (error) => void amiss.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${market.url}/`) && !request.url().startsWith("data:")) amiss.push(request.url());
    });
    page.on("response", (response) => {
      if (response.status() >= 400) amiss.push(`${response.status()} ${response.url()}`);
    });
    return { page, amiss };
  }

  async function open(path: string, looked: Look) {
    const { page, amiss } = await look(looked);
    await page.goto(`${market.url}/docs/${path}`);
    return { page, amiss };
  }

  test.each([
    ["on a desk by day", { width: 1440, colorScheme: "light" }],
    ["in a hand by night", { width: 390, colorScheme: "dark" }],
  ] as const)(
    "no page has anything amiss, asks anybody else, or is too wide or too faint: %s",
    async (_, looked) => {
      const { page, amiss } = await look(looked);
      for (const path of paths) {
        await page.goto(`${market.url}/docs/${path}`);
        // The script has run when the search can be opened; a reference, when its list is there.
        await page.locator("[data-search]:visible").waitFor();
        if (references.has(path)) await page.getByText("Search Ctrl+K").first().waitFor({ state: "attached" });
        const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        const [paper, ink] = await coloursOf(page);
        expect([path, amiss]).toEqual([path, []]);
        expect([path, wide]).toEqual([path, 0]);
        const [dark, light] = looked.colorScheme === "dark" ? [paper, ink] : [ink, paper];
        expect([path, dark < 60, light > 200]).toEqual([path, true, true]);
      }
      await page.close();
    },
    180_000,
  );

  /** How light the page and its words are, 0 to 255. */
  async function coloursOf(page: Page): Promise<[paper: number, ink: number]> {
    const style = (property: string, selector: string) =>
      page.evaluate(`getComputedStyle(document.querySelector("${selector}"))["${property}"]`);
    const light = (colour: unknown) => Math.max(...(String(colour).match(/[\d.]+/g) ?? []).slice(0, 3).map(Number));
    return [light(await style("backgroundColor", "body")), light(await style("color", "h1"))];
  }

  test("the search opens by a key, finds, and leads to a section, an operation and back to the page", async () => {
    const { page, amiss } = await open("guides/errors.html", { width: 1440, colorScheme: "light" });
    await page.keyboard.press("/");
    await page.keyboard.type("which clients follow");
    await page.getByRole("option").first().waitFor();
    expect(await page.getByRole("option").first().textContent()).toContain("Which clients follow");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/guides/redirects.html#which-clients-follow");
    await page.keyboard.press("/");
    await page.keyboard.type("createMessage");
    await page.getByRole("option", { name: "POST /v1/messages" }).first().click();
    await page.waitForURL("**/messages.html#/messages/createmessage");
    await page.getByRole("heading", { name: "Create a message" }).first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog", { name: "Search", exact: true }).count()).toBe(0);
    expect(amiss).toEqual([]);
    await page.close();
  });

  test("what a reader chose on a reference holds for every page", async () => {
    const { page, amiss } = await open("platform.html", { width: 1440, colorScheme: "light" });
    await page.evaluate('localStorage.setItem("redoc.colorMode", "dark")');
    for (const path of ["platform.html", "guides/errors.html"]) {
      await page.goto(`${market.url}/docs/${path}`);
      const [paper, ink] = await coloursOf(page);
      expect([path, paper < 60, ink > 200]).toEqual([path, true, true]);
    }
    expect(amiss).toEqual([]);
    await page.close();
  });

  test("the search says so when it finds nothing", async () => {
    const { page } = await open("index.html", { width: 390, colorScheme: "dark" });
    await page.getByRole("button", { name: "Search" }).click();
    await page.keyboard.type("xylophone");
    await page.getByText("Nothing is found for “xylophone”.").waitFor();
    await page.close();
  });

  test("a sample of a reference follows the example that is chosen", async () => {
    const { page, amiss } = await open("chat-completions.html#/chat/createchatcompletion", {
      width: 1440,
      colorScheme: "light",
    });
    const [chat] = contents.references;
    const examples = operationsOf(chat?.document as Reference["document"])[0]?.body?.examples ?? [];
    const [first, tool] = [examples[0], examples.find(({ name }) => name === "tool")];
    const sample = page.locator("pre", { hasText: "curl -L" }).first();
    await sample.waitFor();
    expect(await sample.textContent()).not.toContain("get_weather");
    await page
      .getByText(first?.summary ?? "", { exact: true })
      .first()
      .click();
    await page
      .getByText(tool?.summary ?? "", { exact: true })
      .first()
      .click();
    await page.locator("pre", { hasText: "get_weather" }).first().waitFor();
    expect(amiss).toEqual([]);
    await page.close();
  });
});
