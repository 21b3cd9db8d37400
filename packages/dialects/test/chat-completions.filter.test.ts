/** What only some suppliers honour, by the contract's own word for it: each becomes a need or a bond. */
import { chatCompletions as contract } from "@interchange/contract";
import { bondsOf, needsOf } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { FILTERS } from "../src/chat-completions/feature.ts";
import { chatCompletions } from "../src/index.ts";

type Json = Readonly<Record<string, unknown>>;

/** `Schema.property`, or `Schema` for a whole one, of all that the contract calls `filter`. */
function filtered(): readonly string[] {
  const { components } = contract.document as unknown as { components: { schemas: Record<string, Json> } };
  return Object.entries(components.schemas).flatMap(([name, schema]) => pathsIn(name, schema));
}

function pathsIn(path: string, schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, ...rest } = schema as Json;
  const own = rest["x-translation"] === "filter" ? [path] : [];
  const named = Object.entries(properties as Json).flatMap(([key, inner]) => pathsIn(`${path}.${key}`, inner));
  return [...own, ...named];
}

const REQUEST = "CreateChatCompletionRequest.";

const HI = { role: "user", content: "hi" };
const said = (message: object) => ({ messages: [HI, message] });

/** Those that stand deeper: a body that uses it, and what it needs or is bound by. */
const DEEPER: Readonly<Record<string, readonly [body: object, want: string]>> = {
  AudioPart: [
    said({ role: "user", content: [{ type: "input_audio", input_audio: { data: "AA", format: "mp3" } }] }),
    "audio",
  ],
  JsonObjectResponseFormat: [{ response_format: { type: "json_object" } }, "json-object"],
  CustomTool: [{ tools: [{ type: "custom", custom: { name: "sql" } }] }, "custom"],
  CustomToolChoice: [{ tool_choice: { type: "custom", custom: { name: "sql" } } }, "tool_choice"],
  CustomToolCall: [
    said({ role: "assistant", tool_calls: [{ id: "a", type: "custom", custom: { name: "sql", input: "" } }] }),
    "tool_calls",
  ],
  AllowedToolsChoice: [
    { tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } } },
    "tool_choice",
  ],
  "AssistantMessage.function_call": [
    said({ role: "assistant", function_call: { name: "f", arguments: "{}" } }),
    "function_call",
  ],
  "AssistantMessage.audio": [said({ role: "assistant", audio: { id: "a" } }), "audio"],
  "FilePart.file.file_id": [said({ role: "user", content: [{ type: "file", file: { file_id: "f" } }] }), "files"],
};

/** Those that have a word, which tells what is needed. */
const WORDS: Readonly<Record<string, string>> = { n: "several-answers", seed: "seed" };

function askedBy(body: object): readonly string[] {
  const request = chatCompletions.surface.readRequest({ model: "m", messages: [HI], ...body } as never);
  return [...needsOf(request), ...bondsOf(request)];
}

const ASKING: Json = {
  n: 2,
  logprobs: true,
  top_logprobs: 1,
  frequency_penalty: 0.5,
  presence_penalty: -1,
  logit_bias: { 7: 1 },
  seed: 0,
  verbosity: "low",
  modalities: ["text", "audio"],
  audio: { voice: "v", format: "mp3" },
  prediction: { type: "content", content: "x" },
  web_search_options: {},
  functions: [{ name: "f" }],
  function_call: "auto",
};

const SILENT: Json = {
  n: 1,
  logprobs: false,
  top_logprobs: 0,
  frequency_penalty: 0,
  presence_penalty: 0,
  logit_bias: {},
  seed: null,
  verbosity: "medium",
  modalities: ["text"],
  audio: null,
  prediction: null,
};

describe("Q23 what only some suppliers honour", () => {
  test("all of it has its row, and nothing else has", () => {
    const names = filtered().filter((path) => path.startsWith(REQUEST));
    const rows = [...Object.keys(FILTERS), ...Object.keys(WORDS)].sort();
    expect(rows).toEqual(names.map((path) => path.slice(REQUEST.length)).sort());
    expect(Object.keys(ASKING).sort()).toEqual(rows);
  });

  test.each(Object.entries(ASKING))("%s is asked for by %j", (name, value) => {
    const filter = FILTERS[name];
    expect(askedBy({ [name]: value })).toEqual(filter?.bond ? [filter.need, name] : [filter?.need ?? WORDS[name]]);
  });

  test.each(Object.entries(SILENT))("%s is not asked for by %j", (name, value) => {
    expect(askedBy({ [name]: value })).toEqual([]);
  });

  test("what stands deeper is asked for too", () => {
    const deeper = filtered().filter((path) => !path.startsWith(REQUEST));
    expect(deeper.filter((path) => !(path in DEEPER))).toEqual([]);
    for (const [body, want] of Object.values(DEEPER)) expect(askedBy(body)).toContain(want);
  });

  test("a result of a function of the older form is bound to this format", () => {
    expect(askedBy(said({ role: "function", name: "f", content: "1" }))).toEqual(["role function"]);
  });
});
