/**
 * Goal: every command does what it says, against a real gateway. Method: one long story, a step at a time; what --json prints is
 * held against the contract, and what people see is never wider than 80 columns.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { validators as chatCompletions } from "@interchange/contract/chat-completions";
import { validators as messages } from "@interchange/contract/messages";
import { validators as platform } from "@interchange/contract/platform";
import stringWidth from "string-width";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { commands } from "../src/commands.ts";
import { type Desk, INSTRUMENT, openDesk } from "./desk.ts";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

/** What earlier steps have found, by name. */
const memo: Record<string, string> = {};

interface Step {
  /** `$name` is what an earlier step has kept. */
  readonly argv: string;
  readonly operation: string;
  /** Properties that the answer has. */
  readonly want?: object;
  /** What is kept of the answer for later steps, by name. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Of the account; the operator's unless said. */
  readonly ours?: true;
  /** Said on stderr as well. */
  readonly note?: RegExp;
  readonly stdin?: string;
}

const step = (argv: string, operation: string, rest: Omit<Step, "argv" | "operation"> = {}): Step => ({
  argv,
  operation: operation.includes(" ") ? operation : `platform ${operation}`,
  ...rest,
});

/** Commands that only look, so that each is run twice: as JSON, and as people see it. */
const LOOKS = /^(?:\S+ (?:list|show|lots|movements|summary|versions|offers|health|explain|count)|statement)\b/;

const acme = "--account acme";

const STORY: readonly Step[] = [
  step("accounts create --id beta --name Beta --running-max 5 --requests-per-minute none", "createAccount", {
    want: { id: "beta", name: "Beta", limits: { requests_per_minute: null, tokens_per_minute: null, running_max: 5 } },
  }),
  step("accounts list --limit 1", "listAccounts", {
    want: { next_cursor: expect.any(String) },
    keep: { cursor: "next_cursor" },
  }),
  step("accounts list --cursor $cursor", "listAccounts", { want: { data: [{ id: "acme" }], next_cursor: null } }),
  step("accounts list --all", "listAccounts", { want: { next_cursor: null } }),
  step("accounts show acme", "retrieveAccount", { want: { name: "Acme" } }),
  step("accounts show", "retrieveAccount", { ours: true, want: { id: "acme" } }),
  step("accounts update beta --name Better --default-instrument text-prime", "updateAccount", {
    want: { name: "Better", default_instrument: "text-prime" },
  }),
  step("accounts update beta --default-instrument none", "updateAccount", { want: { default_instrument: null } }),
  step("accounts update beta --data - --name Best", "updateAccount", {
    stdin: '{"name":"Good","limits":{"running_max":7}}',
    want: { name: "Best", limits: expect.objectContaining({ running_max: 7 }) },
  }),

  step(`keys create ${acme} --name build --instruments text-prime,text-max --inline --expires +30d`, "createKey", {
    want: { name: "build", role: "consumption", inline: true, instruments: ["text-prime", "text-max"] },
    keep: { key: "id", secret: "secret" },
    note: /shown this once/,
  }),
  step(`keys list ${acme}`, "listKeys"),
  step("keys show $key", "retrieveKey", { want: { status: "active" } }),
  step("keys update $key --name builder --tokens-per-minute 9000", "updateKey", { want: { name: "builder" } }),
  step("keys rotate $key --overlap-seconds 60", "rotateKey", { keep: { next: "id" }, note: /shown this once/ }),
  step("keys revoke $next --yes", "revokeKey", { want: { status: "revoked" } }),

  step("balances list", "listBalances", { ours: true }),
  step(
    "tokens deposit --account beta --instrument text-prime --tokens 5_000 --cost-usd 0.25 --expires 2099-01-01",
    "depositTokens",
    {
      want: { tokens: "5000", cost_usd: "0.250000", expires_at: "2099-01-01T00:00:00.000Z" },
    },
  ),
  step("tokens lots --account beta --instrument text-prime", "listLots"),
  step("tokens movements --account beta", "listMovements"),
  step("tokens count How many are these?", "messages countMessageTokens", {
    ours: true,
    want: { input_tokens: expect.any(Number) },
  }),
  step("tokens count --data -", "messages countMessageTokens", {
    ours: true,
    stdin: '{"model":"text-prime","messages":[{"role":"user","content":"Hi"}]}',
  }),
  step(`credits deposit ${acme} --amount-usd 2.50 --reference gift`, "depositCredits", {
    want: { amount_usd: "2.500000" },
  }),
  step("credits show", "retrieveCredits", { ours: true, want: { available_usd: "102.500000" } }),

  step(
    "instruments create --name tiny --tier standard --description Small. --context-tokens 4000 --output-tokens-max 500 --features tools --modalities text --price-per-unit-usd 1.5 --first-token-ms-max 900",
    "createInstrument",
    {
      want: {
        name: "tiny",
        features: ["tools"],
        price_per_unit_usd: "1.500000",
        floors: expect.objectContaining({ first_token_ms_max: 900 }),
      },
    },
  ),
  step("instruments list", "listInstruments"),
  step("instruments show tiny", "retrieveInstrument", { want: { version: 1 } }),
  step("instruments update tiny --price-per-unit-usd 2 --if-version 1", "updateInstrument", { want: { version: 2 } }),
  step("instruments versions tiny", "listInstrumentVersions"),

  step(
    'suppliers create --name other --base-url https://other.test --dialects messages --collects-data no --connect-ms 900 --quirks {"thinking":"budget"}',
    "createSupplier",
    {
      want: {
        name: "other",
        collects_data: false,
        quirks: { thinking: "budget" },
        timeouts: expect.objectContaining({ connect_ms: 900 }),
      },
    },
  ),
  step("suppliers list", "listSuppliers"),
  step("suppliers show other", "retrieveSupplier"),
  step("suppliers update other --collects-data none --if-version 1", "updateSupplier", {
    want: { collects_data: null, version: 2 },
  }),
  step("suppliers pause other", "updateSupplier", { want: { status: "paused" } }),
  step("suppliers drain other", "updateSupplier", { want: { status: "draining" } }),
  step("suppliers resume other", "updateSupplier", { want: { status: "active" } }),
  step(
    "offers create other --instrument tiny --dialect messages --model m --ask-per-unit-usd 0.9 --lacks tools",
    "createOffer",
    {
      want: { ask_per_unit_usd: "0.900000", lacks: ["tools"] },
      keep: { offer: "id" },
    },
  ),
  step("offers show $offer", "retrieveOffer"),
  step("offers update $offer --ask-per-unit-usd 0.8 --features none", "updateOffer", {
    want: { ask_per_unit_usd: "0.800000", features: null },
  }),
  step("offers pause $offer", "updateOffer", { want: { status: "paused" } }),
  step("offers drain $offer", "updateOffer", { want: { status: "draining" } }),
  step("offers resume $offer", "updateOffer", { want: { status: "active" } }),
  step("suppliers offers other", "listSupplierOffers"),
  step("suppliers health house", "listSupplierHealth"),
  step("instruments offers tiny", "listInstrumentOffers"),

  step("instruments update text-prime --price-per-unit-usd 1", "updateInstrument"),
  step("purchases create --instrument text-prime --tokens 1000000 --reference p1", "createPurchase", {
    ours: true,
    want: { status: "filled" },
    keep: { purchase: "id" },
  }),
  step("purchases list", "listPurchases", { ours: true }),
  step("purchases show $purchase", "retrievePurchase", { ours: true }),
  step("auto-buy set text-prime --tokens 1000000 --below-tokens 10 --price-max 3", "putAutoBuy", {
    ours: true,
    want: { enabled: true, price_usd_per_unit_max: "3.000000" },
  }),
  step("auto-buy list", "listAutoBuys", { ours: true }),
  step(
    "auto-reload set --account acme --amount-usd 20 --below-usd 1 --monthly-limit-usd 50 --enabled no",
    "putAutoReload",
    {
      want: { enabled: false },
    },
  ),
  step("auto-reload show", "retrieveAutoReload", { ours: true }),
  step("invoices list", "listInvoices", { ours: true, want: { data: [] } }),

  step("models list", "chat-completions listModels", { ours: true }),
  step("models list --surface messages", "messages listModels", { ours: true, want: { has_more: false } }),
  step("models show text-prime", "chat-completions retrieveModel", { ours: true }),
  step("models show text-prime -s messages", "messages retrieveModel", { ours: true }),
  step("route explain Who would answer this?", "explainRoute", { ours: true, want: { decision: "route" } }),
  step("route explain -s messages -m tiny --max-tokens 9 --system Short. Hi", "explainRoute", {
    want: { surface: "messages" },
  }),
  step("route explain --data -", "explainRoute", {
    stdin: '{"model":"text-max","messages":[{"role":"user","content":"Hi"}]}',
  }),

  step("chat Hello there", "chat-completions createChatCompletion", { ours: true, note: /charged \d+ tokens/ }),
  step("chat -s messages Hello there", "messages createMessage", { ours: true, note: /charged \d+ tokens/ }),
  step("usage list --from 1h --to +1h --status reconciled", "listUsage", {
    ours: true,
    keep: { request: "data.0.request_id" },
  }),
  step("usage list --overrun", "listUsage", { want: { data: [] } }),
  step("usage show $request", "retrieveUsage", { ours: true }),
  step("usage summary --by instrument --from 7d", "summarizeUsage", { ours: true }),
  step("statement", "retrieveStatement", { ours: true, want: { account_id: "acme" } }),
  step("statement --from 2026-01-01 --to 2026-02-01", "retrieveStatement", {
    ours: true,
    want: { from: "2026-01-01T00:00:00.000Z", to: "2026-02-01T00:00:00.000Z" },
  }),
  step("whoami", "none", { ours: true, want: { account: "acme", role: "consumption", key_from: "environment" } }),

  step("instruments retire tiny --yes", "retireInstrument"),
  step("accounts close beta --yes", "closeAccount", { want: { closed_at: expect.any(String) } }),
];

const CONTRACTS: Readonly<Record<string, object>> = { "chat-completions": chatCompletions, messages, platform };

type Responses = Readonly<Record<number, (value: unknown) => boolean>>;

function isInContract(name: string, answer: unknown): boolean {
  const [document = "", operation = ""] = name.split(" ");
  const checks = CONTRACTS[document] as Readonly<Record<string, { responses: Responses } | undefined>>;
  const responses = checks[operation]?.responses;
  const check = responses?.[200] ?? responses?.[201];
  return check === undefined ? operation === "none" : check(answer);
}

function wordsOf(argv: string): string[] {
  return argv.replaceAll(/\$(\w+)/g, (_, name: string) => memo[name] ?? "").split(" ");
}

function expectNarrow(text: string): void {
  for (const line of text.split("\n")) expect([line, stringWidth(line) <= 80]).toEqual([line, true]);
}

describe("the story of a market", () => {
  test.each(STORY)("$argv", async ({ argv, operation, want = {}, keep = {}, ours, note, stdin }) => {
    const manner = { ...(ours === undefined ? {} : { key: desk.key }), ...(stdin === undefined ? {} : { stdin }) };
    const { code, stdout, stderr } = await desk.run([...wordsOf(argv), "--json"], manner);
    expect([code, stderr]).toEqual([0, note === undefined ? "" : expect.stringMatching(note)]);
    const answer = JSON.parse(stdout);
    expect([answer, isInContract(operation, answer)]).toEqual([answer, true]);
    expect(answer).toMatchObject(want);
    for (const [name, place] of Object.entries(keep))
      memo[name] = String(place.split(".").reduce((at, step) => at[step], answer));
    if (!LOOKS.test(argv)) return;
    const seen = await desk.run(wordsOf(argv), { ...manner, env: { COLUMNS: "80" } });
    expect(seen.code).toBe(0);
    expectNarrow(seen.stdout);
    expect(seen.stdout + seen.stderr).not.toBe("");
  });

  test.each([
    ["offers remove $offer --yes", /^Offer \S+ is removed\.\n$/],
    ["suppliers remove other --yes", /^Supplier other is removed\.\n$/],
    ["auto-buy remove text-prime --account acme", /^text-prime is bought by itself no longer\.\n$/],
    ["auto-reload remove --account acme", /^Credits are reloaded by themselves no longer\.\n$/],
  ])("%s says that it is done", async (argv, sentence) => {
    const { code, stdout, stderr } = await desk.run(wordsOf(argv));
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: expect.stringMatching(sentence) });
  });

  test("every command that asks the gateway is in it", () => {
    const told = [
      ...STORY.map(({ argv }) => argv),
      "offers remove",
      "suppliers remove",
      "auto-buy remove",
      "auto-reload remove",
    ];
    const asking = commands.filter(({ operations, words }) => operations.length > 0 && words !== "login");
    expect(
      asking.map(({ words }) => words).filter((words) => !told.some((argv) => `${argv} `.startsWith(`${words} `))),
    ).toEqual([]);
  });
});

describe("a list of several pages", () => {
  beforeAll(async () => {
    const { ledger } = desk.gateway.engine;
    await ledger.openAccount({ id: "many", name: "Many" });
    for (let lot = 0; lot < 105; lot += 1)
      await ledger.deposit({ accountId: "many", instrument: INSTRUMENT, tokens: lot + 1, costMicros: 0 });
  });
  const lots = async (more: string) => desk.json(["tokens", "lots", "--account", "many", ...more.split(" ")]);

  test("is one document, up to the limit, and goes on where it ended", async () => {
    const first = await lots("--limit 103");
    expect([first.data.length, first.next_cursor]).toEqual([103, expect.any(String)]);
    const rest = await lots(`--cursor ${first.next_cursor}`);
    expect([rest.data.map((lot: { tokens: string }) => lot.tokens), rest.next_cursor]).toEqual([["2", "1"], null]);
  });

  test("is whole where all is wanted", async () => {
    expect((await lots("--all")).data.map((lot: { tokens: string }) => Number(lot.tokens))).toEqual(
      Array.from({ length: 105 }, (_, index) => 105 - index),
    );
  });

  test("says that there is more", async () => {
    const { stdout, stderr } = await desk.run(["tokens", "lots", "--account", "many"]);
    expect(stdout.trimEnd().split("\n")).toHaveLength(51);
    expect(stderr).toBe("There are more: --limit says how many to show, --all shows them all.\n");
  });

  test("says what is missing where there is nothing", async () => {
    expect(await desk.run(["purchases", "list", "--account", "many"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "Nothing was bought yet.\n",
    });
  });
});

test("a body comes from a file as well", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "interchange-data-")), "account.json");
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  writeFileSync(file, '{"id":"filed","name":"Filed"}');
  expect(await desk.json(["accounts", "create", "--data", `@${file}`])).toMatchObject({ id: "filed", name: "Filed" });
});
