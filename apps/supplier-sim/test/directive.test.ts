/** Directives: how they are written, where they may stand, and which of them wins. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { directiveNames, directivesIn, readDirectiveLine, readModelName, withoutDirectives } from "../src/directive.ts";
import { faultNames } from "../src/fault.ts";
import { readSettings, SettingsError } from "../src/settings.ts";
import {
  ask,
  askEvents,
  askJson,
  type FormatName,
  formatNames,
  type Json,
  jsonOf,
  type Programmed,
  sim,
  supplierForTests,
  textOf,
} from "./caller.ts";

const plain = supplierForTests();

describe("one line", () => {
  test.each<[string, object]>([
    ["fault=hang", { fault: "hang" }],
    ["fault=reset-mid-stream after=3", { fault: "reset-mid-stream", after: 3 }],
    ["fault=html;after=3;", { fault: "html", after: 3 }],
    ["delay-between-ms=5 delayBeforeFirstMs=6", { delayBetweenMs: 5, delayBeforeFirstMs: 6 }],
    ["text=hello big world; chunks=2", { text: "hello big world", chunks: 2 }],
    ['text="a; b=c \\"d\\"" chunks=2', { text: 'a; b=c "d"', chunks: 2 }],
    ["text=", { text: "" }],
    ["text = spaced out", { text: "spaced out" }],
    ["thinking=false", { thinking: false }],
    ["thinking=hm", { thinking: "hm" }],
    ['tool=Read arguments="{\\"file_path\\":\\"a\\"}"', { tool: "Read", arguments: '{"file_path":"a"}' }],
    ['{"tool":"Read","arguments":{"file_path":"a"}}', { tool: "Read", arguments: '{"file_path":"a"}' }],
    ['{"text":"hi","tokens":3,"headers":{"x-a":"b"}}', { text: "hi", tokens: 3, headers: { "x-a": "b" } }],
  ])("%s", (line, want) => {
    expect(readDirectiveLine(line)).toEqual(want);
  });

  test.each([
    ["falt=hang", 'there is no directive "falt"'],
    ["toString=1", 'there is no directive "toString"'],
    ["fault=boom", 'the directive "fault" wants one of hang, reset,'],
    ["after=-1", 'the directive "after" wants a whole number from 0, not "-1"'],
    ["status=200", 'the directive "status" wants a whole number from 400 to 599'],
    ["chunks=0", 'the directive "chunks" wants a whole number from 1'],
    ['{"arguments":[]}', 'the directive "arguments" wants a text or an object'],
    ["headers=x", 'the directive "headers" wants an object'],
    ["transcript=../secret", 'the directive "transcript" wants a transcript\'s name'],
    ["hang", "neither JSON nor key=value"],
    ['text="open', "neither JSON nor key=value"],
    ["{fault}", "neither JSON nor key=value"],
  ])("%s is no directive", (line, message) => {
    expect(() => readDirectiveLine(line)).toThrow(message);
  });
});

test("the README's tables name every directive and every fault", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const rows = readme.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) => row.split("|")[1]?.match(/[\w-]+/g) ?? []);
  expect([...directiveNames, ...faultNames].filter((name) => !named.includes(name))).toEqual([]);
});

test("in a text, which is then read without them", () => {
  const text = "Say hi. [[sim chunks=2]] Now! [[sim fault=html]]";
  expect(directivesIn(text)).toEqual({ chunks: 2, fault: "html" });
  expect(withoutDirectives(text)).toBe("Say hi.  Now!");
  expect(directivesIn("[sim fault=html]")).toEqual({});
});

test("behind a model's name", () => {
  expect(readModelName("sim-prime?fault=half-event&after=2")).toEqual({
    model: "sim-prime",
    directives: { fault: "half-event", after: 2 },
  });
  expect(readModelName("org/sim:8b")).toEqual({ model: "org/sim:8b", directives: {} });
});

describe.each(formatNames)("%s", (format) => {
  const supplier = supplierForTests({
    config: { directives: { text: "general" }, models: { listed: { text: "model" }, "sim-prime": {} } },
  });
  const said = async (body?: Json, init?: Programmed) =>
    textOf(await askJson(supplier.current.url, format, body, init));
  const prompt = (content: string) => ({ messages: [{ role: "user", content }] });

  test("what stands nearer to the request wins", async () => {
    expect(await said()).toBe("general");
    expect(await said({ model: "listed" })).toBe("model");
    supplier.current.program({ text: "programmed" });
    expect(await said({ model: "listed" })).toBe("programmed");
    expect(await said({ model: "listed?text=query" })).toBe("query");
    expect(await said({ model: "listed?text=query" }, sim("text=header"))).toBe("header");
    expect(await said({ model: "listed?text=query", ...prompt("[[sim text=prompt]]") }, sim("text=header"))).toBe(
      "prompt",
    );
    supplier.current.program({});
    expect(await said()).toBe("general");
  });

  test("each directive is overridden by itself", async () => {
    const seen = await askEvents(supplier.current.url, format, prompt("[[sim chunks=1]]"), sim("text=a b c"));
    expect(seen.filter((event) => textOf([event]) !== "").length).toBe(1);
  });

  test("programmed for the next so many requests", async () => {
    supplier.current.program({ text: "twice" }, { times: 2 });
    expect([await said(), await said(), await said()]).toEqual(["twice", "twice", "general"]);
  });

  test("the model that served is named without its directives", async () => {
    expect((await askJson(supplier.current.url, format, { model: "sim-prime?text=x" })).model).toBe("sim-prime");
  });

  test.each<[string, Json, Programmed]>([
    ["in the prompt", prompt("[[sim falt=hang]]"), {}],
    ["in the header", {}, sim("falt=hang")],
    ["behind the model", { model: "sim-prime?falt=hang" }, {}],
  ])("a word that is no directive is a loud 400: %s", async (_, body, init) => {
    const response = await ask(supplier.current.url, format, body, init);
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error.message).toContain('supplier-sim: there is no directive "falt"');
  });

  test("tokens: the length that the usage then reports, one event each", async () => {
    const { usage } = await askJson(plain.current.url, format, {}, sim("tokens=37"));
    const streamed = await askEvents(plain.current.url, format, {}, sim("tokens=37"));
    expect(usage.completion_tokens ?? usage.output_tokens).toBe(37);
    expect(streamed.filter((event) => textOf([event]) !== "").length).toBe(37);
  });

  test("chunks: so many pieces, fewer only when the text has no more characters", async () => {
    const pieces = async (directives: string | object) => {
      const seen = await askEvents(supplier.current.url, format, {}, sim(directives));
      return seen.map((event) => textOf([event])).filter((piece) => piece !== "");
    };
    expect(await pieces("text=one two three;chunks=3")).toEqual(["one", " two", " three"]);
    expect(await pieces("text=one two three;chunks=2")).toEqual(["one", " two three"]);
    expect(await pieces({ text: "añb😀", chunks: 9 })).toEqual(["a", "ñ", "b", "😀"]);
    expect(await pieces("text=one two three;chunks=1")).toEqual(["one two three"]);
  });

  test("tool and arguments: called until a result has come back, and only where it is offered", async () => {
    const { offered, answered } = DIRECTED[format];
    const directed = sim({ tool: "look", arguments: { at: "sun" } });
    const called = await askJson(plain.current.url, format, offered, directed);
    expect(callsOf(called)).toEqual([{ name: "look", input: { at: "sun" } }]);
    expect(callsOf(await askJson(plain.current.url, format, {}, directed))).toEqual([]);
    const told = await askJson(plain.current.url, format, { ...offered, ...answered }, directed);
    expect(callsOf(told)).toEqual([]);
    expect(textOf(told)).toContain("The tool look returned: “bright”.");
  });

  test("delays, each at its place", async () => {
    const gaps = async (directives: string) => {
      const start = performance.now();
      const response = await ask(
        supplier.current.url,
        format,
        { stream: true },
        sim(`${directives};chunks=2;text=a b`),
      );
      const headMs = performance.now() - start;
      const reader = response.body!.getReader();
      await reader.read();
      const firstMs = performance.now() - start - headMs;
      while (!(await reader.read()).done);
      return { headMs, firstMs, restMs: performance.now() - start - headMs - firstMs };
    };
    expect((await gaps("delayBeforeHeadersMs=60")).headMs).toBeGreaterThan(55);
    expect((await gaps("delayBeforeFirstMs=60")).firstMs).toBeGreaterThan(50);
    expect((await gaps("delayBetweenMs=20")).restMs).toBeGreaterThan(60);
    const none = await gaps("after=1");
    expect(none.headMs + none.firstMs + none.restMs).toBeLessThan(55);
  });

  test("finish: the vendor's word as it is given", async () => {
    const answer = await askJson(supplier.current.url, format, {}, sim("finish=paused"));
    expect(answer.stop_reason ?? answer.choices[0].finish_reason).toBe("paused");
  });
});

/** Two tools offered, and a conversation in which one was called; a system turn ends it. */
const DIRECTED: Readonly<Record<FormatName, { readonly offered: Json; readonly answered: Json }>> = {
  "chat-completions": {
    offered: { tools: ["look", "listen"].map((name) => ({ type: "function", function: { name } })) },
    answered: {
      messages: [
        { role: "user", content: "look" },
        {
          role: "assistant",
          tool_calls: [{ id: "a", type: "function", function: { name: "look", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "a", content: "bright" },
        { role: "system", content: "Be brief." },
      ],
    },
  },
  messages: {
    offered: { tools: ["look", "listen"].map((name) => ({ name, input_schema: { type: "object" } })) },
    answered: {
      messages: [
        { role: "user", content: "look" },
        { role: "assistant", content: [{ type: "tool_use", id: "a", name: "look", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "bright" }] },
        { role: "system", content: "Be brief." },
      ],
    },
  },
};

/** The calls of a whole answer. */
function callsOf(answer: Json): { name: string; input: Json }[] {
  const blocks = answer.content?.filter((block: Json) => block.type === "tool_use");
  const calls = answer.choices?.[0].message.tool_calls ?? [];
  return (
    blocks?.map(({ name, input }: Json) => ({ name, input })) ??
    calls.map((call: Json) => ({ name: call.function.name, input: JSON.parse(call.function.arguments) }))
  );
}

describe("an error status", () => {
  test.each<[number, string, string]>([
    [401, "invalid_request_error", "authentication_error"],
    [402, "insufficient_quota", "billing_error"],
    [404, "invalid_request_error", "not_found_error"],
    [413, "invalid_request_error", "request_too_large"],
    [429, "requests", "rate_limit_error"],
    [500, "server_error", "api_error"],
    [529, "server_error", "overloaded_error"],
  ])("%i has the vendor's type", async (status, chatType, messagesType) => {
    const chat = await ask(plain.current.url, "chat-completions", { stream: true }, sim({ status }));
    const messages = await ask(plain.current.url, "messages", { stream: true }, sim({ status }));
    expect([chat.status, messages.status]).toEqual([status, status]);
    expect((await jsonOf(chat)).error).toMatchObject({ type: chatType, message: `simulated error ${status}` });
    expect(await jsonOf(messages)).toMatchObject({ type: "error", error: { type: messagesType } });
  });

  test("with the message, type, code and headers that are given", async () => {
    const directives = {
      status: 429,
      message: "slow down",
      type: "t",
      code: "c",
      retryAfter: 2,
      retryAfterMs: 1500,
      headers: { "x-should-retry": "false" },
    };
    const response = await ask(plain.current.url, "chat-completions", {}, sim(directives));
    const names = ["retry-after", "retry-after-ms", "x-should-retry"];
    expect(names.map((name) => response.headers.get(name))).toEqual(["2", "1500", "false"]);
    expect(await jsonOf(response)).toEqual({ error: { message: "slow down", type: "t", param: null, code: "c" } });
  });
});

describe("settings that cannot be", () => {
  test.each<[unknown, string]>([
    [[], "(root): must be an object"],
    [{ colour: 1 }, "colour: there is no such setting"],
    [{ credential: "" }, "credential: must be a text"],
    [{ control: "yes" }, "control: must be true or false"],
    [{ recordMax: -1 }, "recordMax: must be a whole number from 0"],
    [{ models: { a: { after: "x" } } }, 'models.a: the directive "after" wants'],
    [{ directives: { falt: 1 } }, 'directives: there is no directive "falt"'],
  ])("%j", (settings, message) => {
    expect(() => readSettings(settings)).toThrow(SettingsError);
    expect(() => readSettings(settings)).toThrow(message);
  });
});
