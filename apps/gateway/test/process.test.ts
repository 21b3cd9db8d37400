/** The process: what it says when it starts, what it leaves behind, and how it dies. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FORMATS } from "@interchange/config";
import { type Supplier, startSupplier } from "@interchange/supplier-sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ready } from "../src/ready.ts";
import {
  ACCOUNT,
  askAt,
  childrenOf,
  configure,
  DEPOSIT,
  follow,
  freshDir,
  isAlive,
  startProcess,
  withLedger,
} from "./gateway-process.ts";
import { INSTRUMENT, QUESTIONS } from "./rig.ts";

const HAS_CURL = spawnSync("curl", ["--version"]).status === 0 && spawnSync("bash", ["--version"]).status === 0;
const HAS_DOCS = existsSync(fileURLToPath(new URL("../../docs/dist/index.html", import.meta.url)));

/** The commands of the banner, each with the lines that it goes on in. */
function curlLines(banner: string): string[] {
  return [...banner.matchAll(/^ {2}curl (?:.*\\\n)*.*$/gm)].map(([command]) => command.trim());
}

async function textAt(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.text();
}

function expectBanner(banner: string, ready: Ready): void {
  const shown = [
    ...FORMATS.map((format) => ready.baseUrl + QUESTIONS[format].path),
    ready.docsUrl,
    ready.consumptionKey,
  ];
  for (const word of shown) expect(banner).toContain(word);
  expect(curlLines(banner)).toHaveLength(2);
}

async function expectBesides(ready: Ready): Promise<void> {
  expect(JSON.parse(await textAt(`${ready.baseUrl}/healthz`))).toEqual({ status: "alive" });
  expect(JSON.parse(await textAt(`${ready.baseUrl}/readyz`))).toEqual({ status: "ready" });
  const jwks = JSON.parse(await textAt(`${ready.baseUrl}/.well-known/jwks.json`));
  expect(jwks.keys).toEqual([expect.objectContaining({ kty: "OKP", crv: "Ed25519", kid: expect.any(String) })]);
  expect(jwks.keys[0]).not.toHaveProperty("d");
  if (HAS_DOCS) expect(await textAt(ready.docsUrl)).toContain("<html");
}

describe("without a configuration", () => {
  test("it is a demo that a stranger can use at once, and that keeps its key and balance", async ({ skip }) => {
    const dataDir = freshDir();
    const first = startProcess(dataDir);
    const ready = await first.ready;
    expect(Object.keys(ready).toSorted()).toEqual(["baseUrl", "consumptionKey", "docsUrl", "operatorKey", "pid"]);
    expect(ready).toMatchObject({ pid: first.pid, docsUrl: `${ready.baseUrl}/docs/` });
    expect(statSync(join(dataDir, "ready.json")).mode & 0o077).toBe(0);
    expect(new Set([ready.consumptionKey, ready.operatorKey]).size).toBe(2);
    await expect.poll(first.stdout).toContain("curl");
    expectBanner(first.stdout(), ready);
    await expectBesides(ready);
    for (const command of HAS_CURL ? curlLines(first.stdout()) : []) {
      expect(execFileSync("bash", ["-c", `${command} -sS`], { encoding: "utf8" })).toContain("You asked: “Hello”");
    }
    for (const format of FORMATS) {
      const response = await askAt(ready.baseUrl, ready.consumptionKey, format);
      expect(await response.text()).toContain("simulated by");
    }

    // Killed outright: the supplier goes all the same, and what is left of ready.json fools nobody.
    const [supplier] = childrenOf(first.pid);
    expect(isAlive(supplier ?? 0)).toBe(true);
    first.kill("SIGKILL");
    expect(await first.exit).toEqual({ code: null, signal: "SIGKILL" });
    await expect.poll(() => isAlive(supplier ?? 0)).toBe(false);
    expect(existsSync(join(dataDir, "ready.json"))).toBe(true);

    const second = startProcess(dataDir);
    const again = await second.ready;
    expect(again).toMatchObject({ consumptionKey: ready.consumptionKey, operatorKey: ready.operatorKey });
    expect((await askAt(again.baseUrl, again.consumptionKey, "messages")).status).toBe(200);
    const [successor] = childrenOf(second.pid);
    second.kill("SIGTERM");
    expect(await second.exit).toEqual({ code: 0, signal: null });
    expect(existsSync(join(dataDir, "ready.json"))).toBe(false);
    await expect.poll(() => isAlive(successor ?? 0)).toBe(false);
    expect([first.stderr(), second.stderr()]).toEqual(["", ""]);
    const balance = await withLedger(join(dataDir, "demo"), (ledger) => ledger.balance("demo", "text-max"));
    expect(balance).toMatchObject({ deposited: 10_000_000, held: 0 });
    const untold = [
      ...(HAS_CURL ? [] : ["bash or curl is not on this machine, so the banner's lines were not run"]),
      ...(HAS_DOCS ? [] : ["the reference was not built, so nobody looked whether it is served"]),
    ];
    if (untold.length > 0) skip(untold.join("; "));
  });
});

test("a stop that fails is not told as a start that failed", async () => {
  const dataDir = freshDir();
  const gateway = startProcess(dataDir);
  await gateway.ready;
  const file = join(dataDir, "ready.json");
  rmSync(file);
  mkdirSync(file);
  gateway.kill("SIGTERM");
  expect(await gateway.exit).toEqual({ code: 1, signal: null });
  expect(gateway.stderr()).toMatch(/^Interchange could not stop cleanly: .*\n$/);
});

describe("what stops it from starting is said in a sentence", () => {
  const supplier = { name: "s", baseUrl: "http://127.0.0.1:1", dialect: "messages", offers: [] };
  const offer = { instrument: "text-max", model: "m", askMicrosPerUnit: 1 };

  const WRONG: readonly (readonly [string, object, RegExp])[] = [
    [
      "a wrong type",
      { port: "many", suppliers: [{ ...supplier, offers: [offer] }] },
      /^ {2}port must be a whole number/,
    ],
    [
      "a wrong reference",
      { suppliers: [{ ...supplier, offers: [offer, { ...offer, instrument: "text-mox" }] }] },
      /^ {2}suppliers\[0\]\.offers\[1\]\.instrument /,
    ],
  ];

  test.each(WRONG)("%s in the configuration", async (_, config, line) => {
    const dataDir = freshDir();
    const file = join(dataDir, "wrong.yaml");
    writeFileSync(file, JSON.stringify(config));
    const gateway = startProcess(dataDir, { INTERCHANGE_CONFIG: file });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.stdout()).toBe("");
    const [head, problem, ...rest] = gateway.stderr().trimEnd().split("\n");
    expect(head).toBe("The configuration is refused:");
    expect(problem).toMatch(line);
    expect(rest).toEqual([]);
    expect(existsSync(join(dataDir, "ledger.db"))).toBe(false);
  });

  test("a port in use, and the one who uses it keeps its ready.json", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const dataDir = freshDir();
    const foreign = JSON.stringify({ pid: process.pid });
    writeFileSync(join(dataDir, "ready.json"), foreign);
    const gateway = startProcess(dataDir, { PORT: String(port) });
    const exit = await gateway.exit;
    other.close();
    expect(exit).toEqual({ code: 1, signal: null });
    expect(gateway.stdout()).toBe("");
    expect(gateway.stderr()).toMatch(/^Interchange could not start: .*EADDRINUSE.* Choose another port with PORT=…\n$/);
    expect(readFileSync(join(dataDir, "ready.json"), "utf8")).toBe(foreign);
  });

  test("a data directory that is a file", async () => {
    const dataDir = freshDir();
    const file = join(dataDir, "taken");
    writeFileSync(file, "");
    const gateway = startProcess(dataDir, { INTERCHANGE_DATA_DIR: file });
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.stderr()).toMatch(/^Interchange could not start: .*\n$/);
  });
});

describe("killed in the middle of traffic", () => {
  let supplier: Supplier;
  beforeAll(async () => {
    supplier = await startSupplier();
  });
  afterAll(() => supplier.close());

  test("it loses no token and charges none twice", async () => {
    const dataDir = freshDir();
    const { key, env } = await configure(dataDir, supplier.url);
    const first = startProcess(dataDir, env);
    const { baseUrl } = await first.ready;
    const whole: string[] = [];
    const begun: string[] = [];
    const caller = async (nth: number): Promise<void> => {
      const surface = FORMATS[nth % 2] as (typeof FORMATS)[number];
      // Some end long before the kill, some are cut by it, and some tickets are never followed.
      const asking = { sim: `chunks=20 delayBetweenMs=${nth % 4 === 3 ? 400 : 5}` };
      for (;;) {
        const given = await askAt(baseUrl, key, surface, { ...asking, redirect: "manual" });
        const requestId = given.headers.get("request-id") ?? "";
        begun.push(requestId);
        if (begun.length % 7 === 0) continue;
        await (await follow(baseUrl, given, surface, asking)).text();
        whole.push(requestId);
      }
    };
    const callers = Array.from({ length: 16 }, (_, nth) => caller(nth).catch(() => undefined));
    await expect.poll(() => whole.length).toBeGreaterThan(30);
    first.kill("SIGKILL");
    await Promise.all([first.exit, ...callers]);

    await withLedger(dataDir, async (ledger) => {
      expect(await ledger.audit()).toEqual([]);
      const { held, used, available, deposited } = await ledger.balance(ACCOUNT, INSTRUMENT);
      expect(deposited).toBe(DEPOSIT);
      expect(held + used + available).toBe(DEPOSIT);
      expect(held).toBeGreaterThan(0);
    });

    const second = startProcess(dataDir, env);
    const again = await second.ready;
    const answer = await askAt(again.baseUrl, key, "messages");
    await answer.text();
    whole.push(answer.headers.get("request-id") ?? "");
    second.kill("SIGTERM");
    expect(await second.exit).toEqual({ code: 0, signal: null });

    const HOURS_MS = 2 * 3_600_000;
    await withLedger(
      dataDir,
      async (ledger) => {
        await ledger.expire(Date.now() + HOURS_MS);
        expect(await ledger.audit()).toEqual([]);
        const receipts = await Promise.all([...new Set([...begun, ...whole])].map((id) => ledger.receipt(id)));
        const used = receipts.reduce((sum, receipt) => sum + (receipt?.tokensUsed ?? Number.NaN), 0);
        expect(await ledger.balance(ACCOUNT, INSTRUMENT)).toMatchObject({ held: 0, used, available: DEPOSIT - used });
        expect(receipts.filter((receipt) => receipt?.status === "pending")).toEqual([]);
        const paid = await Promise.all(whole.map((id) => ledger.receipt(id)));
        expect(paid.filter((receipt) => receipt?.status !== "reconciled" || receipt.tokensUsed === 0)).toEqual([]);
        const cut = receipts.filter((receipt) => receipt?.status === "error");
        expect(cut.length).toBeGreaterThan(0);
        expect(cut.every((receipt) => receipt?.reason === "expired")).toBe(true);
      },
      HOURS_MS,
    );
  });
});
