/**
 * What is wrong with a request is said: the status and both envelopes of the domain, in whole sentences, with the request
 * id and what to do next, and no balance is moved by it.
 */

import { DEFAULT_LIMITS, FORMATS, type Format } from "@interchange/config";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { OTHER, QUESTIONS, type Rig, type RigOptions, startRig } from "./rig.ts";
import { faultsOfEnvelope, faultsOfRefusal, type Reply, readBody } from "./wire.ts";

const OPERATIONS: Readonly<Record<Format, string>> = {
  "chat-completions": "createChatCompletion",
  messages: "createMessage",
};

// Bodies of megabytes take their time on a machine that has other things to do.
vi.setConfig({ testTimeout: 30_000 });

const BODY_BYTES_MAX = 11_000_000;

let rig: Rig;
/** An account without any tokens, and its key. */
let poorKey: string;
beforeAll(async () => {
  rig = await startRig({ config: limited({ bodyBytesMax: BODY_BYTES_MAX }) });
  const { id: accountId } = await rig.gateway.engine.ledger.openAccount({ name: "Poor" });
  poorKey = (await rig.gateway.engine.ledger.createKey({ accountId, role: "consumption" })).secret;
});
afterAll(async () => {
  expect(rig.outOfContract).toEqual([]);
  await rig.close();
});

function limited(limits: object): NonNullable<RigOptions["config"]> {
  return { limits: { ...DEFAULT_LIMITS, drainMs: 5_000, ...limits } };
}

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly key?: string | null;
  /** Null leaves the header out. */
  readonly type?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly at?: Rig;
}

async function call(surface: Format, call: Call): Promise<Reply> {
  const question = QUESTIONS[surface];
  const { at = rig, method = "POST", path = question.path, key = at.key, type = "application/json" } = call;
  const { body = method === "POST" ? question.body() : undefined } = call;
  const {
    statusCode,
    headers,
    body: answer,
  } = await request(`${at.url}${path}`, {
    method,
    headers: {
      ...(type === null ? {} : { "content-type": type }),
      ...(key === null ? {} : question.keyHeader(key)),
      ...(surface === "messages" ? { "anthropic-version": "2023-06-01" } : {}),
      ...call.headers,
    },
    body: isRaw(body) ? body : JSON.stringify(body),
  });
  return { status: statusCode, headers, text: await answer.text() };
}

const isRaw = (body: unknown): body is string | Uint8Array | null =>
  typeof body === "string" || body instanceof Uint8Array || body === undefined || isChunks(body);

const isChunks = (body: unknown): boolean => typeof body === "object" && body !== null && Symbol.asyncIterator in body;

async function* chunksOf(text: string, size = 65_536): AsyncGenerator<Buffer> {
  for (let start = 0; start < text.length; start += size) yield Buffer.from(text.slice(start, start + size));
}

/** Given: the call. Want: a status, and what the sentence says. */
interface Refused {
  readonly name: string;
  readonly given: (surface: Format) => Call | Promise<Call>;
  readonly want: number;
  readonly says: RegExp;
  /** What `param` must be where the envelope has one; nothing is said where it is absent. */
  readonly param?: string;
  readonly allow?: string;
}

const bodied = (extra: Record<string, unknown>) => (surface: Format) => ({ body: QUESTIONS[surface].body(extra) });

const without = (name: string) => (surface: Format) => {
  const { [name]: _, ...body } = QUESTIONS[surface].body();
  return { body };
};

const text = (body: string | Uint8Array) => () => ({ body });

const BODIES: readonly Refused[] = [
  { name: "broken JSON", given: text('{"model":"text-max",'), want: 400, says: /not JSON: it / },
  { name: "more than JSON", given: text("{} {}"), want: 400, says: /not JSON: it breaks at character 3 of 5/ },
  { name: "prose", given: text("a secret prompt"), want: 400, says: /^(?!.*secret).*not JSON/ },
  { name: "nothing", given: text(""), want: 400, says: /not JSON: it is empty/ },
  { name: "only a space", given: text(" "), want: 400, says: /not JSON: it ends too early/ },
  { name: "no UTF-8", given: text(new Uint8Array([0x7b, 0xff, 0x7d])), want: 400, says: /not JSON: it is not UTF-8/ },
  { name: "UTF-16", given: text(Buffer.from("{}", "utf16le")), want: 400, says: /not JSON/ },
  { name: "an array", given: text("[]"), want: 400, says: /^The body must be an object, not an array/ },
  { name: "null", given: text("null"), want: 400, says: /^The body must be an object, not null/ },
  { name: "a wrong type", given: bodied({ messages: "hi" }), want: 400, says: /must be an array/, param: "messages" },
  { name: "a thing missing", given: without("messages"), want: 400, says: /is missing/, param: "messages" },
  { name: "none of any", given: bodied({ messages: [] }), want: 422, says: /must not be empty/, param: "messages" },
  { name: "out of range", given: bodied({ temperature: 2.1 }), want: 422, says: /at most/, param: "temperature" },
  {
    name: "an unknown word, deep inside",
    given: bodied({ tool_choice: { type: "robot" } }),
    want: 422,
    says: /must be ".*" or ".*", not "robot"/,
    param: "tool_choice.type",
  },
];

const MEDIA: readonly Refused[] = [
  { name: "no content type", given: () => ({ type: null }), want: 415, says: /application\/json; none was given/ },
  { name: "plain text", given: () => ({ type: "text/plain" }), want: 415, says: /not "text\/plain"/ },
  {
    name: "a form",
    given: () => ({ type: "application/x-www-form-urlencoded", body: "model=text-max" }),
    want: 415,
    says: /not "application\/x-www-form-urlencoded"/,
  },
  { name: "an empty content type", given: () => ({ type: "" }), want: 415, says: /application\/json/ },
  { name: "a near miss", given: () => ({ type: "application/json5" }), want: 415, says: /application\/json/ },
  { name: "gzip", given: () => ({ headers: { "content-encoding": "gzip" } }), want: 415, says: /"gzip" is not read/ },
];

const big = (surface: Format, bytes: number): string => {
  const spare = JSON.stringify(pictured(surface, "")).length;
  return JSON.stringify(pictured(surface, "A".repeat(bytes - spare)));
};

/** A picture, since so much text would be too long for any context. */
function pictured(surface: Format, data: string): unknown {
  const part =
    surface === "messages"
      ? { type: "image", source: { type: "base64", media_type: "image/png", data } }
      : { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } };
  return QUESTIONS[surface].body({ messages: [{ role: "user", content: [part] }] });
}

const LIMIT_SAID = new RegExp(`over the limit of ${BODY_BYTES_MAX} bytes`);

const SIZES: readonly Refused[] = [
  {
    name: "over the limit, its length told",
    given: (surface) => ({ body: big(surface, BODY_BYTES_MAX + 1) }),
    want: 413,
    says: LIMIT_SAID,
  },
  {
    name: "over the limit, in chunks",
    given: (surface) => ({ body: chunksOf(big(surface, BODY_BYTES_MAX + 1)) }),
    want: 413,
    says: LIMIT_SAID,
  },
  {
    name: "10 MB of text, which no context holds",
    given: bodied({ messages: [{ role: "user", content: "word ".repeat(2_000_000) }] }),
    want: 400,
    says: /^(This model's maximum context length is 1000000 tokens|prompt is too long: \d+ tokens > 1000000 maximum)/,
    param: "messages",
  },
];

const WAYS: readonly Refused[] = [
  ...["GET", "PUT", "PATCH", "DELETE"].map(
    (method): Refused => ({
      name: `${method} where POST is due`,
      given: () => ({ method }),
      want: 405,
      says: new RegExp(`^${method} is not allowed here; use POST`),
      allow: "POST",
    }),
  ),
  {
    name: "POST where GET is due",
    given: () => ({ path: "/v1/models" }),
    want: 405,
    says: /^POST is not allowed here; use GET/,
    allow: "GET",
  },
  {
    name: "/v1 twice",
    given: (surface) => ({ path: `/v1${QUESTIONS[surface].path}` }),
    want: 404,
    says: /nothing at "\/v1\/v1\/.*write it once/,
  },
  {
    name: "no /v1",
    given: (surface) => ({ path: QUESTIONS[surface].path.slice(3) }),
    want: 404,
    says: /Did you mean \/v1\//,
  },
  {
    name: "the Responses format",
    given: () => ({ path: "/v1/responses" }),
    want: 404,
    says: /use \/v1\/chat\/completions/,
  },
  {
    name: "a path that is no URL",
    given: () => ({ path: "/v1/models/%zz", method: "GET" }),
    want: 404,
    says: /nothing at/,
  },
  { name: "nothing there", given: () => ({ path: "/v2/anything" }), want: 404, says: /nothing at "\/v2\/anything"/ },
  { name: "nothing there inline", given: () => ({ path: "/inline/v1/no" }), want: 404, says: /nothing at/ },
  {
    name: "an id that is none",
    given: () => ({ path: "/v1/models/gpt-9", method: "GET" }),
    want: 404,
    says: /no instrument "gpt-9"\. Known ones: /,
  },
  {
    name: "an unknown instrument",
    given: bodied({ model: "gpt-9" }),
    want: 404,
    says: /no instrument "gpt-9"\. Known ones: .*text-max/,
  },
];

const LOCATION_MAX = 2_048;

const LONG_QUERY = { want: 422, says: /^query is too long by \d+ .* more than 2048\.$/, param: "query" };

/** A query that makes the path so many characters long. */
const queried = (surface: Format, length: number): string => `${QUESTIONS[surface].path}?q=`.padEnd(length, "x");

const keyOf = (creation: object) => async () => {
  const { ledger } = rig.gateway.engine;
  const { secret, key } = await ledger.createKey({ accountId: rig.accountId, role: "consumption", ...creation });
  return { key: secret, publicId: key.publicId };
};

const KEYS: readonly Refused[] = [
  { name: "no key", given: () => ({ key: null }), want: 401, says: /^No key was given; send it as / },
  { name: "a malformed key", given: () => ({ key: "sk-proj-1234" }), want: 401, says: /does not have the form/ },
  {
    name: "a foreign key",
    given: () => ({ key: `ick_${"0".repeat(16)}_${"0".repeat(32)}` }),
    want: 401,
    says: /not known/,
  },
  {
    name: "a key with another secret",
    given: () => ({ key: rig.key.replace(/.{8}$/, "00000000") }),
    want: 401,
    says: /not known/,
  },
  {
    name: "a revoked key",
    given: async () => {
      const { key, publicId } = await keyOf({})();
      await rig.gateway.engine.ledger.revokeKey(publicId);
      return { key };
    },
    want: 401,
    says: /has been revoked/,
  },
  { name: "an expired key", given: keyOf({ expiresAtMs: 1 }), want: 401, says: /has expired/ },
  { name: "an operator key", given: keyOf({ role: "operator" }), want: 403, says: /operator key/ },
  {
    name: "a key for another instrument",
    given: keyOf({ instruments: ["code-prime"] }),
    want: 403,
    says: /may not buy text-max/,
  },
  {
    name: "another scheme than Bearer",
    given: () => ({ key: null, headers: { authorization: `Basic ${rig.key}` } }),
    want: 401,
    says: /^No key was given/,
  },
  {
    name: "no balance",
    given: () => ({ key: poorKey }),
    want: 402,
    says: /^Not enough tokens of text-max.* 0 are available/,
  },
  // The order of checks: the key first, the shape before the instrument, the instrument before the balance.
  { name: "no key on a broken body", given: () => ({ key: null, body: "{" }), want: 401, says: /No key/ },
  {
    name: "no balance for a wrong body",
    given: (surface) => ({ key: poorKey, body: QUESTIONS[surface].body({ messages: 7 }) }),
    want: 400,
    says: /must be an array/,
    param: "messages",
  },
  {
    name: "no balance for an unknown instrument",
    given: (surface) => ({ key: poorKey, body: QUESTIONS[surface].body({ model: "gpt-9" }) }),
    want: 404,
    says: /gpt-9/,
  },
];

/** What is wrong with the refusal; empty when nothing is. */
function faultsOf(surface: Format, reply: Reply, row: Omit<Refused, "name" | "given">): string[] {
  const body = readBody(reply.text);
  const param = row.param ?? null;
  const faults = [
    [reply.status !== row.want, `answered ${reply.status}`],
    [!row.says.test(body?.error.message ?? ""), "says something else"],
    [surface === "chat-completions" && body?.error.param !== param, `param is ${body?.error.param}`],
    [reply.headers["allow"] !== row.allow, `allow is ${reply.headers["allow"]}`],
  ] as const;
  const wrong = faults.filter(([isWrong]) => isWrong).map(([, fault]) => `${fault}: ${reply.text.slice(0, 400)}`);
  return [...wrong, ...faultsOfRefusal(surface, OPERATIONS[surface], reply)];
}

describe.each(FORMATS)("%s", (surface) => {
  describe.each([
    ["a body", BODIES],
    ["a medium", MEDIA],
    ["a size", SIZES],
    ["a way", WAYS],
    ["a key", KEYS],
  ] as const)("%s", (_, rows) => {
    test.each(rows)("$name: $want", async (row) => {
      const before = await rig.balance();
      const reply = await call(surface, await row.given(surface));
      expect(faultsOf(surface, reply, row)).toEqual([]);
      expect(await rig.balance()).toEqual(before);
    });
  });

  test("without a model there is nothing to buy", async () => {
    const reply = await call(surface, without("model")(surface));
    const want = surface === "messages" ? 400 : 422;
    expect(faultsOf(surface, reply, { want, says: /^model is missing/, param: "model" })).toEqual([]);
  });

  test("what is wrong inline is said in the same way", async () => {
    const path = `/inline${QUESTIONS[surface].path}`;
    const reply = await call(surface, { path, body: QUESTIONS[surface].body({ temperature: 3 }) });
    expect(faultsOf(surface, reply, { want: 422, says: /at most/, param: "temperature" })).toEqual([]);
  });

  const accepted: readonly [string, (surface: Format) => Call][] = [
    ["a byte order mark", () => ({ body: `\ufeff${JSON.stringify(QUESTIONS[surface].body())}` })],
    ["a charset", () => ({ type: "application/json; charset=utf-8" })],
    ["capitals", () => ({ type: "Application/JSON" })],
    ["odd parameters", () => ({ type: 'application/json;odd="a;b" ; charset=latin1' })],
    ["no encoding, said aloud", () => ({ headers: { "content-encoding": "identity" } })],
    ["10 MB", () => ({ body: big(surface, 10_000_000) })],
    ["a body at the limit", () => ({ body: big(surface, BODY_BYTES_MAX) })],
    ["10 MB in chunks", () => ({ body: chunksOf(big(surface, 10_000_000)) })],
    ["the key in the other header", () => ({ key: null, headers: otherHeader(surface, rig.key) })],
    ["a wrong key in the other header", () => ({ headers: otherHeader(surface, "nonsense") })],
    ["a scheme without case", () => ({ key: null, headers: { authorization: `bEARER  ${rig.key}` } })],
  ];

  test.each(accepted)("accepted: %s", async (_, given) => {
    const reply = await call(surface, given(surface));
    expect(reply.status, reply.text).toBe(307);
  });

  test("a query is carried as far as it leaves the Location short enough, and refused beyond", async () => {
    const longest = await longestLocation(surface, rig);
    expect(longest).toBeLessThanOrEqual(LOCATION_MAX);
    // There is room for limits and long names, which may come at any time.
    expect(longest).toBeGreaterThan(LOCATION_MAX - 500);
    const huge = await call(surface, { path: queried(surface, 6_000) });
    expect(faultsOf(surface, huge, LONG_QUERY)).toEqual([]);
  });

  test("a long query is no matter where nothing is redirected", async () => {
    const reply = await call(surface, { path: `/inline${queried(surface, 6_000)}` });
    expect(reply.status, reply.text).toBe(200);
  });

  test("HEAD is no POST, and has no body", async () => {
    const reply = await call(surface, { method: "HEAD" });
    expect([reply.status, reply.text]).toEqual([405, ""]);
  });
});

/** Of the longest query that is not refused. The others are refused for that, and nothing is held for them. */
async function longestLocation(surface: Format, at: Rig): Promise<number> {
  const before = await at.balance();
  for (let length = LOCATION_MAX; length > 1_000; length -= 8) {
    const reply = await call(surface, { at, path: queried(surface, length) });
    if (reply.status === 307) {
      expect(reply.headers["location"]).toContain(queried(surface, length));
      return String(reply.headers["location"]).length;
    }
    expect([reply.status, readBody(reply.text)?.error.message]).toEqual([
      LONG_QUERY.want,
      expect.stringMatching(LONG_QUERY.says),
    ]);
    expect(await at.balance()).toEqual(before);
  }
  return Number.NaN;
}

function otherHeader(surface: Format, key: string): Record<string, string> {
  return surface === "messages" ? { authorization: `Bearer ${key}` } : { "x-api-key": key };
}

/** Runs the test against a market of its own. */
async function inMarket(options: RigOptions, run: (market: Rig) => Promise<void>): Promise<void> {
  const market = await startRig(options);
  try {
    await run(market);
    expect(market.outOfContract).toEqual([]);
  } finally {
    await market.close();
  }
}

test.concurrent("a ticket that says limits and another format leaves the Location short enough too", async () => {
  const limits = { ...DEFAULT_LIMITS, requestsPerMinute: 1_000_000_000, tokensPerMinute: 1_000_000_000 };
  for (const dialect of FORMATS)
    await inMarket({ dialects: [dialect], config: { limits } }, async (at) => {
      for (const surface of FORMATS) {
        const longest = await longestLocation(surface, at);
        expect(longest).toBeLessThanOrEqual(LOCATION_MAX);
        expect(longest).toBeGreaterThan(LOCATION_MAX - 350);
      }
    });
});

test.concurrent("with strict headers a key counts in its own only", async () => {
  await inMarket({ config: { strictHeaders: true } }, async (at) => {
    for (const surface of FORMATS) {
      const wrong = await call(surface, { at, key: null, headers: otherHeader(surface, at.key) });
      expect(faultsOf(surface, wrong, { want: 401, says: /in the wrong header; send it as / })).toEqual([]);
      const missing = await call(surface, { at, key: null });
      expect(faultsOf(surface, missing, { want: 401, says: /^No key was given/ })).toEqual([]);
      expect((await call(surface, { at })).status).toBe(307);
    }
  });
});

test.concurrent.each(FORMATS)(
  "%s: a key that asks too often waits, and counting tokens is free of it",
  async (surface) => {
    await inMarket({ config: limited({ requestsPerMinute: 2 }) }, async (at) => {
      expect((await call(surface, { at })).status).toBe(307);
      expect((await call(surface, { at })).status).toBe(307);
      const before = await at.balance();
      const refused = await call(surface, { at });
      expect(faultsOf(surface, refused, { want: 429, says: /may ask 2 times a minute; ask again in \d+ s/ })).toEqual(
        [],
      );
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(50);
      expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(60);
      expect(allowanceOf(refused)).toEqual({
        limit: ["2", "2"],
        remaining: ["0", "0"],
        reset: expect.stringMatching(/^(1m0s|5[5-9]s)$/),
      });
      const resetAt = String(refused.headers["anthropic-ratelimit-requests-reset"]);
      expect(resetAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const resetInMs = Date.parse(resetAt) - at.nowMs();
      expect(resetInMs).toBeGreaterThan(55_000);
      expect(resetInMs).toBeLessThanOrEqual(61_000);
      expect(await at.balance()).toEqual(before);
      const counts = await Promise.all(Array.from({ length: 25 }, () => countTokens(at)));
      expect(new Set(counts)).toEqual(new Set([200]));
    });
  },
);

/** What both vendors' headers say of a limit. */
function allowanceOf({ headers }: Reply): object {
  return {
    limit: [headers["x-ratelimit-limit-requests"], headers["anthropic-ratelimit-requests-limit"]],
    remaining: [headers["x-ratelimit-remaining-requests"], headers["anthropic-ratelimit-requests-remaining"]],
    reset: headers["x-ratelimit-reset-requests"],
  };
}

async function countTokens(at: Rig): Promise<number> {
  const { max_tokens: _, ...body } = QUESTIONS.messages.body();
  return (await call("messages", { at, path: "/v1/messages/count_tokens", body })).status;
}

/** What only the surface's own format can say, and the word for it. */
const BOUND: Readonly<Record<Format, readonly [body: Record<string, unknown>, bond: string]>> = {
  "chat-completions": [{ functions: [{ name: "look" }] }, "functions"],
  messages: [{ tools: [{ type: "computer_20250124", name: "computer" }] }, "computer_20250124"],
};

test.concurrent.each(FORMATS)(
  "%s: what only this format can say and no supplier speaks is named in a 400, and asking again does not help",
  async (surface) => {
    const other = OTHER[surface];
    const [extra, bond] = BOUND[surface];
    await inMarket({ dialects: [other] }, async (at) => {
      const before = await at.balance();
      const reply = await call(surface, { at, body: QUESTIONS[surface].body(extra) });
      const says = new RegExp(`can honour ${bond}. sim-0: speaks the ${other} format, which cannot say ${bond}`);
      expect(faultsOf(surface, reply, { want: 400, says, param: bond })).toEqual([]);
      expect(await at.balance()).toEqual(before);
    });
  },
);

describe.concurrent.each(FORMATS)("a supplier's fault on %s", (surface) => {
  const fault = (directives: string, extra: Record<string, unknown> = {}) =>
    QUESTIONS[surface].body({ messages: [{ role: "user", content: `[[sim ${directives}]] Hello` }], ...extra });

  const failures: readonly [name: string, body: unknown, want: number, says: RegExp][] = [
    [
      "overloaded",
      fault("status=529"),
      503,
      /^Every supplier that was tried is too busy; nothing was charged. sim-0: /,
    ],
    ["an error of its own", fault("status=500 message=Oops"), 502, /sim-0: it answered with status 500/],
    ["out of breath", fault("status=429"), 503, /is too busy; nothing was charged. sim-0: /],
    ["off for a while", fault("status=503"), 503, /is too busy; nothing was charged. sim-0: /],
    ["our credential", fault('status=401 message="Incorrect key sk-1234"'), 502, /^(?!.*sk-1234)/],
    ["a connection reset", fault("fault=reset"), 502, /broke the connection off/],
    ["a page", fault("fault=html"), 502, /sim-0: (?!.*<)/],
    ["nothing", fault("fault=empty"), 502, /sim-0: /],
    ["half a document", fault("fault=broken-json"), 502, /not JSON/],
    // What it says there is that it is overloaded, as far as its format tells that from other faults.
    ["an error that says 200", fault("fault=error-in-200"), surface === "messages" ? 503 : 502, /sim-0: /],
    ["a stream that breaks before it begins", fault("fault=reset", { stream: true }), 502, /sim-0: /],
    ["a stream of nothing", fault("fault=empty", { stream: true }), 502, /sim-0: /],
    ["silence", fault("fault=hang", { stream: true }), 504, /^Every supplier that was tried was too slow/],
  ];

  test.each(failures)("%s", async (_, body, want, says) => {
    for (const [base, reply] of await onBothBases(body)) {
      expect(faultsOf(surface, reply, { want, says }), base).toEqual([]);
      expect(await rig.receipt(String(reply.headers["request-id"])), base).toMatchObject({ status: "error" });
    }
  });

  test("what it says of the request is passed on in our envelope, in its words", async () => {
    for (const [base, reply] of await onBothBases(fault('status=400 message="max_tokens: too much for this model"'))) {
      expect(reply.status, base).toBe(400);
      expect(readBody(reply.text)?.error.message).toBe("max_tokens: too much for this model");
      expect(faultsOfEnvelope(surface, OPERATIONS[surface], reply)).toEqual([]);
    }
  });

  async function onBothBases(body: unknown): Promise<[base: string, reply: Reply][]> {
    const first = await call(surface, { body });
    const located = String(first.headers["location"]);
    return Promise.all([
      call(surface, { body, path: located, key: null }).then((reply): [string, Reply] => ["redirected", reply]),
      call(surface, { body, path: `/inline${QUESTIONS[surface].path}` }).then((reply): [string, Reply] => [
        "inline",
        reply,
      ]),
    ]);
  }
});

test.concurrent("no supplier's fault was paid for, and none is held for", async () => {
  await inMarket({}, async (at) => {
    const before = await at.balance();
    for (const surface of FORMATS) {
      const path = `/inline${QUESTIONS[surface].path}`;
      const body = QUESTIONS[surface].body({ messages: [{ role: "user", content: "[[sim status=500]]" }] });
      expect((await call(surface, { at, path, body })).status).toBe(502);
      expect(await at.balance()).toEqual(before);
    }
  });
});

test.concurrent("a gateway whose books do not answer sells nothing, and says so", async () => {
  const at = await startRig();
  for (const surface of FORMATS) expect((await call(surface, { at })).status).toBe(307);
  await at.gateway.engine.ledger.close();
  for (const surface of FORMATS) {
    const reply = await call(surface, { at });
    expect(faultsOf(surface, reply, { want: 503, says: /^Balances cannot be read just now/ })).toEqual([]);
  }
  await at.close();
});

test.concurrent("a gateway that is stopping says so, and lets what runs finish", async () => {
  const at = await startRig();
  const slow = { messages: [{ role: "user", content: "[[sim delayBetweenMs=200 chunks=8]] Hello" }], stream: true };
  const running = await request(`${at.url}/inline/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${at.key}` },
    body: JSON.stringify(QUESTIONS["chat-completions"].body(slow)),
  });
  const closed = at.close();
  for (const surface of FORMATS) {
    const reply = await call(surface, { at });
    expect(faultsOf(surface, reply, { want: 503, says: /This gateway is stopping/ })).toEqual([]);
  }
  const counted = await call("messages", { at, path: "/v1/messages/count_tokens" });
  expect(counted.status).toBe(503);
  expect(faultsOfRefusal("messages", "countMessageTokens", counted)).toEqual([]);
  expect(await running.body.text()).toContain("[DONE]");
  await closed;
});

test("nothing went wrong on our side", () => {
  expect(rig.log()).not.toContain("an error nobody expected");
});
