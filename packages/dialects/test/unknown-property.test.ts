/** Goal: what the contract does not know of a request is named by its path, and nothing else is. */
import { describe, expect, test } from "vitest";
import { dialects } from "../src/index.ts";
import { type Json, situations } from "./situation.ts";

const unknownIn = (format: keyof typeof dialects, body: unknown): readonly string[] =>
  dialects[format].surface.unknownIn(body);

describe.each(["chat-completions", "messages"] as const)("%s", (format) => {
  const requests = situations(format).filter((one) => one.request !== undefined && one.name !== "unknown-field");

  test.each(requests.map(({ name, request }) => [name, request as Json] as const))("Q24 %s is known", (_, request) => {
    expect(unknownIn(format, request)).toEqual([]);
  });

  test.each(requests.map(({ name, request }) => [name, request as Json] as const))(
    "Q24 %s with something unknown at its root and in its last message",
    (_, request) => {
      const messages = request["messages"] as readonly Json[];
      const strange = [...messages.slice(0, -1), { ...messages.at(-1), mood: { deep: 1 } }];
      expect(unknownIn(format, { ...request, messages: strange, weather: "mild" }).toSorted()).toEqual([
        `messages[${messages.length - 1}].mood`,
        "weather",
      ]);
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
