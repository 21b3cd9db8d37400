/** Errors, connections and time on a running gateway over suppliers of the other format. */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { DEFAULT_LIMITS, FORMATS, type Format } from "@interchange/config";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPurse } from "../purse.ts";
import { ask, INSTRUMENT, OTHER, QUESTIONS } from "../rig.ts";
import { OPERATIONS } from "../stream.ts";
import { faultsOfEnvelope, faultsOfRefusal, type Reply } from "../wire.ts";
import { type Crossing, type Exchange, json, openCrossing } from "./crossing.ts";
import { CUT, HANG, type Piece, type Script } from "./scripted-supplier.ts";
import {
  chatStream,
  chunk,
  completion,
  MESSAGE_STOP,
  message,
  messageDelta,
  messageStart,
  messageStream,
  ROLE,
  textBlock,
  type Wire,
} from "./wire-format.ts";

let crossings: Readonly<Record<Format, Crossing>>;
beforeAll(async () => {
  const [messages, chat] = await Promise.all(
    (["messages", "chat-completions"] as const).map((surface) => openCrossing(surface, { timeouts: PATIENCE })),
  );
  crossings = { messages, "chat-completions": chat } as typeof crossings;
});
afterAll(async () => {
  for (const crossing of Object.values(crossings)) await crossing.close();
});

const PATIENCE = { firstByteMs: 600, idleMs: 600, totalMs: 1_500 };
const BASES = ["", "/inline"] as const;
const user = (content: string): Wire => ({ role: "user", content });

/** One row for each surface: what its supplier, which speaks the other format, says. */
interface Says {
  readonly whole: Wire;
  readonly stream: string;
  /** A stream's beginning, and as much of it as one likes. */
  readonly begin: string;
  readonly word: (said: string) => string;
  readonly error: (type: string, message: string) => Wire;
}

const SAYS: Readonly<Record<Format, Says>> = {
  messages: {
    whole: completion({ content: "Hello" }),
    stream: chatStream("stop", chunk({ content: "Hello" })),
    begin: ROLE + chunk({ content: "Hel" }),
    word: (content) => chunk({ content }),
    error: (type, said) => ({ error: { message: said, type, param: null, code: null } }),
  },
  "chat-completions": {
    whole: message([{ type: "text", text: "Hello" }]),
    stream: messageStream(textBlock(0, "Hello")),
    begin: messageStart() + textBlock(0, "Hel"),
    word: (said) => textBlock(1, said),
    error: (type, said) => ({ type: "error", error: { type, message: said } }),
  },
};

function replyOf({ status, headers, text }: Exchange): Reply {
  return { status, headers: Object.fromEntries(headers), text };
}

const errorOf = ({ body }: Exchange): Wire => (body["error"] ?? {}) as Wire;

describe.each(FORMATS)("E01 on %s every error has the surface's own shape", (surface) => {
  const { path, body, keyHeader } = QUESTIONS[surface];
  const operation = OPERATIONS[surface];

  test.each<[status: number, what: string, Partial<Record<"method" | "path" | "key" | "body" | "type", string>>]>([
    [400, "what is not JSON", { body: "{" }],
    [400, "a wrong type", { body: JSON.stringify(body({ temperature: "hot" })) }],
    [401, "no such key", { key: "ick_none" }],
    [404, "no such instrument", { body: JSON.stringify(body({ model: "text-nonsense" })) }],
    [415, "another type", { type: "text/plain" }],
    [422, "a value out of range", { body: JSON.stringify(body({ temperature: 3 })) }],
  ])("%i %s", async (status, _what, { key, body: sent = JSON.stringify(body()), type = "application/json" }) => {
    const { rig } = crossings[surface];
    const headers = { "content-type": type, ...keyHeader(key ?? rig.key) };
    const response = await fetch(`${rig.url}${path}`, { method: "POST", headers, body: sent });
    const reply = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text: await response.text(),
    };
    expect(reply.status).toBe(status);
    expect(faultsOfRefusal(surface, operation, reply)).toEqual([]);
  });

  test("402 no tokens", async () => {
    const crossing = crossings[surface];
    const { key } = await openPurse(crossing.rig, 1);
    const told = await crossing.exchange(undefined, {}, { key });
    expect([told.status, faultsOfRefusal(surface, operation, replyOf(told))]).toEqual([402, []]);
  });

  test.each([
    [404, "POST", "/v1/nowhere"],
    [405, "PUT", path],
  ])("%i for %s %s", async (status, method, target) => {
    const { rig } = crossings[surface];
    // The headers of its own format tell on which surface a path that neither knows was meant.
    const headers = { ...keyHeader(rig.key), ...(surface === "messages" ? { "anthropic-version": "2023-06-01" } : {}) };
    const response = await fetch(`${rig.url}${target}`, { method, headers });
    const wire = (await response.json()) as Wire;
    expect(response.status).toBe(status);
    expect(wire).toMatchObject({
      error: { type: expect.any(String), message: expect.any(String) },
      errors: { detail: expect.any(String) },
    });
    expect(wire["type"]).toBe(surface === "messages" ? "error" : undefined);
  });

  test.each<[status: number, what: string, Script]>([
    [
      502,
      "a page of HTML",
      { headers: { "content-type": "text/html" }, pieces: ["<html><h1>Bad Gateway</h1></html>"] },
    ],
    [502, "a 200 with an error in it", json(SAYS[surface].error("server_error", "gone"))],
    [502, "half an answer", { headers: { "content-type": "application/json" }, pieces: ['{"id":'] }],
    [502, "nothing at all", { headers: { "content-type": "application/json" }, pieces: [] }],
    [502, "a status of 500", json(SAYS[surface].error("server_error", "gone"), 500)],
    [502, "a status that is no error", json({}, 204)],
  ])("%i for %s of the supplier", async (status, _what, script) => {
    const told = await crossings[surface].exchange(script);
    expect([told.status, faultsOfRefusal(surface, operation, replyOf(told))]).toEqual([status, []]);
  });

  test("400 for a supplier's own complaint about the request, in its words", async () => {
    const told = await crossings[surface].exchange(
      json(SAYS[surface].error("invalid_request_error", "The tool has no name."), 400),
    );
    expect([told.status, faultsOfEnvelope(surface, operation, replyOf(told))]).toEqual([400, []]);
    expect(errorOf(told)["message"]).toContain("The tool has no name.");
  });
});

describe("E02 a context that is too long is told in the words that clients look for", () => {
  const CHAT =
    "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.";
  const TOO_LONG =
    /prompt is too long: [\d,]+ tokens > [\d,]+ maximum|input length and `max_tokens` exceed context limit: [\d,]+ \+ [\d,]+ > [\d,]+/;

  test("to Messages", async () => {
    const script = json(
      { error: { message: CHAT, type: "invalid_request_error", param: "messages", code: "context_length_exceeded" } },
      400,
    );
    for (const stream of [true, false]) {
      const told = await crossings.messages.exchange(script, { stream });
      expect([told.status, errorOf(told)["type"]]).toEqual([400, "invalid_request_error"]);
      expect(errorOf(told)["message"]).toMatch(TOO_LONG);
      expect(errorOf(told)["message"]).toMatch(/8,?000 \+ 1,?000 > 8,?192/);
    }
  });

  test.each([
    "prompt is too long: 9000 tokens > 8192 maximum",
    "input length and `max_tokens` exceed context limit: 8000 + 1000 > 8192, decrease input length or `max_tokens` and try again",
  ])("to Chat, of %j", async (said) => {
    const told = await crossings["chat-completions"].exchange(
      json(SAYS["chat-completions"].error("invalid_request_error", said), 400),
    );
    expect([told.status, errorOf(told)["code"]]).toEqual([400, "context_length_exceeded"]);
    expect(errorOf(told)["message"]).toMatch(/maximum context length/);
    expect(errorOf(told)["message"]).toMatch(/8,?192/);
  });
});

describe("E03 E04 a supplier that is too busy", () => {
  test.each([
    ["chat-completions", 529, "overloaded_error"],
    ["chat-completions", 429, "rate_limit_error"],
    ["messages", 503, "server_error"],
    ["messages", 429, "requests"],
  ] as const)("is told as overloaded on %s when it says %i", async (surface, status, type) => {
    const script = json(SAYS[surface].error(type, "Too busy."), status, { "retry-after": "7" });
    const told = await crossings[surface].exchange(script);
    expect([told.status, errorOf(told)["type"]]).toEqual([503, "overloaded_error"]);
    expect(told.headers.get("x-should-retry")).not.toBe("false");
    expect(told.headers.get("retry-after")).toBe("7");
  });

  test.each(FORMATS)("within a stream on %s", async (surface) => {
    const { begin, error } = SAYS[surface];
    const wire = error("overloaded_error", "Too busy.");
    const told = await crossings[surface].stream([begin, `event: error\ndata: ${JSON.stringify(wire)}\n\n`]);
    expect([told.status, told.score.at(-1)]).toEqual([200, "error overloaded_error"]);
  });

  test.each(FORMATS)(
    "its limits are not passed on as ours on %s, and its longest wait is a minute",
    async (surface) => {
      const headers = {
        "retry-after": "86400",
        "x-ratelimit-remaining-requests": "0",
        "anthropic-ratelimit-requests-remaining": "0",
      };
      const told = await crossings[surface].exchange(
        json(SAYS[surface].error("rate_limit_error", "Too busy."), 429, headers),
      );
      expect(Number(told.headers.get("retry-after"))).toBeLessThanOrEqual(60);
      expect(told.headers.get("x-ratelimit-remaining-requests")).toBeNull();
      expect(told.headers.get("anthropic-ratelimit-requests-remaining")).toBeNull();
    },
  );
});

test.each(FORMATS)("E04 the limits of a key are told on %s in the headers of both vendors", async (surface) => {
  const crossing = await openCrossing(surface, { config: { limits: { ...DEFAULT_LIMITS, requestsPerMinute: 1 } } });
  await crossing.whole(SAYS[surface].whole);
  const told = await crossing.whole(SAYS[surface].whole);
  expect([told.status, errorOf(told)["type"]]).toEqual([429, "rate_limit_error"]);
  expect(Object.fromEntries(told.headers)).toMatchObject({
    "retry-after": expect.stringMatching(/^\d+$/),
    "x-ratelimit-remaining-requests": "0",
    "anthropic-ratelimit-requests-remaining": "0",
  });
  await crossing.close();
});

describe.each(FORMATS)("E05 on %s nothing about the supplier's bytes is passed on", (surface) => {
  test.each([false, true])("from a supplier that packs its answer where it may, streamed: %j", async (stream) => {
    const crossing = crossings[surface];
    const { whole, stream: streamed } = SAYS[surface];
    const plain = stream ? streamed : JSON.stringify(whole);
    const type = stream ? "text/event-stream" : "application/json";
    crossing.suppliers[0]?.answer(({ "accept-encoding": accepted = "gzip" }) =>
      accepted.includes("gzip")
        ? { headers: { "content-type": type, "content-encoding": "gzip" }, pieces: [gzipSync(plain)] }
        : { headers: { "content-type": type }, pieces: [plain] },
    );
    const told = await crossing.exchange(undefined, { stream });
    expect([told.status, told.text]).toEqual([200, expect.stringContaining("Hello")]);
    expect(told.headers.get("content-encoding")).toBeNull();
  });

  test("nor a length, a cookie or a limit of it", async () => {
    const headers = {
      "content-type": "application/json",
      "set-cookie": "a=b",
      server: "inner",
      "x-ratelimit-limit-requests": "5",
    };
    const script = {
      headers: { ...headers, "transfer-encoding": "chunked" },
      pieces: [JSON.stringify(SAYS[surface].whole)],
    };
    const told = await crossings[surface].exchange(script);
    expect(told.status).toBe(200);
    for (const name of ["set-cookie", "server", "x-ratelimit-limit-requests", "transfer-encoding"])
      expect(told.headers.get(name)).toBeNull();
    expect(Number(told.headers.get("content-length"))).toBe(Buffer.byteLength(told.text));
  });
});

/** Leaves as soon as `isTime`, and gives the request's id and when that was. */
async function leave(crossing: Crossing, base: string, pieces: readonly Piece[], afterText: string | undefined) {
  const [supplier] = crossing.suppliers;
  const before = supplier?.asked.length ?? 0;
  supplier?.answer({ pieces });
  const leaving = new AbortController();
  const body = QUESTIONS[crossing.surface].body({ stream: true });
  const asking = ask(crossing.rig, crossing.surface, { base, body, signal: leaving.signal });
  let requestId = "";
  if (afterText === undefined) {
    asking.catch(() => undefined);
    await expect.poll(() => supplier?.asked.length).toBe(before + 1);
    await sleep(30);
  } else {
    const response = await asking;
    requestId = response.headers.get("request-id") ?? "";
    let read = "";
    for await (const bytes of response.body ?? []) {
      read += Buffer.from(bytes as Uint8Array).toString();
      if (read.includes(afterText)) break;
    }
  }
  leaving.abort();
  const leftAtMs = performance.now();
  const asked = supplier?.asked.at(-1);
  await expect.poll(() => asked?.leftAtMs(), { interval: 5 }).toBeDefined();
  return { requestId, tookMs: (asked?.leftAtMs() ?? Number.NaN) - leftAtMs };
}

describe.each(FORMATS)("E06 E07 a caller of %s that leaves", (surface) => {
  describe.each(BASES)("at base %j", (base) => {
    test.each([
      ["before the first byte", [HANG] as readonly Piece[], undefined],
      ["after it", [SAYS[surface].begin, HANG] as readonly Piece[], "Hel"],
    ])("%s: its supplier is let go at once, and is not blamed", async (_when, pieces, afterText) => {
      const crossing = crossings[surface];
      const { used } = await crossing.rig.balance();
      const logBefore = crossing.rig.log().length;
      const { requestId, tookMs } = await leave(crossing, base, pieces, afterText);
      expect(tookMs).toBeLessThan(500);
      await expect.poll(async () => (await crossing.rig.balance()).held).toBe(0);
      const charged = (await crossing.rig.balance()).used - used;
      if (afterText === undefined) expect(charged).toBe(0);
      else expect((await crossing.rig.receipt(requestId))?.tokensUsed).toBe(charged);
      const lines = (): readonly Wire[] =>
        crossing.rig
          .log()
          .slice(logBefore)
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Wire);
      await expect.poll(() => lines().some(({ status }) => status === 499)).toBe(true);
      expect(lines().filter(({ msg }) => msg === "a supplier failed")).toEqual([]);
      expect((await crossing.whole(SAYS[surface].whole)).status).toBe(200);
    });
  });
});

describe.each(FORMATS)("E08 on %s", (surface) => {
  const speaksOther = { formats: [OTHER[surface], OTHER[surface]], timeouts: PATIENCE };

  test("nobody is asked again once a word was told, and whoever asks again gets another supplier", async () => {
    const crossing = await openCrossing(surface, speaksOther);
    const [first, second] = crossing.suppliers;
    first?.answer({ pieces: [SAYS[surface].begin, { pauseMs: 20 }, CUT] });
    second?.answer({ pieces: [SAYS[surface].stream] });
    const broken = await crossing.exchange(undefined, { stream: true });
    expect([broken.ending, second?.asked.length]).toEqual(["broken", 0]);
    expect(broken.text.match(/Hel/g)).toHaveLength(1);
    const again = await crossing.exchange(undefined, { stream: true });
    expect([again.ending, first?.asked.length, second?.asked.length]).toEqual(["complete", 1, 1]);
    await crossing.close();
  });

  test("E09 a caller's own fault counts against no supplier, nor does counting tokens", async () => {
    const crossing = await openCrossing(surface, speaksOther);
    crossing.suppliers[0]?.answer(json(SAYS[surface].error("invalid_request_error", "No."), 400));
    for (let times = 0; times < 6; times += 1) {
      const told = await crossing.exchange(undefined, { messages: [user(`Hello ${times}`)] });
      expect(told.status).toBe(400);
    }
    const { url, key } = crossing.rig;
    const headers = { "content-type": "application/json", "x-api-key": key };
    const body = JSON.stringify({ model: INSTRUMENT, messages: [user("Hello")] });
    await fetch(`${url}/v1/messages/count_tokens`, { method: "POST", headers, body });
    crossing.suppliers[0]?.answer(json(SAYS[surface].whole));
    const told = await crossing.exchange(undefined);
    expect([told.status, told.sent["model"]]).toEqual([200, "model-0"]);
    expect(crossing.suppliers[1]?.asked).toEqual([]);
    await crossing.close();
  });
});

describe("E10 tokens are counted", () => {
  const SENTENCE = "The quick brown fox jumps over the lazy dog. ";

  test.each(BASES)("at base %j: free, close, and without a supplier", async (base) => {
    const crossing = crossings.messages;
    const before = [await crossing.rig.balance(), crossing.suppliers[0]?.asked.length];
    const headers = { "content-type": "application/json", "x-api-key": crossing.rig.key };
    const body = JSON.stringify({ model: INSTRUMENT, messages: [user(SENTENCE.repeat(200))] });
    const response = await fetch(`${crossing.rig.url}${base}/v1/messages/count_tokens`, {
      method: "POST",
      headers,
      body,
    });
    const { input_tokens } = (await response.json()) as { readonly input_tokens: number };
    expect(response.status).toBe(200);
    // Ten tokens to the sentence in the tokenizers of the day, give or take what frames a turn.
    expect(input_tokens).toBeGreaterThan(0.9 * 2_000);
    expect(input_tokens).toBeLessThan(1.15 * 2_000 + 20);
    expect([await crossing.rig.balance(), crossing.suppliers[0]?.asked.length]).toEqual(before);
  });
});

test.each(FORMATS)("E11 the key of %s reaches no location, no supplier and no log", async (surface) => {
  const crossing = crossings[surface];
  const { rig } = crossing;
  for (const headers of [{ authorization: `Bearer ${rig.key}` }, { "x-api-key": rig.key }]) {
    const first = await ask(rig, surface, { key: null, headers, redirect: "manual" });
    expect(first.status).toBe(307);
    const location = new URL(first.headers.get("location") ?? "", rig.url);
    expect(location.origin).toBe(new URL(rig.url).origin);
    expect(location.href).not.toContain(rig.key);
    const { asked } = await crossing.whole(SAYS[surface].whole, {}, { key: null, headers });
    expect(asked).toHaveLength(1);
    expect(JSON.stringify([asked[0]?.headers, asked[0]?.text, asked[0]?.path])).not.toContain(rig.key);
    expect(JSON.stringify(asked[0]?.headers)).toContain("the-supplier's-secret");
  }
  expect(rig.log()).not.toContain(rig.key);
  expect(rig.log()).not.toContain("the-supplier's-secret");
});

describe.each(FORMATS)("E12 a slow reader of %s", (surface) => {
  test("slows its supplier down, and loses nothing", async () => {
    const crossing = await openCrossing(surface, { timeouts: { idleMs: 20_000, firstByteMs: 20_000 } });
    const { begin, word, stream } = SAYS[surface];
    const many = word("x".repeat(10_000));
    const total = 4_000;
    const ends = surface === "messages" ? stream.slice(ROLE.length) : messageDelta("end_turn") + MESSAGE_STOP;
    crossing.suppliers[0]?.answer({ pieces: [begin, ...Array.from({ length: total }, () => many), ends] });
    const response = await ask(crossing.rig, surface, { body: QUESTIONS[surface].body({ stream: true }) });
    const reader = response.body?.getReader();
    await reader?.read();
    const asked = crossing.suppliers[0]?.asked[0];
    await sleep(300);
    const memory = process.memoryUsage().rss;
    const written = asked?.bytesWritten() ?? 0;
    await sleep(500);
    // Whatever fits into the sockets between is written, and then no more.
    expect((asked?.bytesWritten() ?? 0) - written).toBeLessThan(1_000_000);
    expect(asked?.bytesWritten()).toBeLessThan(20_000_000);
    expect(process.memoryUsage().rss - memory).toBeLessThan(50_000_000);
    let count = 0;
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) count += part.value.length;
    expect(count).toBeGreaterThan(total * 10_000);
    await crossing.close();
  });
});

describe("E13", () => {
  const origin = { origin: "https://page.example" };

  test("HEAD is GET without its body", async () => {
    const { url, key } = crossings.messages.rig;
    const headers = { authorization: `Bearer ${key}` };
    const [get, head] = await Promise.all(
      ["GET", "HEAD"].map((method) => fetch(`${url}/v1/models`, { method, headers })),
    );
    expect([get?.status, head?.status]).toEqual([200, 200]);
    expect(await head?.text()).toBe("");
    expect(head?.headers.get("content-length")).toBe(get?.headers.get("content-length"));
    await get?.text();
  });

  test.each(FORMATS)("HEAD of %s is refused as any other method", async (surface) => {
    const { rig } = crossings[surface];
    const response = await fetch(`${rig.url}${QUESTIONS[surface].path}`, {
      method: "HEAD",
      headers: QUESTIONS[surface].keyHeader(rig.key),
    });
    expect([response.status, response.headers.get("allow")]).toEqual([405, expect.stringContaining("POST")]);
  });

  test.each(FORMATS)("a page may ask %s on both legs, and a preflight spends no ticket", async (surface) => {
    const crossing = crossings[surface];
    const { rig } = crossing;
    const preflight = (url: string): Promise<Response> =>
      fetch(url, {
        method: "OPTIONS",
        headers: {
          ...origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "x-api-key,content-type",
        },
      });
    const first = await ask(rig, surface, { redirect: "manual", headers: origin });
    const location = new URL(first.headers.get("location") ?? "", rig.url).href;
    for (const url of [`${rig.url}${QUESTIONS[surface].path}`, location]) {
      const allowed = await preflight(url);
      expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
      expect(allowed.headers.get("access-control-allow-headers")).toContain("x-api-key");
    }
    crossing.suppliers[0]?.answer(json(SAYS[surface].whole));
    const headers = { "content-type": "application/json", ...origin };
    const second = await fetch(location, { method: "POST", headers, body: JSON.stringify(QUESTIONS[surface].body()) });
    expect([second.status, second.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
    await second.text();
  });

  test.each(FORMATS)("whoever waits to be told to go on with %s is told", async (surface) => {
    const { rig, suppliers } = crossings[surface];
    suppliers[0]?.answer(json(SAYS[surface].whole));
    const { path, keyHeader, body } = QUESTIONS[surface];
    const text = JSON.stringify(body());
    const { hostname, port } = new URL(rig.url);
    const socket = connect(Number(port), hostname).setEncoding("utf8");
    let read = "";
    socket.on("data", (said: string) => {
      read += said;
    });
    const headers = {
      host: "here",
      expect: "100-continue",
      connection: "close",
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(text)),
      ...keyHeader(rig.key),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST /inline${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
    await expect.poll(() => read).toMatch(/^HTTP\/1\.1 100 /);
    socket.write(text);
    await once(socket, "close");
    expect(read).toMatch(/HTTP\/1\.1 200 .*Hello/s);
  });
});

/** Both surfaces wait at the same time. */
const onBoth = (check: (surface: Format) => Promise<void>): Promise<unknown> => Promise.all(FORMATS.map(check));

describe("E14 a supplier that is too slow ends in an error that says so, on either surface", () => {
  test.each<[string, boolean, Script]>([
    ["no head, whole", false, { pieces: [HANG] }],
    ["no head, streamed", true, { pieces: [HANG] }],
    ["no first event", true, { pieces: [": wait\n\n", HANG] }],
    ["half a whole answer", false, { headers: { "content-type": "application/json" }, pieces: ['{"id"', HANG] }],
  ])("%s", async (_what, stream, script) => {
    await onBoth(async (surface) => {
      const told = await crossings[surface].exchange(script, { stream });
      expect([surface, told.status, errorOf(told)["type"]]).toEqual([surface, 504, "timeout_error"]);
      expect(faultsOfRefusal(surface, OPERATIONS[surface], replyOf(told))).toEqual([]);
    });
  });

  test.each<[string, (surface: Format) => readonly Piece[]]>([
    ["silence within a stream", () => [HANG]],
    [
      "a stream that never ends",
      (surface) => Array.from({ length: 15 }, (): Piece[] => [{ pauseMs: 200 }, SAYS[surface].word("x")]).flat(),
    ],
  ])("%s", async (_what, piecesOf) => {
    const startedAtMs = performance.now();
    await onBoth(async (surface) => {
      const told = await crossings[surface].stream([SAYS[surface].begin, ...piecesOf(surface)]);
      expect([surface, told.status, told.ending, told.score.at(-1)]).toEqual([
        surface,
        200,
        "broken",
        "error timeout_error",
      ]);
    });
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  });
});

test("E08 an SDK that asks again gets an answer of another supplier, once", async () => {
  const crossing = await openCrossing("chat-completions", { formats: ["messages", "messages"] });
  crossing.suppliers[0]?.answer(json(SAYS["chat-completions"].error("overloaded_error", "Too busy."), 529));
  crossing.suppliers[1]?.answer({ pieces: [SAYS["chat-completions"].stream] });
  const client = new OpenAI({ baseURL: `${crossing.rig.url}/v1`, apiKey: crossing.rig.key });
  const stream = await client.chat.completions.create({
    model: INSTRUMENT,
    stream: true,
    messages: [{ role: "user", content: "Hi" }],
  });
  let said = "";
  for await (const part of stream) said += part.choices[0]?.delta.content ?? "";
  expect([said, ...crossing.suppliers.map(({ asked }) => asked.length)]).toEqual(["Hello", 1, 1]);
  await crossing.close();
});
