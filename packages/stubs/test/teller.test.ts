/** Tellers: what they put and pass on as the caller gets it, in as few writes as they send it, for as long as it stays. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { AnyResponse, Route, Sink, Teller } from "../src/index.ts";
import { startTiny, type Tiny } from "./tiny.ts";

let tiny: Tiny;
afterEach(() => tiny.close());

interface Watched extends Teller<unknown> {
  readonly sink: Sink<unknown>;
  readonly drains: number;
  readonly left: Promise<void>;
}

/** A teller that does at its start what the test says. */
function tellerOf(start: (sink: Sink<unknown>) => void, leave: () => Promise<void> = async () => undefined): Watched {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  const teller = {
    sink: undefined as unknown as Sink<unknown>,
    drains: 0,
    left,
    start(sink: Sink<unknown>) {
      teller.sink = sink;
      start(sink);
    },
    drained() {
      teller.drains += 1;
    },
    leave() {
      resolve();
      return leave();
    },
  };
  return teller;
}

const streamed = (teller: Teller<unknown>): AnyResponse => ({ status: 200, teller: teller as Teller<never> });

function ask(path = "/notes"): Promise<Response> {
  return fetch(`${tiny.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"text":"hello"}',
  });
}

const record = (text: string): Buffer => Buffer.from(`data: ${text}\n\n`);

describe("framing", () => {
  const ROWS: readonly [name: string, path: string, tell: (sink: Sink<unknown>) => void, want: string][] = [
    [
      "events put",
      "/notes",
      (sink) => {
        for (const event of [{ a: "ä" }, { b: 1 }]) sink.put(event);
      },
      'data: {"a":"ä"}\n\ndata: {"b":1}\n\ndata: [DONE]\n\n',
    ],
    ["nothing", "/notes", () => undefined, "data: [DONE]\n\n"],
    ["nothing where no word ends it", "/tales", () => undefined, ""],
    ["named events", "/tales", (sink) => sink.put({ type: "ping" }), 'event: ping\ndata: {"type":"ping"}\n\n'],
    [
      "records passed on between events, sent in pieces",
      "/notes",
      (sink) => {
        const both = Buffer.concat([record("ö"), record("2")]);
        sink.put({ n: 0 });
        sink.pass(both.subarray(0, record("ö").length));
        sink.pass(both.subarray(record("ö").length));
        sink.flush();
        sink.pass(record("3"));
        sink.pass(record("4"));
        sink.flush();
        sink.put({ n: 5 });
      },
      'data: {"n":0}\n\ndata: ö\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: {"n":5}\n\ndata: [DONE]\n\n',
    ],
    [
      "nothing after an error",
      "/notes",
      (sink) => {
        sink.put({ error: {} });
        sink.put({ a: 1 });
        sink.pass(record("late"));
      },
      'data: {"error":{}}\n\n',
    ],
  ];

  test.each(ROWS)("%s", async (_, path, tell, want) => {
    const telling = tellerOf((sink) => {
      tell(sink);
      sink.end();
    });
    tiny = await startTiny({ addNote: () => streamed(telling), tellTale: () => streamed(telling) });
    expect(await (await ask(path)).text()).toBe(want);
    expect(await (await ask(path)).text()).toBe(want);
    expect(tiny.errors).toEqual([]);
  });

  const REQUEST = 'content-type: application/json\r\ncontent-length: 16\r\n\r\n{"text":"hello"}';

  async function rawAnswer(version: string, headers: string): Promise<string> {
    const socket = connect(tiny.port, "127.0.0.1");
    socket.write(`POST /notes HTTP/${version}\r\nhost: a\r\n${headers}${REQUEST}`);
    let text = "";
    socket.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
    });
    await once(socket, "close");
    return text.slice(text.indexOf("\r\n\r\n") + 4);
  }

  test("each sending is a chunk of its own; HTTP/1.0 knows no chunks", async () => {
    const telling = () =>
      tellerOf((sink) => {
        sink.put({ n: 1 });
        sink.put({ n: 2 });
        sink.flush();
        sink.pass(record("3"));
        sink.flush();
        sink.flush();
        sink.end();
      });
    tiny = await startTiny({ addNote: () => streamed(telling()) });
    const [first, second, last] = ['data: {"n":1}\n\ndata: {"n":2}\n\n', "data: 3\n\n", "data: [DONE]\n\n"];
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    expect(await rawAnswer("1.1", "connection: close\r\n")).toBe(
      `${chunk(first)}${chunk(second)}${chunk(last)}0\r\n\r\n`,
    );
    expect(await rawAnswer("1.0", "")).toBe(first + second + last);
  });
});

test("a caller that reads slowly is said to, and drained when it has read", async () => {
  const told = Promise.withResolvers<boolean>();
  const teller = tellerOf((sink) => {
    sink.pass(Buffer.alloc(20_000_000, "x"));
    told.resolve(sink.flush());
  });
  tiny = await startTiny({ addNote: () => streamed(teller) });
  const response = await ask();
  expect(await told.promise).toBe(false);
  expect(teller.sink.flush()).toBe(false);
  expect(teller.drains).toBe(0);
  const reading = response.text();
  await expect.poll(() => teller.drains).toBe(1);
  expect(teller.sink.flush()).toBe(true);
  teller.sink.end();
  expect((await reading).length).toBeGreaterThan(20_000_000);
});

test("a caller that leaves is left, and what fails then is heard", async () => {
  const teller = tellerOf(
    (sink) => {
      sink.put({ n: 1 });
      sink.flush();
    },
    () => Promise.reject(new Error("books")),
  );
  tiny = await startTiny({ addNote: () => streamed(teller) });
  const response = await ask();
  await response.body?.cancel();
  await teller.left;
  await expect.poll(() => tiny.errors).toMatchObject([{ message: "books" }]);
});

describe("a bug", () => {
  test.each(["before the first byte", "after it"])("%s breaks the connection", async (when) => {
    const teller = tellerOf((sink) => {
      if (when === "after it") {
        sink.put({ n: 1 });
        sink.flush();
      }
      setTimeout(() => sink.fail(new Error("secret")), 20);
    });
    tiny = await startTiny({ addNote: () => streamed(teller) });
    await expect(ask().then((response) => response.text())).rejects.toThrow(/terminated|fetch failed/);
    expect(tiny.errors).toMatchObject([{ message: "secret" }]);
    await teller.left;
  });

  test("an event that cannot be said is the teller's own", async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const teller = tellerOf((sink) => {
      try {
        sink.put({ a: 1n });
      } catch (error) {
        resolve(error);
        sink.fail(error);
      }
    });
    tiny = await startTiny({ addNote: () => streamed(teller) });
    await expect(ask().then((response) => response.text())).rejects.toThrow(/terminated|fetch failed/);
    expect(await promise).toBeInstanceOf(TypeError);
  });

  test("before it is begun lets it go", async () => {
    let begun = 0;
    const teller = tellerOf(() => {
      begun += 1;
    });
    const inspect = (_: Route, response: AnyResponse): void => {
      if (response.teller !== undefined) throw new Error("secret");
    };
    tiny = await startTiny({ addNote: () => streamed(teller) }, { inspect });
    expect((await ask()).status).toBe(500);
    await teller.left;
    expect(begun).toBe(0);
  });
});
