/** Events on their way out: framed as the contract says, each at once, as fast as the caller reads, for as long as it stays. */
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { AnyRequest, AnyResponse, Route } from "../src/index.ts";
import { startTiny, type Tiny } from "./tiny.ts";

let tiny: Tiny;
afterEach(() => tiny.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function* of(...events: readonly unknown[]): AsyncGenerator<unknown> {
  for (const event of events) yield event;
}

function ask(path = "/notes", signal?: AbortSignal): Promise<Response> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"text":"hello"}' };
  return fetch(`${tiny.url}${path}`, signal === undefined ? init : { ...init, signal });
}

describe("framing", () => {
  const rows: readonly [name: string, path: string, events: readonly unknown[], want: string][] = [
    [
      "data and a last word",
      "/notes",
      [{ a: 1 }, { b: "x\ny" }],
      'data: {"a":1}\n\ndata: {"b":"x\\ny"}\n\ndata: [DONE]\n\n',
    ],
    ["nothing but the last word", "/notes", [], "data: [DONE]\n\n"],
    [
      "no last word after an error",
      "/notes",
      [{ a: 1 }, { error: { m: 1 } }],
      'data: {"a":1}\n\ndata: {"error":{"m":1}}\n\n',
    ],
    ["nothing at all after an error", "/notes", [{ error: {} }, { a: 1 }], 'data: {"error":{}}\n\n'],
    ["an error that is null is none", "/notes", [{ error: null }], 'data: {"error":null}\n\ndata: [DONE]\n\n'],
    ["named events, no last word", "/tales", [{ type: "ping" }], 'event: ping\ndata: {"type":"ping"}\n\n'],
    [
      "a named error",
      "/tales",
      [{ type: "error", error: {} }, { type: "ping" }],
      'event: error\ndata: {"type":"error","error":{}}\n\n',
    ],
  ];

  test.each(rows)("%s", async (_, path, events, want) => {
    const streaming = () => ({ status: 200, events: of(...events) });
    tiny = await startTiny({ addNote: streaming, tellTale: streaming });
    expect(await (await ask(path)).text()).toBe(want);
  });

  test("headers: an event stream that nobody keeps or buffers, with what every answer has", async () => {
    tiny = await startTiny({ addNote: () => ({ status: 200, headers: { "x-own": 1 }, events: of() }) });
    expect(Object.fromEntries((await ask()).headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "x-accel-buffering": "no",
      "x-own": "1",
      "x-common": "yes",
      "request-id": "req_1",
    });
  });
});

test("each event leaves before the next is made", async () => {
  const more = Promise.withResolvers<void>();
  async function* events() {
    yield { n: 1 };
    await more.promise;
    yield { n: 2 };
  }
  tiny = await startTiny({ addNote: () => ({ status: 200, events: events() }) });
  const reader = (await ask()).body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe('data: {"n":1}\n\n');
  more.resolve();
  expect((await reader?.read())?.value).toContain('data: {"n":2}\n\n');
});

/** A stream of megabytes that tells how far it has come and whether it was let go. */
function flood(size: number): { events: () => AsyncGenerator<unknown>; made: () => number; returned: Promise<void> } {
  const text = "x".repeat(64_000);
  const returned = Promise.withResolvers<void>();
  let made = 0;
  async function* events() {
    try {
      for (; made < size; made += 1) yield { text };
    } finally {
      returned.resolve();
    }
  }
  return { events, made: () => made, returned: returned.promise };
}

const REQUEST =
  'POST /notes HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 16\r\nconnection: close\r\n\r\n{"text":"hello"}';

test("a caller that reads slowly is waited for, and gets all of it", async () => {
  const { events, made } = flood(800);
  tiny = await startTiny({ addNote: () => ({ status: 200, events: events() }) });
  const socket = connect(tiny.port, "127.0.0.1").pause();
  socket.write(REQUEST);
  await pause(300);
  const reached = made();
  await pause(100);
  expect(made()).toBe(reached);
  expect(reached).toBeGreaterThan(0);
  expect(reached).toBeLessThan(400);
  let bytes = 0;
  for await (const chunk of socket) bytes += (chunk as Buffer).length;
  expect(made()).toBe(800);
  expect(bytes).toBeGreaterThan(800 * 64_000);
});

describe("a caller that leaves", () => {
  test("while it reads slowly: the iteration is let go", async () => {
    const { events, made, returned } = flood(10_000);
    tiny = await startTiny({ addNote: () => ({ status: 200, events: events() }) });
    const socket = connect(tiny.port, "127.0.0.1").pause();
    socket.write(REQUEST);
    await pause(200);
    socket.destroy();
    await returned;
    expect(made()).toBeLessThan(10_000);
    expect(tiny.errors).toEqual([]);
  });

  test("between two events: the signal aborts, and the iteration is let go", async () => {
    const returned = Promise.withResolvers<void>();
    async function* events(signal: AbortSignal) {
      try {
        yield { n: 1 };
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        yield { n: 2 };
        throw new Error("It was asked for more.");
      } finally {
        returned.resolve();
      }
    }
    tiny = await startTiny({ addNote: ({ signal }: AnyRequest) => ({ status: 200, events: events(signal) }) });
    const controller = new AbortController();
    const response = await ask("/notes", controller.signal);
    await response.body?.getReader().read();
    controller.abort();
    await returned.promise;
    await pause(20);
    expect(tiny.errors).toEqual([]);
  });
});

describe("a bug", () => {
  test("after the first byte breaks the connection: a cut stream is no whole one", async () => {
    async function* events() {
      yield { n: 1 };
      await pause(20);
      throw new Error("secret");
    }
    tiny = await startTiny({ addNote: () => ({ status: 200, events: events() }) });
    const response = await ask();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("terminated");
    expect(tiny.errors).toMatchObject([{ message: "secret" }]);
  });

  test("an event that cannot be said breaks it too", async () => {
    tiny = await startTiny({ addNote: () => ({ status: 200, events: of({ a: 1 }, { a: 1n }) }) });
    await expect(ask().then((response) => response.text())).rejects.toThrow(/terminated|fetch failed/);
    expect(tiny.errors).toHaveLength(1);
  });

  const throwing = (): never => {
    throw new Error("secret");
  };
  test.each([
    ["the inspection", { inspect: (_route: Route, { events }: AnyResponse) => events && throwing() }, {}],
    ["the common headers", { headers: () => ({ "x-common": "a\nb" }) }, {}],
    ["a header of its own", {}, { "x-own": "a\nb" }],
  ])("in %s, before the first event is asked for, lets the events go", async (_, options, headers) => {
    let returned = 0;
    const events = {
      [Symbol.asyncIterator]: () => events,
      next: () => Promise.reject(new Error("It was begun.")),
      return: () => {
        returned += 1;
        return Promise.reject(new Error("It did not let go."));
      },
    };
    tiny = await startTiny({ addNote: () => ({ status: 200, headers, events }) }, options);
    await ask().then(
      (response) => expect(response.status).toBe(500),
      () => undefined,
    );
    expect(returned).toBe(1);
    expect(tiny.errors).toHaveLength(1);
    expect(String(tiny.errors[0])).toMatch(/secret|Invalid character/);
  });
});
