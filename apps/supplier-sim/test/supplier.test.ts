/** The running simulator: what it records, whom it lets in, what it lists, and how it stops. */
import { readFileSync } from "node:fs";
import { DirectiveError, type Directives, startSupplier } from "@interchange/supplier-sim";
import { describe, expect, test, vi } from "vitest";
import { ask, askJson, formatNames, jsonOf, paths, sim, supplierForTests, textOf } from "./caller.ts";

const supplier = supplierForTests();
const last = () => supplier.current.requests.at(-1)!;

describe.each(formatNames)("%s: what is recorded", (format) => {
  test("method, path with query, headers, the body's bytes, and what was answered", async () => {
    const body = `{"model": "m",  "max_tokens": 9, "messages": [{"role":"user","content":"ü"}]}`;
    const init = { method: "POST", body, headers: { "anthropic-version": "1", "x-own": "yes" } };
    await (await fetch(`${supplier.current.url}${paths[format]}?beta=true`, init)).text();
    expect(last()).toMatchObject({
      method: "POST",
      path: `${paths[format]}?beta=true`,
      status: 200,
      aborted: false,
      eventsWritten: 1,
    });
    expect(last().headers["x-own"]).toBe("yes");
    expect(last().body.equals(Buffer.from(body))).toBe(true);
    expect(Math.abs(last().atMs - Date.now())).toBeLessThan(1000);
  });

  test("a stream that is read to its end", async () => {
    const text = await (await ask(supplier.current.url, format, { stream: true })).text();
    expect(last()).toMatchObject({ aborted: false, eventsWritten: text.split("\n\n").length - 1 });
  });

  test("client-leaves: in the middle of a stream, with the events that had left", async () => {
    const leave = new AbortController();
    const init = { ...sim("delayBetweenMs=30;tokens=50"), signal: leave.signal };
    const response = await ask(supplier.current.url, format, { stream: true }, init);
    const reader = response.body!.getReader();
    await reader.read();
    leave.abort();
    await vi.waitFor(() => expect(last().aborted).toBe(true));
    const { eventsWritten } = last();
    expect(eventsWritten).toBeGreaterThan(0);
    expect(eventsWritten).toBeLessThan(10);
    await new Promise((resolve) => setTimeout(resolve, 70));
    expect(last().eventsWritten).toBe(eventsWritten);
  });

  test("client-leaves: while nothing comes", async () => {
    for (const directives of ["fault=hang", "delayBeforeHeadersMs=5000", "delayBeforeFirstMs=5000"]) {
      const init = { ...sim(directives), signal: AbortSignal.timeout(40) };
      await expect(ask(supplier.current.url, format, {}, init).then((response) => response.text())).rejects.toThrow(
        /abort|timeout|fetch failed/,
      );
      await vi.waitFor(() => expect(last()).toMatchObject({ aborted: true, eventsWritten: 0 }));
    }
  });

  test("a reset of our own is no leaving", async () => {
    await expect(ask(supplier.current.url, format, {}, sim("fault=reset"))).rejects.toThrow(
      /abort|timeout|fetch failed/,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(last().aborted).toBe(false);
  });
});

test("only the newest are remembered", async () => {
  const small = await startSupplier({ config: { recordMax: 2 } });
  for (const model of ["a", "b", "c"]) await askJson(small.url, "messages", { model });
  expect(small.requests.map((record) => JSON.parse(String(record.body)).model)).toEqual(["b", "c"]);
  await small.close();
});

test("a word that is no directive cannot be programmed", () => {
  expect(() => supplier.current.program({ falt: "hang" } as Directives)).toThrow(DirectiveError);
});

describe("the credential", () => {
  const guarded = supplierForTests({ config: { credential: "right-secret" } });
  const refusal = { "chat-completions": `"code":"invalid_api_key"`, messages: `"type":"authentication_error"` };
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

  test.each<[(typeof formatNames)[number], Record<string, string>, number]>([
    ["chat-completions", bearer("right-secret"), 200],
    ["chat-completions", { "x-api-key": "right-secret" }, 401],
    ["chat-completions", bearer("wrong"), 401],
    ["chat-completions", {}, 401],
    ["messages", { "x-api-key": "right-secret" }, 200],
    ["messages", bearer("right-secret"), 200],
    ["messages", { "x-api-key": "right-secre" }, 401],
    ["messages", {}, 401],
  ])("%s with %j is %i", async (format, headers, status) => {
    const response = await ask(guarded.current.url, format, {}, { headers });
    expect(response.status).toBe(status);
    const body = await response.text();
    expect(body.includes(refusal[format])).toBe(status === 401);
    expect(body).not.toContain("secret");
  });

  test("health is open to everybody, models are not", async () => {
    expect((await fetch(`${guarded.current.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${guarded.current.url}/v1/models`)).status).toBe(401);
  });
});

describe("models", () => {
  const listed = supplierForTests({ config: { models: { "sim-a": {}, "org/sim-b": {} }, onlyListedModels: true } });
  const get = async (path: string, headers = {}) => jsonOf(await fetch(listed.current.url + path, { headers }));
  const version = { "anthropic-version": "2023-06-01" };

  test("listed in the shape that the caller speaks", async () => {
    expect(await get("/v1/models")).toEqual({
      object: "list",
      data: ["sim-a", "org/sim-b"].map((id) => ({
        id,
        object: "model",
        created: expect.any(Number),
        owned_by: "supplier-sim",
      })),
    });
    expect(await get("/v1/models", version)).toEqual({
      data: ["sim-a", "org/sim-b"].map((id) => ({
        type: "model",
        id,
        display_name: id,
        created_at: expect.any(String),
      })),
      has_more: false,
      first_id: "sim-a",
      last_id: "org/sim-b",
    });
  });

  test("one of them", async () => {
    expect(await get("/v1/models/org%2Fsim-b")).toMatchObject({ id: "org/sim-b", object: "model" });
    expect(await get("/v1/models/org/sim-b", version)).toMatchObject({ id: "org/sim-b", type: "model" });
    expect(await get("/v1/models/other")).toMatchObject({ error: { code: "model_not_found", param: "model" } });
    expect(await get("/v1/models/%E0%A4%A", version)).toMatchObject({ error: { type: "invalid_request_error" } });
  });

  test.each(formatNames)("%s: one that is not listed is a 404", async (format) => {
    expect((await ask(listed.current.url, format, { model: "other" })).status).toBe(404);
    expect((await ask(listed.current.url, format, { model: "sim-a?chunks=2" })).status).toBe(200);
  });
});

describe("where there is nothing", () => {
  test.each([
    ["GET", "/v1/chat/completions", 405],
    ["GET", "/v1/messages", 405],
    ["POST", "/v1/responses", 404],
    ["POST", "/v1/v1/messages", 404],
    ["PUT", "/sim/program", 404],
    ["GET", "/toString", 404],
  ])("%s %s is %i", async (method, path, status) => {
    const response = await fetch(supplier.current.url + path, { method });
    expect([response.status, typeof (await jsonOf(response)).error.message]).toEqual([status, "string"]);
  });

  test("and it is recorded, so that a caller's wrong path is seen", async () => {
    await fetch(`${supplier.current.url}/v1/v1/messages`, { method: "POST" });
    expect(last()).toMatchObject({ path: "/v1/v1/messages", status: 404 });
  });
});

test.each(formatNames)("%s: a body over 32 MB is a 413, and one just under it is not", async (format) => {
  const content = "x".repeat(32 * 1024 * 1024);
  expect((await ask(supplier.current.url, format, { messages: [{ role: "user", content }] })).status).toBe(413);
  const less = content.slice(1000);
  expect((await ask(supplier.current.url, format, { messages: [{ role: "user", content: less }] })).status).toBe(200);
});

describe.each(formatNames)("%s: transcripts", (format) => {
  const file = (name: string) => readFileSync(new URL(`../transcripts/${format}/${name}`, import.meta.url), "utf8");

  test("are replayed byte for byte, streamed and whole", async () => {
    const streamed = await ask(supplier.current.url, format, { stream: true }, sim("transcript=text"));
    expect([streamed.headers.get("content-type"), await streamed.text()]).toEqual([
      "text/event-stream; charset=utf-8",
      file("text.sse"),
    ]);
    const whole = await ask(supplier.current.url, format, {}, sim("transcript=text"));
    expect([whole.headers.get("content-type"), await whole.text()]).toEqual(["application/json", file("text.json")]);
  });

  test("take status, pace and faults like any answer", async () => {
    expect((await ask(supplier.current.url, format, {}, sim("transcript=text;status=429"))).status).toBe(429);
    const cut = await ask(
      supplier.current.url,
      format,
      { stream: true },
      sim("transcript=tool;fault=half-event;after=1"),
    );
    const seen = await cut.text();
    expect(seen.split("\n\n").length).toBe(2);
    expect(file("tool.sse").startsWith(seen)).toBe(true);
  });

  test("that do not exist are a 400", async () => {
    const response = await ask(supplier.current.url, format, {}, sim("transcript=nowhere"));
    expect([response.status, (await jsonOf(response)).error.message]).toEqual([
      400,
      expect.stringContaining("there is no transcript"),
    ]);
  });
});

describe("the control endpoint", () => {
  const controlled = supplierForTests({ config: { control: true, credential: "right-secret" } });
  const headers = { authorization: "Bearer right-secret" };
  const program = (method: string, body?: string, query = "") =>
    fetch(`${controlled.current.url}/sim/program${query}`, { method, ...(body === undefined ? {} : { body }) });
  const said = async () => textOf(await askJson(controlled.current.url, "chat-completions", {}, { headers }));

  test("programs, and takes it back", async () => {
    expect((await program("PUT", '{"text":"programmed"}')).status).toBe(200);
    expect(await said()).toBe("programmed");
    await program("DELETE");
    expect(await said()).toContain("simulated");
    await program("PUT", '{"text":"once"}', "?times=1");
    expect([await said(), await said()]).toEqual(["once", expect.stringContaining("simulated")]);
  });

  test.each([
    ['{"falt":1}', ""],
    ["nothing", ""],
    ["{}", "?times=x"],
  ])("refuses %s%s", async (body, query) => {
    expect((await program("PUT", body, query)).status).toBe(400);
  });

  test("shows what was recorded, but not the credential, and forgets it", async () => {
    await said();
    const { requests } = await jsonOf(await fetch(`${controlled.current.url}/sim/requests`));
    expect(requests.at(-1)).toMatchObject({
      method: "POST",
      path: "/v1/chat/completions",
      headers: { authorization: "Bearer ***" },
    });
    expect(JSON.parse(requests.at(-1).body).messages[0].content).toBe("hello");
    await fetch(`${controlled.current.url}/sim/requests`, { method: "DELETE" });
    expect(controlled.current.requests).toEqual([]);
  });
});

test("close ends what is hanging and frees the port", async () => {
  const first = await startSupplier();
  const hanging = ask(first.url, "messages", {}, sim("fault=hang")).then(
    () => "answered",
    () => "cut off",
  );
  await vi.waitFor(() => expect(first.requests.length).toBe(1));
  await first.close();
  expect(await hanging).toBe("cut off");
  const second = await startSupplier({ port: first.port });
  expect(second.port).toBe(first.port);
  await second.close();
});
