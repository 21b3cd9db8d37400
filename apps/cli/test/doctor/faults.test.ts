/**
 * Goal: each fault is found by its name, by the check that should, with the exit code that scripts read. Method: a real
 * gateway, and between it and the doctor a proxy that does one thing wrong; nothing is mocked.
 */
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { check, ok } from "../../src/doctor/check.ts";
import { CHECKS } from "../../src/doctor/checks/index.ts";
import type { Context } from "../../src/doctor/context.ts";
import { type Examination, examine, type Outcome } from "../../src/doctor/examination.ts";
import { NETWORK } from "../../src/doctor/network.ts";
import { type CertificateWish, makeCertificate, trust } from "./certificate.ts";
import { contextOf, examineMarket, INSTRUMENT, type Market, NOBODY, openMarket } from "./market.ts";
import { type Answerer, type Instead, type Meddling, startProxy } from "./proxy.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Between the pieces of a stream, so that whether they come apart can be told. */
const SLOWLY = { delayBetweenMs: 15 };

let market: Market;
beforeAll(async () => {
  market = await openMarket();
});
afterAll(() => market.close());

/** What is wrong this time, as what the doctor is told. */
type Arrange = () => Partial<Context> | Promise<Partial<Context>>;

/** The check that finds it first, what that says, and what the command ends with; then what else cannot but go wrong. */
type Want = readonly [
  check: string,
  status: Outcome["status"],
  fault: string,
  exit: Examination["exit"],
  besides?: readonly string[],
];

type Row = readonly [name: string, arrange: Arrange, want: Want];

const through =
  (meddling: Meddling): Arrange =>
  async () => ({ baseUrl: (await startProxy(market.url, meddling)).url });

const page = (status: number): Instead => ({
  status,
  headers: { "content-type": "text/html", server: "nginx" },
  body: "<!doctype html><title>Welcome</title>",
});
const json = (status: number, body: unknown): Instead => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const onQuestions =
  (answer: Instead): Answerer =>
  ({ method, path }) =>
    method === "POST" && /^\/v1\/(?:chat|messages)/.test(path) ? answer : undefined;

const ledger = () => market.gateway.engine.ledger;
const keyWith = async (settings: object): Promise<string> =>
  (await ledger().createKey({ accountId: market.accountId, role: "consumption", ...settings })).secret;
const freshAccount = async (tokens: number): Promise<{ key: string; accountId: string }> => {
  const { id: accountId } = await ledger().openAccount({ name: "Fresh" });
  if (tokens > 0) await ledger().deposit({ accountId, instrument: INSTRUMENT, tokens, costMicros: tokens });
  return { accountId, key: (await ledger().createKey({ accountId, role: "consumption" })).secret };
};
/** A refusal in the gateway's own envelope. */
const ours = (status: number, detail = "Made for a test."): Instead => json(status, { errors: { detail } });
const onPath =
  (start: string, answer: Instead): Answerer =>
  ({ path }) =>
    path.startsWith(start) ? answer : undefined;
const refusedWith = (status: number): Arrange => through({ instead: onQuestions(ours(status)) });
/** What a simulated supplier does until the test ends. */
const supplied =
  (directives: Parameters<Market["suppliers"][number]["program"]>[0]): Arrange =>
  () => {
    const [supplier] = market.suppliers;
    supplier?.program({ ...SLOWLY, ...directives });
    onTestFinished(() => supplier?.program(SLOWLY));
    return {};
  };
const publicId = (key: string): string => key.split("_")[1] ?? "";

const KEY_RECORD = {
  role: "consumption",
  name: null,
  inline: false,
  instruments: null,
  expires_at: null,
  limits: { requests_per_minute: null, tokens_per_minute: null, running_max: null },
};
const INSTRUMENT_RECORD = {
  name: INSTRUMENT,
  status: "active",
  effective_at: "2026-01-01T00:00:00.000Z",
  floors: { first_token_ms_max: null },
};

const MOVED: Instead = { status: 301, headers: { location: "https://elsewhere.invalid/v1/models" }, body: "" };
const unreachable = through({ location: (path) => `http://gone.invalid${path}` });

const WAY: readonly Row[] = [
  ["no base URL", () => ({ baseUrl: "" }), ["base-url", "failed", "base-url-missing", 2]],
  ["a base URL that is none", () => ({ baseUrl: "http://" }), ["base-url", "failed", "base-url-unreadable", 2]],
  ["a scheme of another kind", () => ({ baseUrl: "ws://localhost" }), ["base-url", "failed", "scheme-unknown", 2]],
  ["no scheme", () => ({ baseUrl: market.url.slice(7) }), ["base-url", "warning", "scheme-missing", 0]],
  ["a doubled /v1", () => ({ baseUrl: `${market.url}/v1/v1` }), ["base-url", "warning", "v1-doubled", 0]],
  [
    "an operation's path",
    () => ({ baseUrl: `${market.url}/v1/messages` }),
    ["base-url", "warning", "operation-in-url", 0],
  ],
  ["a query", () => ({ baseUrl: `${market.url}/v1?a=b` }), ["base-url", "warning", "query-in-url", 0]],
  [
    "a password in it",
    () => ({ baseUrl: market.url.replace("//", "//me:secret@") }),
    ["base-url", "warning", "credentials-in-url", 0],
  ],
  [
    "a name that nobody knows",
    () => ({ baseUrl: "http://no-such-host.invalid" }),
    ["host-name", "failed", "name-unknown", 3],
  ],
  [
    "a wrong port, on which nothing listens",
    async () => ({ baseUrl: `http://127.0.0.1:${await freePort()}` }),
    ["port", "failed", "nothing-listens", 3],
  ],
  [
    "a port that accepts and is silent",
    async () => ({ baseUrl: `http://127.0.0.1:${await silentPort()}`, patienceMs: 300 }),
    ["gateway", "failed", "no-answer", 3],
  ],
  [
    "https:// where no TLS is spoken",
    () => ({ baseUrl: market.url.replace("http:", "https:") }),
    ["certificate", "failed", "tls-missing", 3],
  ],
  [
    "http:// where TLS is spoken",
    async () => ({ baseUrl: (await secured({})).replace("https:", "http:") }),
    ["gateway", "failed", "tls-expected", 3],
  ],
  [
    "a self-signed certificate",
    async () => ({ baseUrl: await secured({}) }),
    ["certificate", "failed", "certificate-self-signed", 3],
  ],
  [
    "a certificate of an authority that nobody trusts",
    async () => {
      const signedBy = makeCertificate({ name: "authority" });
      return { baseUrl: await secured({ signedBy }) };
    },
    ["certificate", "failed", "certificate-untrusted", 3],
  ],
  [
    "a trusted certificate that has expired",
    async () => ({ baseUrl: await secured({ until: new Date(Date.now() - DAY_MS), isTrusted: true }) }),
    ["certificate", "failed", "certificate-expired", 3],
  ],
  [
    "a trusted certificate for another name",
    async () => ({ baseUrl: await secured({ name: "elsewhere.invalid", isTrusted: true }) }),
    ["certificate", "failed", "certificate-name", 3],
  ],
  [
    "a trusted certificate that expires in 3 days",
    async () => ({ baseUrl: await secured({ until: new Date(Date.now() + 3 * DAY_MS), isTrusted: true }) }),
    ["certificate", "warning", "certificate-expires-soon", 0],
  ],
  [
    "a port behind a firewall",
    // No machine has such a port for sure; what a firewall that drops comes to is this.
    () => ({ network: { ...NETWORK, connect: async () => ({ kind: "closed", code: "ETIMEDOUT" }) } }),
    ["port", "failed", "port-silent", 3],
  ],
  ["a proxy that answers HTML", through({ instead: () => page(200) }), ["gateway", "failed", "web-page", 3]],
  [
    "a proxy whose gateway is down",
    through({ instead: () => page(502) }),
    ["gateway", "failed", "proxy-without-gateway", 3],
  ],
  [
    "another API",
    through({ instead: () => json(401, { error: { message: "no key", type: "invalid_request_error" } }) }),
    ["gateway", "failed", "another-api", 3],
  ],
  [
    "another API's list of models",
    through({ instead: () => json(200, { object: "list", data: [{ id: "some-model", object: "model" }] }) }),
    ["gateway", "failed", "another-api", 3],
  ],
  ["a server that has moved", through({ instead: () => MOVED }), ["gateway", "failed", "moved", 3]],
  [
    "a gateway without its books",
    through({ instead: () => json(503, { errors: { detail: "The books cannot be had just now." } }) }),
    ["gateway", "failed", "gateway-unready", 3],
  ],
  [
    "a clock 5 minutes ahead",
    () => ({ clock: () => Date.now() + 5 * MINUTE_MS }),
    ["clocks", "failed", "clock-skewed", 5],
  ],
  [
    "a gateway's clock 5 minutes ahead",
    through({ says: { date: new Date(Date.now() + 5 * MINUTE_MS).toUTCString() } }),
    ["clocks", "failed", "clock-skewed", 5],
  ],
  ["clocks 10 seconds apart", () => ({ clock: () => Date.now() - 10_000 }), ["clocks", "warning", "clock-skewed", 0]],
];

const KEY: readonly Row[] = [
  ["no key", () => ({ key: undefined }), ["key-form", "failed", "key-missing", 4]],
  ["a key with a line break", () => ({ key: `${market.key}\n` }), ["key-form", "warning", "key-padded", 0]],
  ["another vendor's key", () => ({ key: "sk-proj-1234567890" }), ["key-form", "failed", "key-of-another-vendor", 4]],
  ["half a key", () => ({ key: market.key.slice(0, 30) }), ["key-form", "failed", "key-misshapen", 4]],
  ["a key's sign mistyped", () => ({ key: `${market.key.slice(0, -1)}l` }), ["key-form", "failed", "key-misshapen", 4]],
  ["a wrong key", () => ({ key: wrongKey() }), ["key-accepted", "failed", "key-unknown", 4]],
  ["a revoked key", revokedKey, ["key-accepted", "failed", "key-revoked", 4]],
  ["an expired key", expiredKey, ["key-accepted", "failed", "key-expired", 4]],
  ["a closed account", closedAccount, ["key-accepted", "failed", "account-closed", 4]],
  [
    "a proxy that strips Authorization",
    through({ strips: ["authorization"] }),
    ["key-accepted", "failed", "authorization-stripped", 4],
  ],
  [
    "a proxy that asks for a login",
    through({ instead: ({ path }) => (path.startsWith("/v1/keys/") ? page(401) : undefined) }),
    ["key-accepted", "failed", "proxy-login", 4],
  ],
  [
    "a look at the key that is not answered",
    through({ instead: onPath("/v1/keys/", ours(500)) }),
    ["key-accepted", "failed", "key-not-judged", 4],
  ],
  [
    "a key of a kind to come",
    through({ instead: onPath("/v1/keys/", json(200, { ...KEY_RECORD, role: "supplier" })) }),
    ["key-kind", "failed", "key-of-another-kind", 4],
  ],
  [
    "an operator's key",
    () => ({ key: market.operatorKey, instrument: INSTRUMENT }),
    ["key-kind", "failed", "key-of-operator", 4],
  ],
  [
    "a key that expires tomorrow",
    async () => ({ key: await keyWith({ expiresAtMs: Date.now() + DAY_MS }) }),
    ["key-standing", "warning", "key-expires-soon", 0],
  ],
];

const MARKET: readonly Row[] = [
  ["an unknown instrument", () => ({ instrument: "text-primo" }), ["instrument", "failed", "instrument-unknown", 5]],
  [
    "an instrument that the key may not buy",
    async () => ({ instrument: INSTRUMENT, key: await keyWith({ instruments: ["text-max"] }) }),
    ["instrument", "failed", "instrument-forbidden", 5],
  ],
  ["an instrument that is retired", () => retired(), ["instrument", "failed", "instrument-retired", 5]],
  [
    "an instrument that is yet to come",
    through({
      instead: onPath("/v1/instruments/", json(200, { ...INSTRUMENT_RECORD, status: "scheduled" })),
    }),
    ["instrument", "failed", "instrument-scheduled", 5],
  ],
  [
    "an instrument that is not told",
    through({ instead: onPath("/v1/instruments/", ours(500)) }),
    ["instrument", "failed", "instrument-untold", 5],
  ],
  [
    "a request that no supplier can fill",
    through({
      instead: onPath("/v1/route:explain", json(200, { decision: "refusal", status: 400, reason: "None fits." })),
    }),
    ["supplier", "failed", "suppliers-unfit", 5],
  ],
  [
    "a route that is not explained",
    through({ instead: onPath("/v1/route:explain", ours(500)) }),
    ["supplier", "failed", "route-untold", 5],
  ],
  [
    "balances that are not told",
    async () => ({
      ...(await through({ instead: onPath("/v1/accounts/me/balances", ours(500)) })()),
      instrument: INSTRUMENT,
    }),
    ["balance", "failed", "balance-untold", 5],
  ],
  [
    "tokens that are bought on demand, without a credit to buy from",
    () => buyingOnDemand(),
    ["balance", "warning", "balance-bought-on-demand", 5, ["balance-too-low"]],
  ],
  [
    "an instrument that nobody offers",
    () => ({ instrument: "text-max" }),
    ["supplier", "failed", "suppliers-down", 5, ["balance-too-low"]],
  ],
  [
    "an empty balance",
    async () => ({ instrument: INSTRUMENT, key: (await freshAccount(0)).key }),
    ["balance", "failed", "balance-too-low", 5],
  ],
  [
    "a balance that is less than a question holds",
    async () => ({ key: (await freshAccount(5)).key }),
    ["balance", "failed", "balance-too-low", 5],
  ],
  [
    "a limit that is reached",
    async () => ({ key: await keyWith({ limits: { requestsPerMinute: 1 } }) }),
    ["first-token-messages", "failed", "limit-reached", 5],
  ],
];

const TRIP: readonly Row[] = [
  ["a Location on a host that nobody knows", unreachable, ["redirect", "failed", "location-unreachable", 5]],
  [
    "a Location on a port on which nothing listens",
    async () => {
      const port = await freePort();
      return through({ location: (path) => `http://127.0.0.1:${port}${path}` })();
    },
    ["redirect", "failed", "location-unreachable", 5],
  ],
  [
    "a Location that leads to a web page",
    async () => {
      const elsewhere = await startProxy(market.url, { instead: () => page(200) });
      return through({ location: (path) => `${elsewhere.url}${path}` })();
    },
    ["redirect", "failed", "location-elsewhere", 5],
  ],
  [
    "a path in front that the Location does not have",
    async () => {
      const behind = through({
        onto: (path) => path.replace(/^\/gateway/, ""),
        instead: ({ path }) => (path.startsWith("/gateway/") ? undefined : page(404)),
      });
      return { baseUrl: `${(await behind()).baseUrl}/gateway` };
    },
    ["redirect", "failed", "location-elsewhere", 5],
  ],
  ["a 307 without a Location", through({ says: { location: null } }), ["redirect", "failed", "location-missing", 5]],
  [
    "a page in the place of a question's answer",
    through({ instead: onQuestions(page(403)) }),
    ["redirect", "failed", "proxy-answers", 5],
  ],
  ["a 401 on questions alone", refusedWith(401), ["redirect", "failed", "key-refused", 5]],
  ["a 403 on questions alone", refusedWith(403), ["redirect", "failed", "forbidden", 5]],
  ["a 418", refusedWith(418), ["redirect", "failed", "refused", 5]],
  ["a 500", refusedWith(500), ["redirect", "failed", "gateway-broken", 5]],
  ["a 503 on questions alone", refusedWith(503), ["redirect", "failed", "unavailable", 5]],
  [
    "a Location that leads from https to http",
    async () => {
      const plain = await startProxy(market.url);
      return { baseUrl: await secured({ isTrusted: true }, { location: (path) => `${plain.url}${path}` }) };
    },
    ["redirect", "failed", "location-downgraded", 5],
  ],
  [
    "a proxy that follows redirects itself",
    through({ onto: (path) => (path.startsWith("/v1/chat") ? `/inline${path}` : path) }),
    ["redirect", "warning", "redirect-followed", 0],
  ],
  [
    "a proxy that makes one document of a stream",
    through({ says: { "content-type": "application/json" } }),
    ["first-token-chat-completions", "failed", "stream-unwelcome", 5],
  ],
  [
    "a supplier that fails in the midst",
    supplied({ fault: "error-mid-stream" }),
    ["stream-whole", "failed", "stream-failed", 5],
  ],
  [
    "a stream without a token",
    async () => ({
      ...(await through({ rewrites: (text) => text.replaceAll(/"content":"[^"]+"/g, '"content":""') })()),
      surface: "chat-completions",
    }),
    ["first-token-chat-completions", "failed", "first-token-missing", 5],
  ],
  [
    "a first token later than is promised",
    through({
      instead: onPath("/v1/instruments/", json(200, { ...INSTRUMENT_RECORD, floors: { first_token_ms_max: 1 } })),
    }),
    ["first-token-chat-completions", "warning", "first-token-slow", 0],
  ],
  ["a stream cut half-way", through({ stream: "cut" }), ["stream-whole", "failed", "stream-cut", 5]],
  ["a stream that ends half-way", through({ stream: "ended" }), ["stream-whole", "failed", "stream-cut", 5]],
  [
    "a stream that hangs half-way",
    async () => ({ ...(await through({ stream: "hung" })()), patienceMs: 500 }),
    ["stream-whole", "failed", "stream-cut", 5],
  ],
  [
    "a proxy that buffers the stream",
    through({ stream: "buffered" }),
    ["stream-unbuffered", "failed", "stream-buffered", 5],
  ],
  [
    "answers without request ids",
    through({ says: { "x-request-id": null, "request-id": null } }),
    ["request-id", "failed", "request-id-lost", 5],
  ],
  [
    "request ids of the proxy's own",
    through({ says: { "x-request-id": "7d1f" } }),
    ["request-id", "failed", "request-id-changed", 5, ["receipt-missing"]],
  ],
  [
    "request ids that the gateway does not know",
    through({ says: { "x-request-id": "7d1f", "request-id": "7d1f" } }),
    ["receipt", "failed", "receipt-missing", 5],
  ],
  [
    "a receipt that stays pending",
    async () => ({
      ...(await through({
        instead: onPath("/v1/usage/", json(200, { status: "pending", timing: { ttft_ms: null, duration_ms: null } })),
      })()),
      pause: async () => undefined,
    }),
    ["receipt", "warning", "receipt-pending", 0],
  ],
  [
    "usage that is not the receipt's",
    through({ rewrites: (text) => text.replace(/"prompt_tokens":\d+/, '"prompt_tokens":9999') }),
    ["receipt", "failed", "receipt-differs", 5],
  ],
];

describe.each([
  ["the way there", WAY],
  ["the key", KEY],
  ["the market", MARKET],
  ["the trip", TRIP],
])("%s", (_title, rows) => {
  beforeAll(() => market.suppliers[0]?.program(rows === TRIP ? SLOWLY : {}));
  test.each(rows)("%s", async (_name, arrange, [check, status, fault, exit, besides = []]) => {
    const { outcomes, exit: code } = await examineMarket(market, await arrange());
    const found = outcomes.find((each) => each.fault === fault);
    expect([found?.id, found?.status, found?.fault, code], told(outcomes)).toEqual([check, status, fault, exit]);
    const names = new Set(outcomes.flatMap((each) => each.fault ?? []));
    expect([...names].sort(), told(outcomes)).toEqual([fault, ...besides].sort());
    expect(found?.what).toMatch(/\.$|\)$/);
    expect(found?.do).toMatch(/\.$/);
  });
});

describe("what is said of this very case", () => {
  test.each<readonly [string, Arrange, fault: string, what: string]>([
    [
      "whether the other header would do",
      through({ strips: ["authorization"] }),
      "authorization-stripped",
      "x-api-key comes through.",
    ],
    [
      "that neither would",
      through({ strips: ["authorization", "x-api-key"] }),
      "authorization-stripped",
      "x-api-key does not come through either.",
    ],
    ["whose clock is ahead", () => ({ clock: () => Date.now() + 5 * MINUTE_MS }), "clock-skewed", "5 min behind"],
    ["and whose behind", () => ({ clock: () => Date.now() - 10_000 }), "clock-skewed", "10 s ahead"],
    ["how long a key is", () => ({ key: market.key.slice(0, 30) }), "key-misshapen", "30 characters"],
    ["what is there instead", () => ({ instrument: "text-primo" }), "instrument-unknown", "text-standard, text-prime,"],
    ["where it has moved", through({ instead: () => MOVED }), "moved", "sends on to https://elsewhere.invalid."],
    ["where the Location leads", unreachable, "location-unreachable", "leads to http://gone.invalid, which has a name"],
  ])("%s", async (_name, arrange, fault, what) => {
    const { outcomes } = await examineMarket(market, await arrange());
    expect(outcomes.find((each) => each.fault === fault)?.what, told(outcomes)).toContain(what);
  });
});

test("a check that breaks is said to, and the others go on", async () => {
  const broken = check({
    id: "broken",
    title: "Breaks",
    needs: [],
    exit: 5,
    faults: {},
    run: () => Promise.reject(new Error("a mistake of ours")),
  });
  const fine = check({ id: "fine", title: "Works", needs: [], exit: 5, faults: {}, run: async () => ok() });
  const lost = check({ id: "lost", title: "Needs it", needs: ["broken"], exit: 3, faults: {}, run: async () => ok() });
  const { outcomes, exit } = await examine(contextOf(market), [broken, lost, fine], NOBODY);
  expect(outcomes).toMatchObject([
    { id: "broken", status: "failed", fault: "check-broken", what: "a mistake of ours", do: expect.any(String) },
    { id: "lost", status: "skipped", why: "“Breaks” failed" },
    { id: "fine", status: "ok" },
  ]);
  expect(exit).toBe(5);
});

test("every fault that a check may name has its row", () => {
  const rows = [...WAY, ...KEY, ...MARKET, ...TRIP].map(([, , [, , fault]]) => fault);
  const faults = CHECKS.flatMap((each) => Object.keys(each.faults));
  expect(faults.filter((fault) => !rows.includes(fault))).toEqual([]);
});

/** For whoever reads why a row failed. */
function told(outcomes: readonly Outcome[]): string {
  return outcomes
    .map(({ id, status, fault, what, why }) => `${id} ${status} ${fault ?? ""} ${what ?? why ?? ""}`)
    .join("\n");
}

/** What stands in between and does no harm. */
const preflight = (answer: Instead): Arrange =>
  through({ instead: ({ method }) => (method === "OPTIONS" ? answer : undefined) });

describe("no fault is named where there is none", () => {
  test.each<readonly [string, Arrange]>([
    ["nothing in between", () => ({})],
    ["a proxy that passes everything on", through({})],
    ["a proxy that ends TLS", async () => ({ baseUrl: await secured({ isTrusted: true }) })],
    ["a proxy that refuses preflights", preflight(page(405))],
    [
      "a proxy that answers preflights",
      preflight({ ...json(204, ""), headers: { "access-control-allow-origin": "*" } }),
    ],
    ["an instrument in other letters", () => ({ instrument: INSTRUMENT.toUpperCase() })],
    ["a base URL with /v1 and a slash", () => ({ baseUrl: `${market.url}/v1/` })],
  ])("%s", async (_name, arrange) => {
    const { outcomes, exit } = await examineMarket(market, await arrange());
    expect(outcomes.filter(({ fault }) => fault !== undefined)).toEqual([]);
    expect(exit).toBe(0);
  });
});

describe("every supplier down", () => {
  test("none can be reached", async () => {
    const other = await openMarket(["cirrus", "nimbus"]);
    onTestFinished(() => other.close());
    await Promise.all(other.suppliers.map((supplier) => supplier.close()));
    const first = await examineMarket(other);
    expect(first.outcomes.find(({ fault }) => fault === "suppliers-down")).toMatchObject({
      id: "first-token-chat-completions",
      status: "failed",
    });
    expect(first).toMatchObject({ exit: 5, cost: { answered: 0, tokens: 0 } });
  });

  test("each is paused, and is named", async () => {
    const other = await openMarket(["cirrus", "nimbus"]);
    onTestFinished(() => other.close());
    for (const name of ["cirrus", "nimbus"]) {
      expect(await operate("PATCH", `/v1/suppliers/${name}`, { status: "paused" }, other)).toBe(200);
    }
    const { outcomes, exit } = await examineMarket(other);
    const found = outcomes.find(({ id }) => id === "supplier");
    expect(found).toMatchObject({ status: "failed", fault: "suppliers-down" });
    expect(found?.what).toContain("cirrus: is paused");
    expect(found?.what).toContain("nimbus: is paused");
    expect(exit).toBe(5);
  });
});

test("neither key nor password is ever repeated", async () => {
  const secret = market.key.slice(-32);
  const seen = [
    await examineMarket(market),
    await examineMarket(market, { key: ` ${market.key}` }),
    await examineMarket(market, { key: `${market.key}x` }),
    await examineMarket(market, { baseUrl: market.url.replace("//", "//me:swordfish@") }),
    await examineMarket(market, { ...(await through({ strips: ["authorization"] })()) }),
  ];
  expect(JSON.stringify(seen)).not.toContain(secret);
  expect(JSON.stringify(seen)).not.toContain("swordfish");
});

function wrongKey(): string {
  const last = market.key.at(-1) === "0" ? "1" : "0";
  return market.key.slice(0, -1) + last;
}

async function revokedKey(): Promise<Partial<Context>> {
  const key = await keyWith({});
  await ledger().revokeKey(publicId(key));
  return { key };
}

async function expiredKey(): Promise<Partial<Context>> {
  const key = await keyWith({ expiresAtMs: Date.now() + 50 });
  await new Promise((resolve) => setTimeout(resolve, 60));
  return { key };
}

async function closedAccount(): Promise<Partial<Context>> {
  const { key, accountId } = await freshAccount(0);
  await ledger().closeAccount(accountId);
  return { key };
}

/** A proxy that ends TLS, at an address. */
async function secured(
  { isTrusted = false, ...wish }: Partial<CertificateWish> & { isTrusted?: boolean },
  meddling: Meddling = {},
): Promise<string> {
  const certificate = makeCertificate({ name: [127, 0, 0, 1], ...wish });
  if (isTrusted) trust(certificate);
  return (await startProxy(market.url, { ...meddling, certificate })).url;
}

async function retired(): Promise<Partial<Context>> {
  expect(await operate("POST", "/v1/instruments/vision-standard/retire")).toBe(200);
  return { instrument: "vision-standard" };
}

async function buyingOnDemand(): Promise<Partial<Context>> {
  const { key, accountId } = await freshAccount(0);
  const path = `/v1/accounts/${accountId}/auto-buy/${INSTRUMENT}`;
  expect(await operate("PUT", path, { enabled: true, tokens: "1000000", below_tokens: "1000" })).toBe(200);
  return { key, instrument: INSTRUMENT };
}

/** What only operators may do; gives the status. */
async function operate(method: string, path: string, body?: object, { url, operatorKey } = market): Promise<number> {
  const { status } = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return status;
}

function freePort(): Promise<number> {
  return listening(true);
}

function silentPort(): Promise<number> {
  return listening(false);
}

function listening(closes: boolean): Promise<number> {
  const server = createServer(() => undefined);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      if (closes) server.close(() => resolve(port));
      else {
        onTestFinished(() => void server.close());
        resolve(port);
      }
    });
  });
}
