/** A request on its way to a handler and back: who may ask, what is read, what is refused, what is written. */
import { connect, type Socket } from "node:net";
import { LEVELS_MAX } from "@interchange/inference";
import { afterEach, describe, expect, test } from "vitest";
import { type AnyRequest, type AnyResponse, mount } from "../src/index.ts";
import { answering, BODY_BYTES_MAX, type Context, document, routes, startTiny, type Tiny } from "./tiny.ts";

let tiny: Tiny;
afterEach(() => tiny.close());

const note = { text: "hello" };

type Sent = string | ReadableStream;

function post(body: Sent, headers: Record<string, string> = {}, path = "/notes"): Promise<Response> {
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers }, body };
  return fetch(`${tiny.url}${path}`, {
    ...init,
    ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
  } as RequestInit);
}

function chunked(chunks: readonly Uint8Array[]): ReadableStream {
  return new ReadableStream({
    async start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(chunk);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      controller.close();
    },
  });
}

/** A connection on which the test writes each byte itself. */
function dial(): Socket {
  return connect(tiny.port, "127.0.0.1");
}

const HEAD = (length: number): string =>
  `POST /notes HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** Waits until what has come in says it. */
async function until(socket: Socket, wanted: string): Promise<string> {
  let received = "";
  for await (const chunk of socket) {
    received += String(chunk);
    if (received.includes(wanted)) return received;
  }
  throw new Error(`The connection ended without ${wanted}: ${received}`);
}

describe("what a handler is given", () => {
  test("the body, its bytes, path, query and headers, and the context", async () => {
    const seen: [AnyRequest, Context][] = [];
    const keep = (request: AnyRequest, context: Context): AnyResponse => {
      seen.push([request, context]);
      return { status: 200, body: {} };
    };
    tiny = await startTiny({ addNote: keep, readNote: keep, listNotes: keep });
    await post('{ "text":"ä", "unknown": [1] }', { "X-Own": "1" });
    await fetch(`${tiny.url}/notes/a%2Fb?x=y`);
    await fetch(`${tiny.url}/notes?limit=3&other=1&other=2`);
    const [[added], [read], [listed, context]] = seen as [(typeof seen)[0], (typeof seen)[0], (typeof seen)[0]];
    expect(added.body).toEqual({ text: "ä", unknown: [1] });
    expect(Buffer.from(added.raw).toString()).toBe('{ "text":"ä", "unknown": [1] }');
    expect(added.headers).toMatchObject({ "x-own": "1" });
    expect(read.path).toEqual({ id: "a/b" });
    expect(read.query).toEqual({ x: "y" });
    expect(listed.query).toMatchObject({ other: ["1", "2"] });
    expect(listed.body).toBeUndefined();
    expect(context).toEqual({ requestId: "req_3" });
  });

  test("a body in chunks, cut within a sign, is put together", async () => {
    const bytes = Buffer.from(JSON.stringify({ text: "𝄞ä".repeat(500) }));
    const raws: Uint8Array[] = [];
    tiny = await startTiny({
      addNote: ({ raw, body }: AnyRequest) => {
        raws.push(raw);
        return { status: 200, body };
      },
    });
    const chunks = [bytes.subarray(0, 11), bytes.subarray(11, 13), bytes.subarray(13, 600), bytes.subarray(600)];
    const response = await post(chunked(chunks));
    expect(await response.json()).toEqual({ text: "𝄞ä".repeat(500) });
    expect(Buffer.compare(raws[0] as Uint8Array, bytes)).toBe(0);
  });

  test("a signal that stays quiet when all is answered", async () => {
    const signals: AbortSignal[] = [];
    tiny = await startTiny({
      addNote: ({ signal }: AnyRequest) => {
        signals.push(signal);
        return { status: 200, body: {} };
      },
    });
    await (await post(JSON.stringify(note))).text();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
  });

  test("a signal that aborts when the caller leaves before the answer", async () => {
    const left = Promise.withResolvers<void>();
    tiny = await startTiny({
      addNote: async ({ signal }: AnyRequest) => {
        signal.addEventListener("abort", () => left.resolve());
        await left.promise;
        return { status: 200, body: {} };
      },
    });
    const controller = new AbortController();
    const asked = fetch(`${tiny.url}/notes`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(note),
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 50);
    await expect(asked).rejects.toThrow(/abort/);
    await left.promise;
    expect(tiny.errors).toEqual([]);
  });
});

describe("the order of checks", () => {
  const refuseEntry = {
    enter: () => ({ kind: "refused", refusal: { kind: "key-missing", problem: "No key." } }) as const,
  };

  test("who may not ask hears it before a byte of the body is read", async () => {
    tiny = await startTiny({}, refuseEntry);
    const socket = dial();
    socket.write(HEAD(1_000));
    expect(await until(socket, "No key.")).toMatch(/^HTTP\/1\.1 401 /);
  });

  const bad: readonly [name: string, body: Sent, headers: Record<string, string>, want: number][] = [
    ["a key before the medium", "{", { "content-type": "text/plain" }, 401],
    ["a key before the size", "x".repeat(BODY_BYTES_MAX + 1), {}, 401],
  ];
  test.each(bad)("%s", async (_, body, headers, want) => {
    tiny = await startTiny({}, refuseEntry);
    expect((await post(body, headers)).status).toBe(want);
  });

  const later: readonly [name: string, body: Sent, headers: Record<string, string>, want: number, kind: string][] = [
    [
      "the medium before the size",
      "x".repeat(BODY_BYTES_MAX + 1),
      { "content-type": "text/plain" },
      415,
      "media-type-unsupported",
    ],
    ["the size before the grammar", "x".repeat(BODY_BYTES_MAX + 1), {}, 413, "body-too-large"],
    ["the grammar before the contract", '{"text":', {}, 400, "body-not-json"],
    ["the contract before the handler", '{"text":"","stars":"many"}', {}, 422, "request-invalid"],
    ["a body of the largest size", `{"text":"${"x".repeat(BODY_BYTES_MAX - 11)}"}`, {}, 200, ""],
  ];
  test.each(later)("%s", async (_, body, headers, want, kind) => {
    let handled = 0;
    tiny = await startTiny({
      addNote: () => {
        handled += 1;
        return { status: 200, body: { kind: "" } };
      },
    });
    const response = await post(body, headers);
    expect([response.status, ((await response.json()) as { kind: string }).kind]).toEqual([want, kind]);
    expect(handled).toBe(want === 200 ? 1 : 0);
  });

  test.each([
    ["limit=1", 200, /done/],
    ["limit=10", 200, /done/],
    ["limit=0", 422, /limit must be at least 1, not 0/],
    ["limit=11", 422, /limit must be at most 10, not 11/],
    ["limit=few", 400, /limit must be a whole number, not \\"few\\"/],
  ])("a parameter: %s is answered %i", async (query, want, says) => {
    tiny = await startTiny();
    const response = await fetch(`${tiny.url}/notes?${query}`);
    expect(response.status).toBe(want);
    expect(await response.text()).toMatch(says);
  });
});

describe("a number that no double holds", () => {
  // It would be infinite here, and null in what is passed on.
  const tooLarge: readonly (readonly [json: string, param: string])[] = [
    ["1e309", "number"],
    ["-1E+400", "number"],
    ["0.5e00309", "number"],
    [`1${"0".repeat(309)}`, "number"],
    [`${"9".repeat(250)}e99`, "number"],
    ["[1,[],{},[0,1e999]]", "number[3][1]"],
    ['{"a":[{"b":null,"c d":1e999}]}', "number.a[0].c d"],
    [`{"${"k".repeat(1_000)}":1e999}`, `number.${"k".repeat(113)}…`],
    [`${"[".repeat(400)}1e999${"]".repeat(400)}`, `number${"[0]".repeat(38)}…`],
  ];
  test.each(tooLarge)("%.30s is refused where it stands", async (json, param) => {
    tiny = await startTiny();
    const response = await post(`{"text":"hello","number":${json}}`);
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({
      kind: "request-invalid",
      said: `${param} is a number beyond the range of a double.`,
    });
  });

  const fitting = ["1e308", "1.7976931348623157E+308", "1e-400", "9".repeat(308), '"3e999"', `"${"1".repeat(400)}"`];
  test.each(fitting)("%.30s is not", async (json) => {
    tiny = await startTiny();
    expect((await post(`{"text":"hello","number":${json}}`)).status).toBe(200);
  });

  test("a body that is one has no place to name", async () => {
    tiny = await startTiny();
    expect(await (await post("1e999")).json()).toMatchObject({
      said: "The body is a number beyond the range of a double.",
    });
  });
});

describe("a body that is nested deep", () => {
  const nested = (open: string, levels: number): string => {
    const close = open === "[" ? "]" : "}";
    return `{"text":"hello","number":${open.repeat(levels)}1${close.repeat(levels)}}`;
  };
  const OPENS = ["[", '{"a":', '{"0":', '{"é":'];

  test.each(OPENS)("is taken as long as it can be written again: %s", async (open) => {
    tiny = await startTiny();
    expect((await post(nested(open, LEVELS_MAX - 1))).status).toBe(200);
    expect((await post(`{"text":"hello","number":[${"[[]],".repeat(10_000)}1]}`)).status).toBe(200);
    expect((await post(JSON.stringify({ text: "[".repeat(10_000) }))).status).toBe(200);
  });

  test.each(OPENS.flatMap((open) => [LEVELS_MAX, 20_000].map((levels) => [open, levels] as const)))(
    "is refused beyond: %s %d times",
    async (open, levels) => {
      tiny = await startTiny();
      const response = await post(nested(open, levels));
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        kind: "request-invalid",
        said: `The body is nested deeper than ${LEVELS_MAX} levels.`,
      });
      expect((await post(nested(open, levels).slice(LEVELS_MAX))).status).toBe(400);
      expect(tiny.errors).toEqual([]);
    },
  );
});

describe("methods", () => {
  test.each([
    ["PUT", "/notes", "GET, POST"],
    ["DELETE", "/notes/1", "GET"],
    ["GET", "/tales", "POST"],
    ["HEAD", "/tales", "POST"],
  ])("%s %s is not allowed, %s is", async (method, path, allow) => {
    tiny = await startTiny({}, { enter: () => Promise.reject(new Error("It was let in.")) });
    const response = await fetch(`${tiny.url}${path}`, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    expect(response.headers.get("request-id")).toBe("req_1");
    expect(tiny.errors).toEqual([]);
  });

  test("HEAD is answered as GET is, without the body", async () => {
    tiny = await startTiny();
    const got = await fetch(`${tiny.url}/notes`);
    const head = await fetch(`${tiny.url}/notes`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(head.headers.get("content-length")).toBe(String((await got.text()).length));
  });

  test("a path that is not in the document is left to others", async () => {
    tiny = await startTiny();
    expect((await fetch(`${tiny.url}/other`)).headers.get("request-id")).toBeNull();
  });
});

describe("a body over the limit", () => {
  test.each([
    ["its length told", "x".repeat(3 * BODY_BYTES_MAX)],
    ["in chunks", chunked(Array.from({ length: 3 }, () => Buffer.alloc(BODY_BYTES_MAX, "x")))],
  ])("is answered to a caller that is still sending, %s", async (_, body) => {
    tiny = await startTiny();
    const response = await post(body as Sent);
    expect([response.status, await response.json()]).toEqual([
      413,
      { kind: "body-too-large", said: `The body is over the limit of ${BODY_BYTES_MAX} bytes.` },
    ]);
  });

  test("leaves the connection good for the next request", async () => {
    tiny = await startTiny();
    const socket = dial();
    socket.write(`${HEAD(BODY_BYTES_MAX + 1)}${"x".repeat(BODY_BYTES_MAX + 1)}${HEAD(16)}{"text":"hello"}`);
    const received = await until(socket, '{"done":true}');
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 413", "HTTP/1.1 200"]);
  });
});

test("a caller that leaves while it sends is forgotten: nothing is handled, nothing is a bug", async () => {
  const entered = Promise.withResolvers<void>();
  let handled = 0;
  tiny = await startTiny(
    {
      addNote: () => {
        handled += 1;
        return { status: 200, body: {} };
      },
    },
    {
      enter: (_req, _route, requestId) => {
        entered.resolve();
        return { kind: "entered", context: { requestId } };
      },
    },
  );
  const socket = dial();
  socket.write(`${HEAD(1_000)}{"text":`);
  await entered.promise;
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(handled).toBe(0);
  expect(tiny.errors).toEqual([]);
  expect((await post(JSON.stringify(note))).status).toBe(200);
});

describe("what is written", () => {
  test("headers of every answer, of this one, and both request ids", async () => {
    tiny = await startTiny({
      addNote: () => ({
        status: 201,
        headers: { "x-own": 7, "x-absent": undefined, "x-common": "mine" },
        body: { a: "ä" },
      }),
    });
    const response = await post(JSON.stringify(note));
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-own": "7",
      "x-common": "mine",
      "request-id": "req_1",
      "x-request-id": "req_1",
      "content-type": "application/json; charset=utf-8",
      "content-length": "10",
    });
    expect(response.headers.has("x-absent")).toBe(false);
  });

  test("the id that the context has, where it has one of its own", async () => {
    tiny = await startTiny({}, { enter: () => ({ kind: "entered", context: { requestId: "req_of_the_ticket" } }) });
    const response = await post(JSON.stringify(note));
    expect(response.headers.get("request-id")).toBe("req_of_the_ticket");
  });

  test("an answer without a body is empty and says so", async () => {
    tiny = await startTiny({ addNote: () => ({ status: 307, headers: { location: "/elsewhere" } }) });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(note) };
    const response = await fetch(`${tiny.url}/notes`, { ...init, redirect: "manual" });
    expect([response.status, await response.text()]).toEqual([307, ""]);
    expect(response.headers.get("content-length")).toBe("0");
    expect(response.headers.has("content-type")).toBe(false);
    expect(response.headers.get("location")).toBe("/elsewhere");
  });

  test("what is about to be written is shown", async () => {
    const answer = { status: 200, body: { shown: true } };
    tiny = await startTiny({ addNote: () => answer });
    await post(JSON.stringify(note));
    expect(tiny.inspected).toEqual([["addNote", answer]]);
  });
});

describe("a bug", () => {
  const broken = (): never => {
    throw new Error("secret at /srv/app.ts:1:1");
  };

  test.each([
    ["in a handler", { addNote: broken }, {}],
    ["in a promise", { addNote: () => Promise.reject(new Error("secret at /srv/app.ts:1:1")) }, {}],
    ["at the entrance", {}, { enter: broken }],
    ["in what cannot be said in JSON", { addNote: () => ({ status: 200, body: { a: 1n } }) }, {}],
  ])("%s is a 500 that tells nothing, and is told to whoever keeps the log", async (_, handlers, options) => {
    tiny = await startTiny(handlers, options);
    const response = await post(JSON.stringify(note));
    const said = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(said)).toMatchObject({ kind: "bug" });
    expect(said).not.toMatch(/secret|srv|BigInt/);
    expect(response.headers.get("request-id")).toBe("req_1");
    expect(tiny.errors).toHaveLength(1);
  });

  test("may be known for something else", async () => {
    tiny = await startTiny({ addNote: broken }, { readError: () => ({ kind: "ledger-unavailable" }) });
    expect((await post(JSON.stringify(note))).status).toBe(503);
  });

  test("a handler that is missing is found when it is mounted, not when it is called", async () => {
    tiny = await startTiny();
    const { addNote: _, ...others } = answering({}) as Record<string, unknown>;
    const never = (): never => {
      throw new Error("It was called.");
    };
    const options = { document, routes, handlers: others, bodyBytesMax: 1, enter: never, refuse: never };
    expect(() => mount({ ...options, newRequestId: never, readError: never })).toThrow("No handler for addNote");
  });
});

test("where the body is known to be checked it is not checked again", async () => {
  tiny = await startTiny({ addNote: ({ body }: AnyRequest) => ({ status: 200, body }) }, { validate: false });
  const response = await post('{"stars":99}');
  expect([response.status, await response.json()]).toEqual([200, { stars: 99 }]);
  expect((await post("{")).status).toBe(400);
});
