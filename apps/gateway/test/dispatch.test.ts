/** Who answers at which address: by path on one port, by host name where the operator has given names. */
import { once } from "node:events";
import http from "node:http";
import { type AddressInfo, connect } from "node:net";
import { FORMATS, type Format } from "@interchange/config";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { answerMisread } from "../src/misread.ts";
import { SURFACES, type SurfaceRow } from "../src/surfaces.ts";
import { question, sendRaw } from "./raw.ts";
import { OTHER, QUESTIONS, type Rig, startRig } from "./rig.ts";
import { OPERATIONS } from "./stream.ts";
import { faultsOfRefusal, type Reply, readBody } from "./wire.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    config: { hosts: { "chat-completions": ["api.test"], messages: ["messages.test", "m.test"] } },
  });
});
afterAll(async () => {
  expect(rig.outOfContract).toEqual([]);
  await rig.close();
});

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** Node's own client, since `fetch` lets nobody say who the host is. */
async function send(path: string, { method = "POST", headers = {}, body }: Sent = {}): Promise<Reply> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const type =
    text === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
  const request = http.request(rig.url, { path, method, headers: { ...type, ...headers } }).end(text);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  let read = "";
  for await (const chunk of response.setEncoding("utf8")) read += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text: read };
}

/** Which surface's envelope a refusal is in. */
const envelopeOf = (reply: Reply): Format => (readBody(reply.text)?.type === "error" ? "messages" : "chat-completions");

function ask(surface: Format, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  const { body, keyHeader } = QUESTIONS[surface];
  return send(path, { headers: { ...keyHeader(rig.key), ...headers }, body: body() });
}

function expectRefused(surface: Format, status: number, reply: Reply): void {
  expect(reply.status).toBe(status);
  expect(envelopeOf(reply)).toBe(surface);
  expect(faultsOfRefusal(surface, OPERATIONS[surface], reply)).toEqual([]);
}

describe.each(FORMATS)("%s", (surface) => {
  const { path } = QUESTIONS[surface];

  const SPELLINGS = [path, `${path}/`, path.toUpperCase(), path.replace("/v1/", "/V1/")];

  test.each(SPELLINGS)("%s is its own, on one port, whatever headers the other's clients send", async (spelling) => {
    for (const headers of [{}, { "anthropic-version": "2023-06-01" }, { "openai-organization": "org" }]) {
      const reply = await ask(surface, spelling, headers);
      expect(reply.status).toBe(307);
      expect(reply.headers.location?.slice(-spelling.length)).toBe(spelling);
      const inline = await ask(surface, `/inline${spelling}`, headers);
      expect(inline.status).toBe(200);
    }
  });

  test.each(SPELLINGS)(
    "a ticket for %s is good there, and a body is held against the contract all the same",
    async (spelling) => {
      const { location } = (await ask(surface, spelling)).headers;
      expect((await ask(surface, String(location))).status).toBe(200);
      const wrong = await send(spelling, {
        headers: QUESTIONS[surface].keyHeader(rig.key),
        body: QUESTIONS[surface].body({ temperature: 9 }),
      });
      expectRefused(surface, 422, wrong);
    },
  );

  const HOSTS = { "chat-completions": ["api.test", "API.test:8443"], messages: ["messages.test", "M.TEST"] }[surface];

  test.each(HOSTS)("at its own host %s it is alone", async (host) => {
    expect((await ask(surface, path, { host })).status).toBe(307);
    expectRefused(surface, 404, await ask(OTHER[surface], QUESTIONS[OTHER[surface]].path, { host }));
    expectRefused(surface, 404, await ask(OTHER[surface], `/inline${QUESTIONS[OTHER[surface]].path}`, { host }));
    const mark = { "anthropic-version": "2023-06-01", "openai-project": "p" };
    const models = await send("/v1/models", { method: "GET", headers: { host, ...mark } });
    expect(JSON.parse(models.text).object).toBe(surface === "messages" ? undefined : "list");
  });

  test("at a host that nobody named it is there by its path", async () => {
    expect((await ask(surface, path, { host: "elsewhere.test" })).status).toBe(307);
  });

  test("a wrong method is told the right one, on every leg", async () => {
    for (const leg of ["", "/inline", "/r/ticket"]) {
      for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
        const reply = await send(`${leg}${path}`, { method, headers: QUESTIONS[surface].keyHeader(rig.key) });
        expectRefused(surface, 405, reply);
        expect(reply.headers["allow"]).toBe("POST");
      }
      const head = await send(`${leg}${path}`, { method: "HEAD" });
      expect([head.status, head.text]).toEqual([405, ""]);
    }
  });

  test.each([
    ["http://elsewhere.test", ""],
    ["HTTPS://user@elsewhere.test:8443", ""],
    ["http://elsewhere.test", "?beta=true"],
  ])("a target in absolute form, %s before the path and %j behind it, is as good as any", async (origin, query) => {
    const { keyHeader, body } = QUESTIONS[surface];
    const given = await sendRaw(rig.url, question(`${origin}${path}${query}`, keyHeader(rig.key), body()));
    expect(given.status).toBe(307);
    const location = String(given.headers["location"]);
    expect(location).toMatch(/^\/r\/[\w.-]+\/v1\//);
    expect(location.endsWith(`${path}${query}`)).toBe(true);
    const followed = await sendRaw(rig.url, question(`${origin}${location}`, {}, body()));
    expect(followed.status).toBe(200);
    const inline = await sendRaw(rig.url, question(`${origin}/inline${path}`, keyHeader(rig.key), body()));
    expect(inline.status).toBe(200);
  });

  test("the host in a target counts, and the one in the header does not", async () => {
    const { keyHeader, body } = QUESTIONS[surface];
    const [own, others] = [HOSTS[0], { "chat-completions": "m.test", messages: "api.test" }[surface]];
    const headers = { ...keyHeader(rig.key), host: others };
    expect((await sendRaw(rig.url, question(`http://${own}${path}`, headers, body()))).status).toBe(307);
    const strange = { ...keyHeader(rig.key), host: String(own) };
    expect((await sendRaw(rig.url, question(`http://${others}${path}`, strange, body()))).status).toBe(404);
  });

  test("a page may ask on every leg, and may read what it is told", async () => {
    for (const leg of ["", "/inline", "/r/ticket"]) {
      const asked = "authorization,content-type,x-api-key,anthropic-version";
      const preflight = await send(`${leg}${path}`, {
        method: "OPTIONS",
        headers: {
          origin: "https://page.test",
          "access-control-request-method": "POST",
          "access-control-request-headers": asked,
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers).toMatchObject({
        "access-control-allow-origin": "*",
        "access-control-allow-headers": asked,
        "access-control-allow-methods": expect.stringContaining("POST"),
        "request-id": expect.stringMatching(/^req_\w+$/),
        "x-request-id": preflight.headers["request-id"],
      });
      const refused = await send(`${leg}${path}`, { headers: { origin: "https://page.test" }, body: {} });
      expect(refused.status).toBeGreaterThanOrEqual(401);
      expect(refused.headers["access-control-allow-origin"]).toBe("*");
      expect(refused.headers["access-control-expose-headers"]).toContain("request-id");
    }
    const routed = await ask(surface, path, { origin: "https://page.test" });
    const answered = await ask(surface, String(routed.headers.location), { origin: "null" });
    const inline = await ask(surface, `/inline${path}`, { origin: "https://page.test" });
    for (const reply of [routed, answered, inline]) expect(reply.headers["access-control-allow-origin"]).toBe("*");
  });
});

describe("what both have", () => {
  test.each(["", "/inline"])("%s/v1/models is told apart by the header that one's clients send", async (leg) => {
    for (const [headers, isList] of [
      [{}, true],
      [{ "anthropic-version": "2023-06-01" }, false],
    ] as const) {
      for (const path of ["/v1/models", "/v1/models/Text-Max"]) {
        const reply = await send(`${leg}${path}`, { method: "GET", headers });
        expect(reply.status).toBe(200);
        expect(JSON.parse(reply.text).object !== undefined).toBe(isList);
        const head = await send(`${leg}${path}`, { method: "HEAD", headers });
        expect([head.status, head.text, head.headers["content-length"]]).toEqual([
          200,
          "",
          String(Buffer.byteLength(reply.text)),
        ]);
      }
    }
  });
});

describe("a wrong path is told the right one", () => {
  const ONCE = "The base URL already ends in /v1, or the client adds it by itself: write it once.";
  const CHAT = "Requests go to /v1/chat/completions.";

  test.each<[string, Format, string]>([
    ["/v1/responses", "chat-completions", "The Responses format is not offered; use /v1/chat/completions."],
    ["/v1/v1/chat/completions", "chat-completions", ONCE],
    ["/v1/v1/messages", "messages", ONCE],
    ["/inline/v1/v1/messages", "messages", ONCE],
    ["/chat/completions", "chat-completions", "Did you mean /v1/chat/completions?"],
    ["/messages", "messages", "Did you mean /v1/messages?"],
    ["/api/v1/messages", "messages", "Did you mean /v1/messages?"],
    ["//v1/messages", "messages", "Did you mean /v1/messages?"],
    ["/v1/completions", "chat-completions", CHAT],
    ["/v1/embeddings", "chat-completions", CHAT],
    ["/", "chat-completions", CHAT],
    ["/%ff", "chat-completions", CHAT],
    ["/r/ticket", "chat-completions", CHAT],
    ["/r/ticket/v1/models", "chat-completions", "Did you mean /v1/models?"],
    ["/r/ticket/v1/messages/count_tokens", "messages", "Did you mean /v1/messages/count_tokens?"],
  ])("%s", async (path, surface, hint) => {
    const reply = await send(path, { body: {}, headers: QUESTIONS[surface].keyHeader(rig.key) });
    expectRefused(surface, 404, reply);
    expect(readBody(reply.text)?.error.message).toBe(`There is nothing at ${JSON.stringify(path)}. ${hint}`);
  });
});

describe("a path of slashes costs no more than any", () => {
  const ROW = "/".repeat(15_000);

  test.each<[string, string, Format]>([
    ["", "", "chat-completions"],
    ["", "a", "chat-completions"],
    ["/inline", "a", "chat-completions"],
    ["/r/", "a", "chat-completions"],
    ["/r/a", "a", "chat-completions"],
    ["/v1/messages", "", "messages"],
    ["/v1/messages", "a", "messages"],
  ])("%j before them and %j behind", async (before, behind, surface) => {
    const begunAtMs = performance.now();
    for (let nth = 0; nth < 20; nth += 1) {
      const reply = await send(`${before}${ROW}${behind}`, { method: "GET" });
      expectRefused(surface, 404, reply);
    }
    expect(performance.now() - begunAtMs).toBeLessThan(2_000);
  });
});

describe("what node cannot read", () => {
  test.each([
    ["a control character in a header", 400, "GET / HTTP/1.1\r\nhost: h\r\nx-own: a\u0001b\r\n\r\n"],
    ["nonsense", 400, "how are you?\r\n\r\n"],
    ["two lengths", 400, "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"],
    ["headers beyond measure", 431, `GET / HTTP/1.1\r\nhost: h\r\nx-own: ${"a".repeat(20_000)}\r\n\r\n`],
    [
      "chunk extensions beyond measure",
      413,
      `POST /v1/messages HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n1;${"a".repeat(20_000)}\r\n`,
    ],
  ])("%s is a %i in the envelope, under an id, and closes", async (_, status, text) => {
    const reply = await sendRaw(rig.url, text);
    expect(reply.status).toBe(status);
    expect(reply.headers["connection"]).toBe("close");
    expect(reply.headers["request-id"]).toMatch(/^req_\w+$/);
    expect(reply.headers["x-request-id"]).toBe(reply.headers["request-id"]);
    expect(readBody(reply.text)?.error).toMatchObject({ message: expect.stringMatching(/ .*\.$/) });
    if (status === 400) expectRefused("chat-completions", 400, reply);
  });

  test("a request that stays half is a 408, and nobody is told not to come again", async () => {
    const server = http.createServer({ headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 20 });
    answerMisread(server, (SURFACES[0] as SurfaceRow).surface, pino({ level: "silent" }));
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const reply = await sendRaw(`http://127.0.0.1:${port}`, "GET / HTTP/1.1\r\nhost: h\r\n");
    expect([reply.status, reply.headers["x-should-retry"]]).toEqual([408, undefined]);
    expect(readBody(reply.text)?.error.message).toBe("request did not arrive whole in time.");
  });

  test("nothing is written into an answer that has begun", async () => {
    const { path, keyHeader, body } = QUESTIONS.messages;
    const slow = body({ stream: true, messages: [{ role: "user", content: "[[sim tokens=100 delayBetweenMs=50]]" }] });
    const socket = connect(Number(new URL(rig.url).port), "127.0.0.1").setEncoding("utf8");
    let read = "";
    socket.on("data", (chunk: string) => {
      read += chunk;
    });
    socket.write(question(`/inline${path}`, { ...keyHeader(rig.key), connection: "keep-alive" }, slow));
    await expect.poll(() => read).toContain("message_start");
    socket.write("how are you?\r\n\r\n");
    await once(socket, "close");
    expect(read.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200"]);
    expect(read).not.toContain("request_id");
  });

  test("whoever leaves before hearing of it disturbs nobody", async () => {
    for (let nth = 0; nth < 20; nth += 1) {
      const socket = connect(Number(new URL(rig.url).port), "127.0.0.1");
      await once(socket, "connect");
      socket.write("how are you?\r\n\r\n");
      socket.resetAndDestroy();
    }
    expect((await send("/healthz", { method: "GET" })).status).toBe(200);
  });
});

test("what stands beside the surfaces answers at every host", async () => {
  for (const host of ["api.test", "messages.test", "elsewhere.test"]) {
    for (const path of ["/healthz", "/readyz", "/.well-known/jwks.json"]) {
      expect((await send(path, { method: "GET", headers: { host } })).status).toBe(200);
    }
  }
});
