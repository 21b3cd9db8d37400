/** Faults: what each looks like on the wire to a caller, streamed and whole, in both formats. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { faultNames } from "../src/fault.ts";
import { ask, eventsOf, type FormatName, formatNames, paths, sim, supplierForTests, textOf } from "./caller.ts";

const supplier = supplierForTests();

type Seen = {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  readonly ending: "end" | "broken" | "hanging" | "refused";
};

/** Long enough for a machine that is busy with other things; a supplier that hangs is not waited for as long. */
const patienceMs = (directives: string): number => (directives.includes("hang") ? 300 : 10_000);

/** Everything that one response shows, until it ends, breaks off, or says nothing for a while. */
async function see(format: FormatName, stream: boolean, directives: string): Promise<Seen> {
  const leave = new AbortController();
  let response: Response;
  const patience = setTimeout(() => leave.abort(), patienceMs(directives));
  try {
    const init = { ...sim(`text=one two three four;chunks=4;${directives}`), signal: leave.signal };
    response = await ask(supplier.current.url, format, { stream, stream_options: { include_usage: true } }, init);
  } catch {
    clearTimeout(patience);
    return { body: "", ending: leave.signal.aborted ? "hanging" : "refused" };
  }
  const { body, isWhole } = await drain(response);
  clearTimeout(patience);
  const ending = isWhole ? "end" : leave.signal.aborted ? "hanging" : "broken";
  return { status: response.status, type: response.headers.get("content-type") ?? "", body, ending };
}

async function drain(response: Response): Promise<{ body: string; isWhole: boolean }> {
  let body = "";
  try {
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) body += text;
    return { body, isWhole: true };
  } catch {
    return { body, isWhole: false };
  }
}

const framesOf = (body: string) => body.split("\n\n").slice(0, -1);

const errorEvents: Record<FormatName, RegExp> = {
  "chat-completions": /^data: {"error":{"message":"too much","type":"server_error","param":null,"code":null}}$/,
  messages:
    /^event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"too much"},"request_id":"req_\w+"}$/,
};

describe.each(formatNames)("%s, streamed", (format) => {
  const events = "text/event-stream; charset=utf-8";
  const streamed = (directives: string) => see(format, true, directives);

  test("no fault, to compare with", async () => {
    const seen = await streamed("");
    expect([seen.status, seen.type, seen.ending]).toEqual([200, events, "end"]);
    expect(textOf(eventsOf(seen.body))).toBe("one two three four");
  });

  test("hang, reset", async () => {
    expect(await streamed("fault=hang")).toEqual({ body: "", ending: "hanging" });
    expect(await streamed("fault=reset")).toEqual({ body: "", ending: "refused" });
  });

  test.each([
    ["reset-mid-stream", "broken"],
    ["hang-mid-stream", "hanging"],
    ["close-mid-stream", "end"],
  ] as const)("%s: exactly so many events before", async (fault, ending) => {
    for (const after of [0, 1, 3]) {
      const seen = await streamed(`fault=${fault};after=${after}`);
      expect([seen.status, framesOf(seen.body).length, seen.ending]).toEqual([200, after, ending]);
    }
  });

  test("a fault far behind the end still falls before the last event", async () => {
    const all = framesOf((await streamed("")).body).length;
    const seen = await streamed("fault=reset-mid-stream;after=999");
    expect([framesOf(seen.body).length, seen.ending]).toEqual([all - 1, "broken"]);
  });

  test("error-mid-stream: the vendor's event, and then the end", async () => {
    const seen = await streamed("fault=error-mid-stream;after=2;message=too much");
    const frames = framesOf(seen.body);
    expect([frames.length, seen.ending]).toEqual([3, "end"]);
    expect(frames.at(-1)).toMatch(errorEvents[format]);
  });

  test.each([
    ["broken-json;after=2", 2],
    ["broken-first-event", 0],
  ])("%s: that event alone is no JSON", async (fault, at) => {
    const frames = framesOf((await streamed(`fault=${fault}`)).body);
    const isBroken = frames.map((frame) => {
      try {
        eventsOf(frame);
        return false;
      } catch {
        return true;
      }
    });
    expect(isBroken.indexOf(true)).toBe(at);
    expect(isBroken.lastIndexOf(true)).toBe(at);
  });

  test("half-event: the end comes inside an event", async () => {
    const seen = await streamed("fault=half-event;after=2");
    expect([framesOf(seen.body).length, seen.ending]).toEqual([2, "end"]);
    expect(seen.body.split("\n\n")[2]).toMatch(/^(event|data): \S/);
  });

  test("html, empty", async () => {
    expect(await streamed("fault=html")).toMatchObject({ status: 502, type: "text/html", ending: "end" });
    expect(await streamed("fault=empty")).toEqual({ status: 200, type: events, body: "", ending: "end" });
  });

  test("error-in-200: nothing but the vendor's error event", async () => {
    const seen = await streamed("fault=error-in-200");
    expect([seen.status, seen.type, eventsOf(seen.body).map((event) => Object.keys(event).includes("error"))]).toEqual([
      200,
      events,
      [true],
    ]);
  });

  test("json-instead-of-stream", async () => {
    const seen = await streamed("fault=json-instead-of-stream");
    expect([seen.status, seen.type, textOf(JSON.parse(seen.body))]).toEqual([
      200,
      "application/json",
      "one two three four",
    ]);
  });

  test("no-usage: the word is not said", async () => {
    expect((await streamed("fault=no-usage")).body).not.toMatch(/_tokens/);
    expect((await streamed("")).body).toMatch(/_tokens/);
  });

  test("no-finish: all of the text, and then the end", async () => {
    const seen = await streamed("fault=no-finish");
    const all = eventsOf(seen.body);
    expect([textOf(all), seen.ending]).toEqual(["one two three four", "end"]);
    expect(seen.body).not.toMatch(/"finish_reason":"|DONE|message_delta|message_stop|content_block_stop/);
  });

  test("crlf and comments: the same events", async () => {
    const plain = eventsOf((await streamed("")).body).map(withoutId);
    const crlf = (await streamed("fault=crlf")).body;
    expect(crlf.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(eventsOf(crlf.replaceAll("\r\n", "\n")).map(withoutId)).toEqual(plain);
    const comments = (await streamed("fault=comments")).body;
    expect(comments.match(/^: still working$/gm)?.length).toBe(plain.length);
    expect(eventsOf(comments).map(withoutId)).toEqual(plain);
  });

  test("slow-drip: every byte comes alone, and none is lost", async () => {
    const { pieces, body } = await listen(format, sim({ text: "añ", chunks: 1, fault: "slow-drip" }).headers);
    expect(textOf(eventsOf(body))).toBe("añ");
    expect(pieces).toBeGreaterThan(Buffer.byteLength(body) * 0.9);
  });
});

describe.each(formatNames)("%s, whole", (format) => {
  const whole = (directives: string) => see(format, false, directives);

  test.each([
    ["hang", undefined, "hanging"],
    ["reset", undefined, "refused"],
    ["reset-mid-stream", 200, "broken"],
    ["hang-mid-stream", 200, "hanging"],
    ["error-mid-stream", format === "messages" ? 529 : 503, "end"],
    ["html", 502, "end"],
    ["empty", 200, "end"],
    ["broken-json", 200, "end"],
    ["broken-first-event", 200, "end"],
    ["half-event", 200, "end"],
  ] as const)("%s: no answer can be read", async (fault, status, ending) => {
    const seen = await whole(`fault=${fault}`);
    expect([seen.status, seen.ending]).toEqual([status, ending]);
    expect(answerIn(seen.body)).toBeUndefined();
  });

  test("error-in-200", async () => {
    const seen = await whole("fault=error-in-200;message=oh");
    expect([seen.status, JSON.parse(seen.body).error.message]).toEqual([200, "oh"]);
  });

  test.each(["json-instead-of-stream", "slow-drip", "crlf", "comments"])("%s: nothing is wrong", async (fault) => {
    expect(answerIn((await whole(`fault=${fault}`)).body)).toBe("one two three four");
  });

  test("no-usage, no-finish: the answer without them", async () => {
    expect(JSON.parse((await whole("fault=no-usage")).body)).not.toHaveProperty("usage");
    const answer = JSON.parse((await whole("fault=no-finish")).body);
    expect(answer.stop_reason ?? answer.choices?.[0].finish_reason ?? null).toBeNull();
  });
});

test("every fault is proved above", async () => {
  const { readFileSync } = await import("node:fs");
  const source = readFileSync(new URL(import.meta.url), "utf8");
  expect(faultNames.filter((name) => !source.includes(`fault=${name}`) && !source.includes(`"${name}"`))).toEqual([]);
});

function answerIn(body: string): string | undefined {
  try {
    return textOf(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function withoutId(event: unknown): unknown {
  return JSON.parse(JSON.stringify(event).replaceAll(/sim[0-9a-f]{8}\d{8}/g, "sim"));
}

/** The body, and in how many pieces node's parser saw it. */
async function listen(format: FormatName, program: object): Promise<{ pieces: number; body: string }> {
  const body = { model: "m", max_tokens: 99, stream: true, messages: [{ role: "user", content: "x" }] };
  const headers = { ...program, "anthropic-version": "2023-06-01" };
  const response = await new Promise<IncomingMessage>((resolve) => {
    httpRequest(supplier.current.url + paths[format], { method: "POST", headers }, resolve).end(JSON.stringify(body));
  });
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return { pieces: pieces.length, body: Buffer.concat(pieces).toString("utf8") };
}
