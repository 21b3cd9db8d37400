/** The recorder against real servers: whole, streamed, refused, torn, silent; and its recordings replayed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { startSupplier } from "../src/index.ts";
import { runRecorder } from "../src/recorder-command.ts";
import { ask, type FormatName, formatNames, type Json, requestOf, sim } from "./caller.ts";

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function server(listener: RequestListener): Promise<string> {
  const running: Server = createServer(listener);
  await new Promise<void>((resolve) => running.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    running.closeAllConnections();
    running.close();
  });
  return `http://127.0.0.1:${(running.address() as AddressInfo).port}`;
}

async function supplier(transcripts?: string): Promise<string> {
  const started = await startSupplier({
    config: { credential: "s3cret", ...(transcripts === undefined ? {} : { transcripts }) },
  });
  closers.push(() => started.close());
  return started.url;
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), "recorder-"));
}

interface Run {
  readonly url: string;
  readonly body: Json;
  readonly into: string;
  readonly format?: FormatName;
  readonly situation?: string;
  readonly more?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

function run({ url, body, into, format = "chat-completions", situation = "text", more = [], env }: Run) {
  const request = join(folder(), "request.json");
  writeFileSync(request, JSON.stringify(body));
  const args = { format, "base-url": url, request, situation, transcripts: into };
  const line = Object.entries(args).flatMap(([name, value]) => [`--${name}`, value]);
  return runRecorder([...line, ...more], env ?? { SUPPLIER_CREDENTIAL: "s3cret" });
}

function head(into: string, format: FormatName = "chat-completions", situation = "text"): Json {
  return parse(readFileSync(join(into, format, `${situation}.yaml`), "utf8"));
}

const STREAM_TYPE = "text/event-stream; charset=utf-8";

describe.each(formatNames)("%s", (format) => {
  test("a whole answer and a stream share one head, and are replayed byte for byte", async () => {
    const url = await supplier();
    const into = folder();
    const body = requestOf(format, { model: "sim-prime" });
    await run({ url, body, into, format });
    await run({ url, body: { ...body, stream: true }, into, format });
    const whole = readFileSync(join(into, format, "text.json"), "utf8");
    const stream = readFileSync(join(into, format, "text.sse"), "utf8");
    expect(JSON.parse(whole).model).toBe("sim-prime");
    expect(stream.split("\n\n").length).toBeGreaterThan(5);
    expect(head(into, format)).toEqual({
      server: new URL(url).host,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      origin: "recorded",
      request: body,
      json: { status: 200, contentType: "application/json" },
      sse: { status: 200, contentType: STREAM_TYPE },
    });
    const replaying = await supplier(into);
    const headers = { ...sim("transcript=text").headers, authorization: "Bearer s3cret", "x-api-key": "s3cret" };
    expect(await (await ask(replaying, format, { stream: true }, { headers })).text()).toBe(stream);
    expect(await (await ask(replaying, format, {}, { headers })).text()).toBe(whole);
  });

  test("a refusal keeps its status and how long to wait, also when a stream was asked for", async () => {
    const into = folder();
    const model = "sim-prime?status=429&retryAfter=7";
    await run({ url: await supplier(), body: requestOf(format, { model, stream: true }), into, format });
    const { json } = head(into, format);
    expect(json).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
    const headers = { ...sim("transcript=text").headers, authorization: "Bearer s3cret", "x-api-key": "s3cret" };
    const replayed = await ask(await supplier(into), format, { stream: true }, { headers });
    expect([replayed.status, replayed.headers.get("retry-after"), await replayed.text()]).toEqual([
      429,
      "7",
      readFileSync(join(into, format, "text.json"), "utf8"),
    ]);
  });

  test("a torn stream is kept as far as it went, and torn again when replayed", async () => {
    const into = folder();
    const model = "sim-prime?fault=reset-mid-stream&after=3";
    await run({ url: await supplier(), body: requestOf(format, { model, stream: true }), into, format });
    expect(head(into, format).sse).toEqual({ status: 200, contentType: STREAM_TYPE, ending: "reset" });
    const kept = readFileSync(join(into, format, "text.sse"), "utf8");
    expect(kept.split("\n\n").length).toBe(4);
    const headers = { ...sim("transcript=text").headers, authorization: "Bearer s3cret", "x-api-key": "s3cret" };
    const replayed = await ask(await supplier(into), format, { stream: true }, { headers });
    let seen = "";
    const reading = (async () => {
      for await (const chunk of replayed.body ?? []) seen += Buffer.from(chunk as Uint8Array).toString();
    })();
    await expect(reading).rejects.toThrow("terminated");
    expect(seen).toBe(kept);
  });

  test("a stream that never ends is kept as far as it went", async () => {
    const into = folder();
    const body = requestOf(format, { model: "sim-prime?fault=hang-mid-stream&after=2", stream: true });
    await run({ url: await supplier(), body, into, format, more: ["--timeout-ms", "400"] });
    expect(head(into, format).sse.ending).toBe("hang");
    expect(readFileSync(join(into, format, "text.sse"), "utf8").split("\n\n").length).toBe(3);
  });
});

test("bytes are kept as they came, whatever they are: a page, a gap in a letter, a mark at the start", async () => {
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x3c, 0x70, 0x3e, 0xc3]);
  const url = await server((_, response) => response.writeHead(502, { "content-type": "text/html" }).end(bytes));
  const into = folder();
  await run({ url, body: { model: "m" }, into });
  expect(readFileSync(join(into, "chat-completions/text.json"))).toEqual(bytes);
  expect(head(into).json).toEqual({ status: 502, contentType: "text/html" });
});

test("the credential and the format's headers go to the server, and nothing of them into the files", async () => {
  const seen: Json[] = [];
  const url = await server((request, response) => {
    seen.push({ url: request.url, ...request.headers });
    response.writeHead(200, { "content-type": "application/json", "set-cookie": "a=b" }).end("{}");
  });
  const into = folder();
  const more = ["--header", "anthropic-beta: some-beta", "--credential-env", "OTHER"];
  await run({ url: `${url}/api/`, body: {}, into, format: "messages", more, env: { OTHER: "0ther-key" } });
  await run({ url, body: {}, into, env: { SUPPLIER_CREDENTIAL: "s3cret" } });
  expect(seen).toMatchObject([
    {
      url: "/api/v1/messages",
      "x-api-key": "0ther-key",
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "some-beta",
    },
    { url: "/v1/chat/completions", authorization: "Bearer s3cret", "accept-encoding": "identity" },
  ]);
  expect(readFileSync(join(into, "messages/text.yaml"), "utf8")).not.toMatch(/0ther-key|a=b|some-beta/);
});

test.each(["", "/v1", "/v1/"])("a base URL that ends in %j is that of the same operation", async (ending) => {
  const seen: unknown[] = [];
  const url = await server((request, response) => {
    seen.push(request.url);
    response.end("{}");
  });
  await run({ url: `${url}${ending}`, body: {}, into: folder() });
  expect(seen).toEqual(["/v1/chat/completions"]);
});

test.each(["--help", "-h"])("%s tells the usage and asks nobody", async (word) => {
  expect(await runRecorder([word], {})).toMatch(/^record --format .*--request .*--replace\]$/s);
});

describe("the process", () => {
  const start = (...args: readonly string[]) => {
    const main = new URL("../src/recorder-main.ts", import.meta.url).pathname;
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
    return { status, stdout, stderr };
  };

  test("tells the usage and leaves well", () => {
    expect(start("--help")).toEqual({ status: 0, stdout: expect.stringMatching(/^record --format/), stderr: "" });
  });

  test("tells what is missing in a sentence and leaves ill", () => {
    const stderr = expect.stringMatching(/^nothing recorded: --format: chat-completions or messages\n/);
    expect(start("--situation", "text")).toEqual({ status: 1, stdout: "", stderr });
  });
});

describe("nothing is recorded", () => {
  const answering =
    (text: string): RequestListener =>
    (_, response) =>
      response.end(text);

  test("when the server repeats the credential", async () => {
    const into = folder();
    const url = await server(answering('{"error":"wrong key s3cret"}'));
    await expect(run({ url, body: {}, into })).rejects.toThrow("the credential stands in the exchange");
    await expect(run({ url: await server(answering("{}")), body: { key: "s3cret" }, into })).rejects.toThrow(
      "credential",
    );
    expect(readdirSync(into)).toEqual([]);
  });

  test("when it sends us elsewhere", async () => {
    const url = await server((_, response) => response.writeHead(307, { location: "http://127.0.0.1:1/" }).end());
    await expect(run({ url, body: {}, into: folder() })).rejects.toThrow("sends us elsewhere");
  });

  test("when nobody answers", async () => {
    await expect(run({ url: "http://127.0.0.1:1", body: {}, into: folder() })).rejects.toThrow("did not answer");
    const url = await server((request) => request.socket.destroy());
    await expect(run({ url, body: {}, into: folder() })).rejects.toThrow("did not answer");
  });

  test("over another exchange, unless it is told to", async () => {
    const into = folder();
    const url = await server(answering('{"first":1}'));
    await run({ url, body: { a: 1 }, into });
    const before = readFileSync(join(into, "chat-completions/text.json"));
    for (const body of [{ a: 2 }, { a: 1 }]) {
      await expect(run({ url, body, into })).rejects.toThrow(
        "text.json is there already; choose another name, or say --replace",
      );
    }
    expect(readFileSync(join(into, "chat-completions/text.json"))).toEqual(before);
    const streaming = await server((_, response) =>
      response.writeHead(200, { "content-type": "text/event-stream" }).end("data: {}\n\n"),
    );
    await expect(run({ url: streaming, body: { a: 2, stream: true }, into })).rejects.toThrow(
      "is taken by another exchange; choose another name, or say --replace",
    );
    await run({ url: streaming, body: { a: 1, stream: true }, into });
    await run({ url, body: { a: 2 }, into, more: ["--replace"] });
    expect(readdirSync(join(into, "chat-completions")).toSorted()).toEqual(["text.json", "text.yaml"]);
    expect(head(into).request).toEqual({ a: 2 });
    writeFileSync(join(into, "chat-completions/bare.sse"), "data: {}\n\n");
    await expect(run({ url, body: {}, into, situation: "bare" })).rejects.toThrow("without a head");
  });

  const ASKED = ["--format", "messages", "--base-url", "http://a", "--situation", "text", "--request"];

  test.each<[string, readonly string[], string]>([
    ["without a format", ["--format", "responses"], "--format"],
    ["without a URL", ["--format", "messages", "--base-url", "nowhere"], "--base-url"],
    ["without a request", ["--format", "messages", "--base-url", "http://a"], "--request is missing"],
    [
      "without the file of the request",
      [...ASKED, "/nowhere/request.json"],
      "--request: /nowhere/request.json cannot be read: there is no such file",
    ],
    ["with a folder for a request", [...ASKED, tmpdir()], "cannot be read: it is a directory"],
    ["with a request that is not JSON", [...ASKED, new URL(import.meta.url).pathname], "is not a JSON object"],
    ["with an unknown word", ["--colour", "red"], "--colour"],
  ])("%s", async (_, args, message) => {
    await expect(runRecorder(args, {})).rejects.toThrow(message);
  });

  test.each<[string, Partial<Run>, string]>([
    ["under a name with a folder in it", { situation: "../text" }, "--situation"],
    ["with a time that is none", { more: ["--timeout-ms", "soon"] }, "--timeout-ms"],
    ["with half a header", { more: ["--header", "beta"] }, "--header"],
  ])("%s", async (_, odd, message) => {
    await expect(run({ url: "http://127.0.0.1:1", body: {}, into: folder(), ...odd })).rejects.toThrow(message);
  });
});
