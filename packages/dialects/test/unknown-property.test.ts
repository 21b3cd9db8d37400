/** Goal: what no other format knows of a request is named by its path, and nothing else is. */
import * as contract from "@interchange/contract";
import { describe, expect, test } from "vitest";
import { dialects } from "../src/index.ts";
import { type Json, situations } from "./situation.ts";

const unknownIn = (format: keyof typeof dialects, body: unknown): readonly string[] =>
  dialects[format].surface.unknownIn(body);

/** Examples that show what no other format knows. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  "chat-completions image": ["messages[0].content[1].image_url.detail"],
};

describe.each(["chat-completions", "messages"] as const)("%s", (format) => {
  const requests = situations(format).filter((one) => one.request !== undefined && one.name !== "unknown-field");

  test.each(requests.map(({ name, request }) => [name, request as Json] as const))(
    "Q24 %s is known",
    (name, request) => {
      expect(unknownIn(format, request)).toEqual(SHOWN[`${format} ${name}`] ?? []);
    },
  );

  test.each(requests.map(({ name, request }) => [name, request as Json] as const))(
    "Q24 %s with something unknown at its root and in its last message",
    (_, request) => {
      const messages = request["messages"] as readonly Json[];
      const strange = [...messages.slice(0, -1), { ...messages.at(-1), mood: { deep: 1 } }];
      const more = unknownIn(format, { ...request, messages: strange, weather: "mild" });
      expect(more.toSorted()).toEqual(
        [...unknownIn(format, request), `messages[${messages.length - 1}].mood`, "weather"].toSorted(),
      );
    },
  );
});

const user = (content: unknown): Json => ({ messages: [{ role: "user", content }] });

describe("places", () => {
  test.each<[string, keyof typeof dialects, Json, readonly string[]]>([
    ["a part", "messages", user([{ type: "text", text: "", mood: 1 }]), ["messages[0].content[0].mood"]],
    [
      "a part of a part",
      "messages",
      user([{ type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "", mood: 1 }] }]),
      ["messages[0].content[0].content[0].mood"],
    ],
    [
      "a source",
      "messages",
      user([{ type: "image", source: { type: "url", url: "https://a", size: 1 } }]),
      ["messages[0].content[0].source.size"],
    ],
    ["a block of a kind that is not known is one thing", "messages", user([{ type: "song", tune: 1 }]), []],
    [
      "a tool, but not its schema",
      "messages",
      { tools: [{ name: "a", input_schema: { type: "object", own: 1 }, mood: 1 }] },
      ["tools[0].mood"],
    ],
    [
      "a tool with its kind",
      "messages",
      { tools: [{ type: "custom", name: "a", input_schema: { type: "object" }, mood: 1 }] },
      ["tools[0].mood"],
    ],
    ["a server's tool is the vendor's", "messages", { tools: [{ type: "web_search_20250305", own: 1 }] }, []],
    ["a format's own words", "messages", { output_config: { effort: "low", pace: 1 } }, ["output_config.pace"]],
    [
      "the index that a call had in the stream",
      "chat-completions",
      {
        messages: [
          {
            role: "assistant",
            tool_calls: [
              { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
              { index: 1, id: "b", type: "custom", custom: { name: "g", input: "" } },
            ],
          },
        ],
      },
      [],
    ],
    ["metadata", "chat-completions", { metadata: { anything: "goes" } }, []],
    ["biases", "chat-completions", { logit_bias: { "17": 1 } }, []],
    [
      "a function, but not its parameters",
      "chat-completions",
      { tools: [{ type: "function", function: { name: "a", parameters: { own: 1 }, mood: 1 } }] },
      ["tools[0].function.mood"],
    ],
    [
      "a call",
      "chat-completions",
      {
        messages: [
          {
            role: "assistant",
            tool_calls: [{ id: "a", type: "function", function: { name: "a", arguments: "" }, mood: 0 }],
          },
        ],
      },
      ["messages[0].tool_calls[0].mood"],
    ],
    ["null and nothing", "chat-completions", { stop: null, messages: [] }, []],
    ["names that are no words", "chat-completions", { "a.b": 1, "": 1, é: 1 }, ['["a.b"]', '[""]', '["\\u00e9"]']],
    [
      "a name as on a prototype",
      "chat-completions",
      JSON.parse('{"__proto__":1,"constructor":1}'),
      ["__proto__", "constructor"],
    ],
    ["a long name", "chat-completions", { ["x".repeat(100)]: 1 }, [`["${"x".repeat(64)}"]`]],
    ["no object", "chat-completions", null as never, []],
  ])("%s", (_, format, body, want) => {
    expect(unknownIn(format, body)).toEqual(want);
  });

  test("no more are looked for than anybody reads", () => {
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, nth) => [`p${nth}`, {}]));
    expect(unknownIn("messages", body)).toHaveLength(1_000);
  });
});

interface Shown {
  /** What the body says beside a model and a turn; `said` where the contract marks it. */
  readonly body: (said: unknown) => Json;
  readonly telling: unknown;
  readonly path: string;
  /** What says no more than nothing does, beside null. */
  readonly silent: readonly unknown[];
}

const turn = (role: string, inner: string): Pick<Shown, "body" | "path"> => ({
  body: (said) => ({ messages: [{ role, content: "hi", [inner]: said }] }),
  path: `messages[0].${inner}`,
});
const root = (name: string): Pick<Shown, "body" | "path"> => ({ body: (said) => ({ [name]: said }), path: name });

/** By the format, the schema and the property that the contract marks `named`. */
const NAMED: Readonly<Record<string, Shown>> = {
  "messages CreateMessageRequest.container": { ...root("container"), telling: "c_1", silent: ["", {}] },
  "messages CreateMessageRequest.context_management": {
    ...root("context_management"),
    telling: { edits: [{ type: "clear_tool_uses_20250919" }] },
    silent: [{}],
  },
  "messages CreateMessageRequest.mcp_servers": {
    ...root("mcp_servers"),
    telling: [{ type: "url", url: "https://x.example", name: "x" }],
    silent: [[]],
  },
  "messages CreateMessageRequest.speed": { ...root("speed"), telling: "fast", silent: ["standard"] },
  "messages CreateMessageRequest.inference_geo": { ...root("inference_geo"), telling: "eu", silent: [""] },
  "messages OutputConfig.task_budget": {
    body: (said) => ({ output_config: { effort: "low", task_budget: said } }),
    telling: { type: "tokens", total: 5_000 },
    path: "output_config.task_budget",
    silent: [{}],
  },
  "messages CustomTool.input_examples": {
    body: (said) => ({ tools: [{ name: "a", input_schema: { type: "object" }, input_examples: said }] }),
    telling: [{ city: "Ulm" }],
    path: "tools[0].input_examples",
    silent: [[]],
  },
  "messages UserMessage.output_config": { ...turn("user", "output_config"), telling: { effort: "low" }, silent: [{}] },
  "messages AssistantMessage.output_config": {
    ...turn("assistant", "output_config"),
    telling: { effort: "low", task_budget: { type: "tokens", total: 1 } },
    silent: [{}],
  },
  "messages SystemMessage.output_config": {
    ...turn("system", "output_config"),
    telling: { effort: "low" },
    silent: [{}],
  },
  "messages SystemMessage.clear_at": {
    ...turn("system", "clear_at"),
    telling: "next_user_message",
    silent: ["never"],
  },
  "chat-completions ParticipantName": { ...turn("user", "name"), telling: "Ann", silent: [""] },
  "chat-completions ImagePart.image_url.detail": {
    body: (said) => user([{ type: "image_url", image_url: { url: "https://a", detail: said } }]),
    telling: "low",
    path: "messages[0].content[0].image_url.detail",
    silent: ["auto"],
  },
};

const FORMATS = [
  ["chat-completions", contract.chatCompletions.document],
  ["messages", contract.messages.document],
] as const;

describe("Q24 what the contract knows and no other format can say", () => {
  test("the table has what the contract marks, and nothing else", () => {
    const marked = FORMATS.flatMap(([format, document]) =>
      Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) =>
        markedIn(name, schema).map((path) => `${format} ${path}`),
      ),
    );
    expect(Object.keys(NAMED).toSorted()).toEqual(marked.toSorted());
  });

  test.each(Object.entries(NAMED))("%s", (name, { body, telling, path, silent }) => {
    const format = name.startsWith("messages ") ? "messages" : "chat-completions";
    expect(unknownIn(format, body(telling))).toEqual([path]);
    for (const nothing of [null, ...silent]) expect(unknownIn(format, body(nothing))).toEqual([]);
  });

  test.each(["system", "developer", "assistant"])("the name of one of several participants: %s", (role) => {
    expect(unknownIn("chat-completions", turn(role, "name").body("Ann"))).toEqual(["messages[0].name"]);
  });

  test("the name of a tool stands in its call as well", () => {
    const result = { role: "tool", tool_call_id: "a", content: "1", name: "f" };
    expect(unknownIn("chat-completions", { messages: [result] })).toEqual([]);
  });
});

function markedIn(path: string, schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, "x-translation": word } = schema as Json;
  const own = word === "named" ? [path] : [];
  return [...own, ...Object.entries(properties as Json).flatMap(([key, inner]) => markedIn(`${path}.${key}`, inner))];
}
