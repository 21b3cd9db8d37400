/** Credits, standing orders and prices in the configuration: read, proved, and put into the books once. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AccountRow, type Config, readConfig } from "@interchange/config";
import { type Ledger, openLedger } from "@interchange/ledger";
import { createHealth } from "@interchange/routing";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { priceOf } from "../src/buying/index.ts";
import { openMarket } from "../src/market/index.ts";
import { seed } from "../src/seed.ts";

function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "interchange-buying-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A small file with these rows of accounts and of instruments. */
function read({ account = "", instruments = "[]", paused = false }) {
  const cwd = freshDir();
  const text = `
instruments: ${instruments}
suppliers:
  - name: dear
    baseUrl: http://127.0.0.1:8000
    dialect: chat-completions
    offers: [{ instrument: text-prime, model: m, askMicrosPerUnit: 300000 }]
  - name: cheap
    baseUrl: http://127.0.0.1:8001
    dialect: [chat-completions, messages]
    paused: ${paused}
    offers: [{ instrument: Text-Prime, model: m, askMicrosPerUnit: 200000 }]
accounts: [{ id: home, lots: []${account} }]
`;
  writeFileSync(join(cwd, "interchange.config.yaml"), text);
  return readConfig({ env: {}, cwd });
}

function accepted(given: Parameters<typeof read>[0]): Config {
  const reading = read(given);
  if (reading.kind !== "config") throw new Error(JSON.stringify(reading));
  return reading.config;
}

const CREDITS = "credits: [{ reference: first, amountMicros: 5000000 }]";
const AUTO_BUY = "autoBuy: [{ instrument: TEXT-prime, tokens: 1000, belowTokens: 0, priceMicrosPerUnitMax: 7 }]";
const AUTO_RELOAD = "autoReload: { amountMicros: 20, belowMicros: 5, monthlyLimitMicros: 20 }";

test("what an account has may be said in full", () => {
  expect(accepted({ account: `, ${CREDITS}, ${AUTO_BUY}, ${AUTO_RELOAD}` }).accounts).toEqual([
    {
      id: "home",
      name: "home",
      lots: [],
      credits: [{ reference: "first", amountMicros: 5_000_000 }],
      autoBuy: [{ instrument: "text-prime", tokens: 1_000, belowTokens: 0, priceMicrosPerUnitMax: 7 }],
      autoReload: { amountMicros: 20, belowMicros: 5, monthlyLimitMicros: 20 },
    },
  ]);
});

test.each([
  ["credits: [{ reference: a, amountMicros: 0 }]", "credits[0].amountMicros must be at least 1, not 0"],
  ["credits: [{ reference: a, amountMicros: -1 }]", "credits[0].amountMicros must be at least 1, not -1"],
  ["credits: [{ reference: a, amountMicros: 0.5 }]", "credits[0].amountMicros must be a whole number, not 0.5"],
  ["credits: [{ reference: a }]", "credits[0].amountMicros is missing"],
  [
    "credits: [{ reference: a, amountMicros: 1000000000000001 }]",
    "credits[0].amountMicros must be at most 1000000000000000, not 1000000000000001",
  ],
  [
    "credits: [{ reference: a, amountMicros: 1 }, { reference: a, amountMicros: 1 }]",
    'credits[1].reference is "a", which accounts[0].credits[0] has already',
  ],
  ["autoBuy: [{ instrument: text-prime, tokens: 1 }]", "autoBuy[0].belowTokens is missing"],
  ["autoBuy: [{ instrument: text-prime, tokens: 0, belowTokens: 0 }]", "autoBuy[0].tokens must be at least 1, not 0"],
  [
    "autoBuy: [{ instrument: text-primo, tokens: 1, belowTokens: 0 }]",
    'autoBuy[0].instrument names no instrument: "text-primo"; did you mean text-prime?',
  ],
  [
    "autoBuy: [{ instrument: text-prime, tokens: 1, belowTokens: 0 }, { instrument: Text-Prime, tokens: 1, belowTokens: 0 }]",
    'autoBuy[1].instrument is "Text-Prime", which accounts[0].autoBuy[0] has already',
  ],
  [
    "autoReload: { amountMicros: 20, belowMicros: 5, monthlyLimitMicros: 19 }",
    "autoReload.monthlyLimitMicros must be at least the amountMicros of 20, not 19",
  ],
  ["autoReload: { amountMicros: 20, belowMicros: 5 }", "autoReload.monthlyLimitMicros is missing"],
])("%s is refused", (account, sentence) => {
  const reading = read({ account: `, ${account}` });
  const problems = reading.kind === "refused" ? reading.problems : [];
  expect(problems.map((problem) => problem.replace(/ \(\S+\)$/, ""))).toEqual([`accounts[0].${sentence}`]);
});

test.each([
  ["the cheapest ask", {}, "text-prime", 200_000],
  ["in any case of the name", {}, "TEXT-PRIME", 200_000],
  ["the cheapest that is not paused", { paused: true }, "text-prime", 300_000],
  ["the operator's own", { instruments: "[{ name: text-prime, priceMicrosPerUnit: 900000 }]" }, "Text-Prime", 900_000],
  [
    "the operator's own, though it is nothing",
    { instruments: "[{ name: text-prime, priceMicrosPerUnit: 0 }]" },
    "text-prime",
    0,
  ],
  ["none where nobody offers it", {}, "text-max", undefined],
  ["none where there is no such instrument", {}, "text-primo", undefined],
])("the price is %s", async (_, given, instrument, want) => {
  const config = accepted(given);
  const ledger = await openLedger({ file: ":memory:" });
  const market = await openMarket({
    config,
    ledger,
    health: createHealth(),
    clock: Date.now,
    log: pino({ level: "silent" }),
  });
  onTestFinished(async () => {
    await market.close(true);
    await ledger.close();
  });
  expect(priceOf(market, instrument)).toBe(want);
});

async function openBooks(): Promise<{ ledger: Ledger; start: (...accounts: AccountRow[]) => Promise<unknown> }> {
  const dataDir = freshDir();
  const ledger = await openLedger({ file: join(dataDir, "ledger.db") });
  onTestFinished(() => ledger.close());
  const { config } = read({}) as { config: Config };
  return { ledger, start: (...accounts) => seed({ ...config, dataDir, accounts }, ledger) };
}

const HOME: AccountRow = {
  id: "home",
  name: "Home",
  lots: [],
  credits: [{ reference: "first", amountMicros: 5_000_000 }],
  autoBuy: [{ instrument: "text-prime", tokens: 1_000, belowTokens: 10, priceMicrosPerUnitMax: 7 }],
  autoReload: { amountMicros: 20, belowMicros: 5, monthlyLimitMicros: 40 },
};

test("a second start changes nothing, and new rows are put beside", async () => {
  const { ledger, start } = await openBooks();
  await start(HOME);
  await start(HOME);
  expect(await ledger.credits("home")).toEqual({
    depositedMicros: 5_000_000,
    availableMicros: 5_000_000,
    spentMicros: 0,
  });
  expect(await ledger.autoBuys("home")).toMatchObject([
    { instrument: "text-prime", enabled: true, tokens: 1_000, belowTokens: 10, priceMicrosPerUnitMax: 7 },
  ]);
  expect(await ledger.autoReload("home")).toMatchObject({
    enabled: true,
    amountMicros: 20,
    belowMicros: 5,
    monthlyLimitMicros: 40,
    reloadedThisMonthMicros: 0,
  });
  // The configuration is the operator's: what it sets the account may set again.
  const again = { accountId: "home", enabled: false, amountMicros: 20, belowMicros: 5, monthlyLimitMicros: 40 };
  expect((await ledger.putGrantedAutoReload(again)).kind).toBe("put");
  expect((await ledger.putGrantedAutoReload({ ...again, monthlyLimitMicros: 41 })).kind).toBe("beyond-grant");
  const more = { instrument: "text-max", tokens: 5, belowTokens: 1 };
  const credits = [...(HOME.credits ?? []), { reference: "second", amountMicros: 1 }];
  await start({ ...HOME, credits, autoBuy: [...(HOME.autoBuy ?? []), more] });
  expect((await ledger.credits("home")).depositedMicros).toBe(5_000_001);
  expect(await ledger.autoBuys("home")).toHaveLength(2);
});

test("what was changed or deleted since stays so", async () => {
  const { ledger, start } = await openBooks();
  await start(HOME);
  const changed = { accountId: "home", instrument: "text-prime", enabled: false, tokens: 9, belowTokens: 8 };
  await ledger.putAutoBuy(changed);
  await ledger.deleteAutoReload("home");
  await start(HOME);
  expect(await ledger.autoBuys("home")).toMatchObject([{ enabled: false, tokens: 9, belowTokens: 8 }]);
  expect(await ledger.autoReload("home")).toBeUndefined();
});

test("what was set before the row was written is not written over", async () => {
  const { ledger, start } = await openBooks();
  await ledger.openAccount({ id: "home", name: "Home" });
  await ledger.putAutoBuy({ accountId: "home", instrument: "text-prime", enabled: true, tokens: 9, belowTokens: 8 });
  await start(HOME);
  expect(await ledger.autoBuys("home")).toMatchObject([{ tokens: 9, belowTokens: 8 }]);
});

test("credits whose row was changed keep what they were, and say so", async () => {
  const { ledger, start } = await openBooks();
  await start(HOME);
  const changed = { ...HOME, credits: [{ reference: "first", amountMicros: 1 }] };
  await expect(start(changed)).rejects.toThrow(/^credits first of account home was deposited otherwise/);
  expect((await ledger.credits("home")).depositedMicros).toBe(5_000_000);
});
