/** Goal: nobody asks for more in a minute, or at once, than the key, the account or the instrument allows; what was not run is not counted; and callers are told in the headers that their SDKs read. */
import { tmpdir } from "node:os";
import Anthropic from "@anthropic-ai/sdk";
import { type Config, DEFAULT_LIMITS, FORMATS, type Format, readConfig } from "@interchange/config";
import { LedgerUnavailable, type Limits } from "@interchange/ledger";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, INSTRUMENT, OTHER, QUESTIONS, type Rig, startRig } from "./rig.ts";

const RETRY_AFTER_MAX = 60;

/** Sold to any account in these amounts only. */
const SCARCE = "text-prime";
const SCARCE_LIMITS = { requestsPerMinute: 2, tokensPerMinute: 5_000, runningMax: 3 };

let rig: Rig;
/** Where nobody sells just now. */
let paused: Rig;
beforeAll(async () => {
  const { instruments } = configOfCatalogue();
  rig = await startRig({
    config: { instruments: instruments.map((row) => (row.name === SCARCE ? { ...row, limits: SCARCE_LIMITS } : row)) },
  });
  const suppliers = rig.gateway.engine.config.suppliers.map((row) => ({
    ...row,
    offers: row.offers.map((offer) => ({ ...offer, status: "paused" as const })),
  }));
  paused = await startRig({ config: { suppliers } });
});
afterAll(() => Promise.all([rig.close(), paused.close()]));

function configOfCatalogue(): Config {
  const reading = readConfig({ env: {}, cwd: tmpdir() });
  if (reading.kind !== "demo") throw new Error("expected no configuration");
  return reading.config;
}

interface Given {
  readonly key?: Limits;
  readonly account?: Limits;
  /** Tokens of each instrument; 1,000,000 unless said. */
  readonly tokens?: number;
}

interface Caller {
  readonly accountId: string;
  readonly key: string;
  /** Another key of the account, without limits of its own. */
  readonly other: string;
}

let accounts = 0;

async function open(given: Given = {}, at = rig): Promise<Caller> {
  const { ledger } = at.gateway.engine;
  accounts += 1;
  const opening = { id: `acc_limits_${accounts}`, name: "Limited", ...(given.account && { limits: given.account }) };
  const { id: accountId } = await ledger.openAccount(opening);
  const tokens = given.tokens ?? 1_000_000;
  for (const instrument of tokens === 0 ? [] : [INSTRUMENT, SCARCE]) {
    await ledger.deposit({ accountId, instrument, tokens, costMicros: 0, reference: `${accountId} ${instrument}` });
  }
  const limited = await ledger.createKey({ accountId, role: "consumption", ...(given.key && { limits: given.key }) });
  const other = await ledger.createKey({ accountId, role: "consumption" });
  return { accountId, key: limited.secret, other: other.secret };
}

interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly error?: { readonly type: string; readonly message: string } } | undefined;
}

interface Asking {
  readonly base?: string;
  readonly body?: Record<string, unknown>;
  readonly redirect?: "follow" | "manual";
  readonly headers?: Record<string, string>;
}

/** 100 tokens of an answer at most, so that little is held. */
async function tell(surface: Format, key: string, asking: Asking = {}, at = rig): Promise<Told> {
  const { body, ...options } = asking;
  const question = QUESTIONS[surface].body({ max_tokens: 100, ...body });
  const response = await ask(at, surface, { key, redirect: "manual", ...options, body: question });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

const inline = { base: "/inline" } as const;

/** What both vendors' headers say, which must be the same. */
function left({ headers }: Told, measure: "requests" | "tokens"): { limit: number; remaining: number } | undefined {
  const ours = ["limit", "remaining"].map((word) => headers.get(`x-ratelimit-${word}-${measure}`));
  const theirs = ["limit", "remaining"].map((word) => headers.get(`anthropic-ratelimit-${measure}-${word}`));
  const resets = [headers.get(`x-ratelimit-reset-${measure}`), headers.get(`anthropic-ratelimit-${measure}-reset`)];
  expect(ours).toEqual(theirs);
  if (ours[0] === null) {
    expect(resets).toEqual([null, null]);
    return undefined;
  }
  expect(resets[0]).toMatch(/^(\d+m)?\d+s$/);
  expect(resets[1]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  return { limit: Number(ours[0]), remaining: Number(ours[1]) };
}

/** A 429 that waiting cures. */
function expectLimited(told: Told, says: RegExp): void {
  expect([told.status, told.body?.error?.type]).toEqual([429, "rate_limit_error"]);
  expect(told.body?.error?.message).toMatch(says);
  expect(told.headers.get("x-should-retry")).toBeNull();
  const wait = told.headers.get("retry-after");
  expect(wait).toMatch(/^\d+$/);
  expect(Number(wait)).toBeGreaterThanOrEqual(1);
  expect(Number(wait)).toBeLessThanOrEqual(RETRY_AFTER_MAX);
}

async function heldBy(accountId: string, instrument = INSTRUMENT): Promise<number> {
  return (await rig.gateway.engine.ledger.balance(accountId, instrument)).held;
}

describe.each(FORMATS)("%s: requests in a minute", (surface) => {
  test("of a key, which says nothing of the account's other keys", async () => {
    const { key, other, accountId } = await open({ key: { requestsPerMinute: 2 } });
    const told = [await tell(surface, key), await tell(surface, key, inline)];
    expect(told.map((each) => [each.status, left(each, "requests")])).toEqual([
      [307, { limit: 2, remaining: 1 }],
      [200, { limit: 2, remaining: 0 }],
    ]);
    const held = await heldBy(accountId);
    const refused = await tell(surface, key);
    expectLimited(refused, /^This key may ask 2 times a minute; ask again in \d+ s\.$/);
    expect(left(refused, "requests")).toEqual({ limit: 2, remaining: 0 });
    expect(left(refused, "tokens")).toBeUndefined();
    expect(await heldBy(accountId)).toBe(held);
    const free = await tell(surface, other);
    expect([free.status, left(free, "requests")]).toEqual([307, undefined]);
  });

  test("of an account, whichever of its keys asks, on whichever surface", async () => {
    const { key, other } = await open({ account: { requestsPerMinute: 2 } });
    expect((await tell(surface, key)).status).toBe(307);
    expect((await tell(OTHER[surface], other)).status).toBe(307);
    for (const each of [key, other]) {
      expectLimited(await tell(surface, each), /^This account may ask 2 times a minute; ask again in \d+ s\.$/);
    }
  });

  test("of an account in an instrument, which says nothing of others, nor of other accounts", async () => {
    const { key, other } = await open();
    expect((await tell(surface, key, { body: { model: SCARCE } })).status).toBe(307);
    const last = await tell(surface, other, { body: { model: SCARCE.toUpperCase() } });
    expect([last.status, left(last, "requests")]).toEqual([307, { limit: 2, remaining: 0 }]);
    const refused = await tell(surface, key, { body: { model: SCARCE } });
    expectLimited(refused, /^This account may ask for text-prime 2 times a minute; ask again in \d+ s\.$/);
    expect((await tell(surface, key)).status).toBe(307);
    const stranger = await open();
    expect((await tell(surface, stranger.key, { body: { model: SCARCE } })).status).toBe(307);
  });

  test("of several limits the tightest is told, and one that refuses takes nothing of the others", async () => {
    const { key, other } = await open({ key: { requestsPerMinute: 3 }, account: { requestsPerMinute: 10 } });
    const first = await tell(surface, key);
    expect(left(first, "requests")).toEqual({ limit: 3, remaining: 2 });
    for (let times = 0; times < 9; times += 1) await tell(surface, key);
    const told = await tell(surface, other);
    expect([told.status, left(told, "requests")]).toEqual([307, { limit: 10, remaining: 6 }]);
  });

  test("what the caller got wrong counts, and is told so", async () => {
    const { key } = await open({ key: { requestsPerMinute: 5, tokensPerMinute: 9_000 } });
    const asked: readonly [number, Asking][] = [
      [404, { body: { model: "no-such" } }],
      [400, { body: { messages: "hello" } }],
      [415, { headers: { "content-type": "text/plain" } }],
    ];
    for (const [index, [status, asking]] of asked.entries()) {
      const told = await tell(surface, key, asking);
      expect([told.status, left(told, "requests")?.remaining, left(told, "tokens")]).toEqual([
        status,
        4 - index,
        { limit: 9_000, remaining: 9_000 },
      ]);
    }
  });

  test("what lacked tokens does not count", async () => {
    const { key, accountId } = await open({ account: { requestsPerMinute: 2, tokensPerMinute: 9_000 }, tokens: 0 });
    for (let times = 0; times < 4; times += 1) {
      const told = await tell(surface, key);
      expect([told.status, left(told, "requests"), left(told, "tokens")]).toEqual([
        402,
        { limit: 2, remaining: 2 },
        { limit: 9_000, remaining: 9_000 },
      ]);
    }
    await rig.gateway.engine.ledger.deposit({ accountId, instrument: INSTRUMENT, tokens: 5_000, costMicros: 0 });
    expect((await tell(surface, key)).status).toBe(307);
  });

  test("what the books could not hold does not count", async () => {
    const { key } = await open({ key: { requestsPerMinute: 1, tokensPerMinute: 9_000 } });
    const { ledger } = rig.gateway.engine;
    const { hold } = ledger;
    ledger.hold = () => Promise.reject(new LedgerUnavailable("away"));
    const refused = await tell(surface, key);
    ledger.hold = hold;
    expect(refused.status).toBe(503);
    const next = await tell(surface, key);
    expect([next.status, left(next, "requests")?.remaining]).toEqual([307, 0]);
  });

  test("what nobody could fill does not count", async () => {
    const { key } = await open({ key: { requestsPerMinute: 1, tokensPerMinute: 9_000 } }, paused);
    const told = [await tell(surface, key, {}, paused), await tell(surface, key, {}, paused)];
    expect(
      told.map((each) => [each.status, left(each, "requests")?.remaining, left(each, "tokens")?.remaining]),
    ).toEqual([
      [503, 1, 9_000],
      [503, 1, 9_000],
    ]);
  });
});

describe.each(FORMATS)("%s: tokens in a minute", (surface) => {
  test("are counted as held, and corrected to what was used, on either way", async () => {
    for (const asking of [inline, { redirect: "follow" } as const]) {
      const { key, accountId } = await open({ key: { tokensPerMinute: 9_000 }, account: { tokensPerMinute: 8_000 } });
      const first = await tell(surface, key, asking);
      const { ledger } = rig.gateway.engine;
      const receipt = await ledger.receipt(first.headers.get("request-id") ?? "");
      const { tokensHeld = 0, tokensUsed = 0 } = receipt ?? {};
      expect(first.status).toBe(200);
      expect(left(first, "tokens")).toEqual({ limit: 8_000, remaining: 8_000 - tokensHeld });
      expect(left(first, "requests")).toBeUndefined();
      expect(tokensUsed).toBeGreaterThan(0);
      expect(tokensUsed).toBeLessThan(tokensHeld);
      await expect
        .poll(async () => left(await tell(surface, key, { body: { messages: "no" } }), "tokens")?.remaining)
        .toBe(8_000 - tokensUsed);
      expect((await ledger.balance(accountId, INSTRUMENT)).used).toBe(tokensUsed);
    }
  });

  test("come back when the supplier fails, while the request counts", async () => {
    for (const asking of [inline, { redirect: "follow" } as const]) {
      const { key } = await open({ key: { tokensPerMinute: 8_000, requestsPerMinute: 9 } });
      rig.supplier.program({ status: 500 }, { times: 1 });
      const failed = await tell(surface, key, asking);
      expect(failed.status).toBe(502);
      await expect
        .poll(async () => left(await tell(surface, key, { body: { messages: "no" } }), "tokens")?.remaining)
        .toBe(8_000);
      const next = await tell(surface, key);
      expect(left(next, "requests")?.remaining).toBeLessThanOrEqual(7);
    }
  });

  test.each<[string, Given, RegExp]>([
    ["a key", { key: { tokensPerMinute: 900 } }, /^This key may use 900 tokens a minute and has \d+ left, and/],
    [
      "an account",
      { account: { tokensPerMinute: 900 } },
      /^This account may use 900 tokens a minute and has \d+ left,/,
    ],
  ])("of %s run out with a sentence that counts them, and a smaller request still fits", async (_, given, says) => {
    const { key, accountId } = await open(given);
    expect((await tell(surface, key, { body: { max_tokens: 600 } })).status).toBe(307);
    const held = await heldBy(accountId);
    const refused = await tell(surface, key, { body: { max_tokens: 600 } });
    expectLimited(refused, says);
    expect(refused.body?.error?.message).toMatch(
      new RegExp(`has ${900 - held} left, and this request may need ${held}; ask again in \\d+ s\\.$`),
    );
    expect(left(refused, "tokens")).toEqual({ limit: 900, remaining: 900 - held });
    expect(await heldBy(accountId)).toBe(held);
    expect((await tell(surface, key, { body: { max_tokens: 50 } })).status).toBe(307);
  });

  test("of an account in an instrument", async () => {
    const { key } = await open({ key: { tokensPerMinute: 100_000 } });
    const body = { model: SCARCE, max_tokens: 3_000 };
    const first = await tell(surface, key, { body });
    expect([first.status, left(first, "tokens")?.limit]).toEqual([307, 5_000]);
    expectLimited(
      await tell(surface, key, { body }),
      /^This account may use 5000 tokens of text-prime a minute and has/,
    );
    // What was refused did not count as a request for the instrument.
    expect((await tell(surface, key, { body: { model: SCARCE } })).status).toBe(307);
  });

  test("a request that is over the limit alone is told that no waiting helps", async () => {
    const { key, accountId } = await open({ key: { tokensPerMinute: 500 }, account: { tokensPerMinute: 9_000 } });
    const refused = await tell(surface, key, { body: { max_tokens: 4_000 } });
    expect(refused.status).toBe(429);
    expect(refused.body?.error?.message).toMatch(
      /^This request may need \d+ tokens, and this key may use 500 a minute; ask for a shorter answer\.$/,
    );
    expect([refused.headers.get("retry-after"), refused.headers.get("x-should-retry")]).toEqual([null, "false"]);
    expect(left(refused, "tokens")).toEqual({ limit: 500, remaining: 500 });
    expect(await heldBy(accountId)).toBe(0);
  });
});

describe.each(FORMATS)("%s: under way at once", (surface) => {
  const release = async (told: Told): Promise<void> => {
    const requestId = told.headers.get("request-id") ?? "";
    await rig.gateway.engine.ledger.release({ requestId, reason: "test" });
  };

  test.each<[string, Given, string, RegExp]>([
    [
      "a key",
      { key: { runningMax: 1 } },
      INSTRUMENT,
      /^This key may have 1 request under way at once; ask again when one/,
    ],
    ["an account", { account: { runningMax: 1 } }, INSTRUMENT, /^This account may have 1 request under way at once;/],
  ])(
    "of %s a redirect counts until it ends, and what is refused counts against no other limit",
    async (_, given, model, says) => {
      const tight = { requestsPerMinute: 2, tokensPerMinute: 5_000 };
      const { key } = await open({ ...given, key: { ...tight, ...given.key } });
      const first = await tell(surface, key, { body: { model } });
      expect(first.status).toBe(307);
      const [held] = [5_000 - (left(first, "tokens")?.remaining ?? 0)];
      for (const asking of [{}, inline]) {
        const refused = await tell(surface, key, { ...asking, body: { model } });
        expectLimited(refused, says);
        expect(refused.headers.get("retry-after")).toBe("1");
        expect([left(refused, "requests")?.remaining, left(refused, "tokens")?.remaining]).toEqual([1, 5_000 - held]);
      }
      await release(first);
      expect((await tell(surface, key, { body: { model } })).status).toBe(307);
    },
  );

  test("of an account in an instrument", async () => {
    const { ledger } = rig.gateway.engine;
    const { key, other, accountId } = await open();
    for (let index = 0; index < SCARCE_LIMITS.runningMax; index += 1) {
      const requestId = `req_running_${accountId}_${index}`;
      const expiresAtMs = rig.nowMs() + 30_000;
      await ledger.hold({ requestId, accountId, instrument: SCARCE, tokens: 1, expiresAtMs });
    }
    const refused = await tell(surface, other, { body: { model: SCARCE } });
    expectLimited(refused, /^This account may have 3 requests for text-prime under way at once;/);
    expect((await tell(surface, key)).status).toBe(307);
    for (let index = 0; index < SCARCE_LIMITS.runningMax; index += 1) {
      await ledger.release({ requestId: `req_running_${accountId}_${index}`, reason: "test" });
    }
    expect((await tell(surface, other, { body: { model: SCARCE } })).status).toBe(307);
  });
});

test("what the operator gives to all keys, each key's own replaces one by one", async () => {
  const limits = { ...DEFAULT_LIMITS, requestsPerMinute: 1, tokensPerMinute: 9_000, runningMax: 9 };
  const at = await startRig({ config: { limits } });
  try {
    const { key, other } = await open({ key: { requestsPerMinute: 2 } }, at);
    const own = [await tell("messages", key, {}, at), await tell("messages", key, {}, at)];
    expect(own.map((told) => [told.status, left(told, "requests")?.limit, left(told, "tokens")?.limit])).toEqual([
      [307, 2, 9_000],
      [307, 2, 9_000],
    ]);
    expect((await tell("messages", other, {}, at)).status).toBe(307);
    expectLimited(await tell("messages", other, {}, at), /^This key may ask 1 times a minute;/);
  } finally {
    await at.close();
  }
});

test.each(FORMATS)("%s: what a redirect said of both limits is said again where it leads", async (surface) => {
  const { key } = await open({ key: { requestsPerMinute: 9, tokensPerMinute: 8_000 } });
  const redirect = await tell(surface, key);
  const followed = await fetch(new URL(redirect.headers.get("location") ?? "", rig.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(QUESTIONS[surface].body({ max_tokens: 100 })),
  });
  await followed.text();
  const told: Told = { status: followed.status, headers: followed.headers, body: undefined };
  expect(told.status).toBe(200);
  for (const measure of ["requests", "tokens"] as const) expect(left(told, measure)).toEqual(left(redirect, measure));
  expect(left(told, "requests")).toEqual({ limit: 9, remaining: 8 });
});

test("a Location stays short where everything is limited, and leads to no key and no account", async () => {
  const most = { requestsPerMinute: 1_000_000_000, tokensPerMinute: 1_000_000_000 };
  const { key, accountId } = await open({ key: most, account: most });
  const location = (await tell("messages", key, { body: { model: SCARCE } })).headers.get("location") ?? "";
  expect(location.length).toBeLessThan(1_400);
  const claims = Buffer.from(location.split("/")[2]?.split(".")[1] ?? "", "base64url").toString();
  expect(JSON.parse(claims)).toMatchObject({
    alw: [
      [2, 1, expect.any(Number)],
      [5_000, expect.any(Number), expect.any(Number)],
    ],
    cnt: [
      [expect.stringMatching(/^k[\w-]{16}$/), expect.any(Number)],
      ["a", expect.any(Number)],
      ["i", expect.any(Number)],
    ],
  });
  expect(claims).not.toContain(accountId);
  expect(claims).not.toContain(key.split("_")[1]);
});

test("counting tokens and reading the catalogue are free of it", async () => {
  const { key } = await open({
    key: { requestsPerMinute: 1, tokensPerMinute: 200 },
    account: { requestsPerMinute: 1 },
  });
  const { max_tokens: _, ...body } = QUESTIONS.messages.body();
  const headers = { "x-api-key": key, "anthropic-version": "2023-06-01", "content-type": "application/json" };
  const counting = { method: "POST", headers, body: JSON.stringify(body) };
  const answers = await Promise.all([
    ...Array.from({ length: 25 }, () => fetch(`${rig.url}/v1/messages/count_tokens`, counting)),
    ...Array.from({ length: 25 }, () => fetch(`${rig.url}/v1/models`, { headers })),
  ]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(answers.some((answer) => [...answer.headers.keys()].some((name) => name.includes("ratelimit")))).toBe(false);
  expect((await tell("messages", key, { body: { max_tokens: 10 } })).status).toBe(307);
});

describe("500 callers at once", () => {
  test("get as many requests as the limit has, and not one more", async () => {
    const { key } = await open({ key: { requestsPerMinute: 50 } });
    const told = await Promise.all(
      Array.from({ length: 500 }, (_, index) => tell(FORMATS[index % 2] ?? "messages", key)),
    );
    const statuses = told.map(({ status }) => status);
    expect(statuses.filter((status) => status === 307)).toHaveLength(50);
    expect(statuses.filter((status) => status === 429)).toHaveLength(450);
  });

  test("hold no more tokens than the limit has", async () => {
    const { key, accountId } = await open({ account: { tokensPerMinute: 20_000 } });
    const told = await Promise.all(
      Array.from({ length: 500 }, (_, index) => tell(FORMATS[index % 2] ?? "messages", key)),
    );
    const held = await heldBy(accountId);
    const admitted = told.filter(({ status }) => status === 307).length;
    expect(held).toBeLessThanOrEqual(20_000);
    expect(admitted).toBeGreaterThan(0);
    expect(told.filter(({ status }) => status === 429)).toHaveLength(500 - admitted);
  });

  test("run no more at once than the limit has", async () => {
    const { key, accountId } = await open({ account: { runningMax: 7 } });
    const told = await Promise.all(
      Array.from({ length: 500 }, (_, index) => tell(FORMATS[index % 2] ?? "messages", key)),
    );
    expect(told.filter(({ status }) => status === 307)).toHaveLength(7);
    expect(told.filter(({ status }) => status === 429)).toHaveLength(493);
    expect(await heldBy(accountId)).toBeGreaterThan(0);
  });
});

describe("when the window is over", () => {
  let brief: Rig;
  beforeAll(async () => {
    brief = await startRig({ limitWindowMs: 1_500 });
  });
  afterAll(() => brief.close());

  const attempts = () => {
    const statuses: number[] = [];
    const watched: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      statuses.push(response.status);
      return response;
    };
    return { statuses, watched };
  };

  test("OpenAI's SDK has come again by itself, and succeeds", async () => {
    const { key } = await open({ key: { requestsPerMinute: 1 } }, brief);
    const { statuses, watched } = attempts();
    const client = new OpenAI({ apiKey: key, baseURL: `${brief.url}/v1`, fetch: watched });
    const question = { model: INSTRUMENT, max_tokens: 50, messages: [{ role: "user" as const, content: "Hello" }] };
    await client.chat.completions.create(question);
    const answer = await client.chat.completions.create(question);
    expect(answer.choices).toHaveLength(1);
    expect(statuses).toEqual([200, 429, 200]);
  });

  test("Anthropic's SDK has come again by itself, and succeeds", async () => {
    const { key } = await open({ account: { tokensPerMinute: 300 } }, brief);
    const { statuses, watched } = attempts();
    const client = new Anthropic({ apiKey: key, baseURL: brief.url, fetch: watched });
    const question = { model: INSTRUMENT, max_tokens: 200, messages: [{ role: "user" as const, content: "Hello" }] };
    // Redirected and never followed, so that what it holds is not corrected.
    expect((await tell("messages", key, { body: { max_tokens: 200 } }, brief)).status).toBe(307);
    const answer = await client.messages.create(question);
    expect(answer.role).toBe("assistant");
    expect(statuses).toEqual([429, 200]);
  });

  test("all of it is there again, and nothing more for what was settled late", async () => {
    const { key } = await open({ key: { tokensPerMinute: 1_000 } }, brief);
    brief.supplier.program({ delayBeforeHeadersMs: 1_800 }, { times: 1 });
    const slow = await tell("messages", key, { ...inline, body: { max_tokens: 700 } }, brief);
    expect([slow.status, left(slow, "tokens")?.limit]).toEqual([200, 1_000]);
    const next = await tell("messages", key, { body: { messages: "no" } }, brief);
    expect(left(next, "tokens")).toEqual({ limit: 1_000, remaining: 1_000 });
  });
});

describe("whose key it is", () => {
  test.each(FORMATS)("%s: a closed account's key is refused", async (surface) => {
    const { key, accountId } = await open();
    expect((await tell(surface, key)).status).toBe(307);
    await rig.gateway.engine.ledger.closeAccount(accountId);
    const refused = await tell(surface, key);
    expect([refused.status, refused.body?.error?.message]).toEqual([401, "The account of this key is closed."]);
    expect(refused.headers.get("x-should-retry")).toBe("false");
  });

  test.each(FORMATS)("%s: an operator key runs nothing", async (surface) => {
    const { secret } = await rig.gateway.engine.ledger.createKey({ accountId: rig.accountId, role: "operator" });
    expect((await tell(surface, secret)).status).toBe(403);
  });
});

describe("an account's default instrument", () => {
  const { model: _, ...unnamed } = QUESTIONS["chat-completions"].body({ max_tokens: 100 });

  const told = async (key: string): Promise<Told> => {
    const response = await ask(rig, "chat-completions", { key, body: unnamed });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Told["body"] };
  };

  test.each([["text-max"], ["TEXT-Max"]])("%s is bought by a request that names none", async (defaultInstrument) => {
    const { key, accountId } = await open();
    const { ledger } = rig.gateway.engine;
    await ledger.changeAccount({ accountId, defaultInstrument });
    const answer = await told(key);
    expect(answer.status).toBe(200);
    const receipt = await ledger.receipt(answer.headers.get("request-id") ?? "");
    expect(receipt).toMatchObject({ instrument: "text-max", status: "reconciled" });
    expect((await tell("chat-completions", key, { body: { model: SCARCE } })).status).toBe(307);
  });

  test("that is not known, or not there, is refused with what is wrong", async () => {
    const { key, accountId } = await open();
    const { ledger } = rig.gateway.engine;
    const refused = await told(key);
    expect([refused.status, refused.body?.error?.message]).toEqual([
      422,
      "model is missing, and this account has no default instrument.",
    ]);
    await ledger.changeAccount({ accountId, defaultInstrument: "text-gone" });
    const unknown = await told(key);
    expect([unknown.status, unknown.body?.error?.message]).toEqual([
      422,
      'model is missing, and this account\'s default instrument, "text-gone", is not known.',
    ]);
  });

  test("that the key may not buy is refused", async () => {
    const { accountId } = await open();
    const { ledger } = rig.gateway.engine;
    await ledger.changeAccount({ accountId, defaultInstrument: "text-max" });
    const { secret } = await ledger.createKey({ accountId, role: "consumption", instruments: [SCARCE] });
    expect((await told(secret)).status).toBe(403);
  });
});
