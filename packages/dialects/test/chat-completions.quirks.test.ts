/** What the habits of a supplier change in a request that came in its own format. Without them it is said back as it came. */
import { FEATURES, type Feature } from "@interchange/inference";
import { expect, test } from "vitest";
import { chatCompletions, type Quirks } from "../src/index.ts";

const HI = { role: "user", content: "hi" };

function sent(body: object, quirks: Quirks): unknown {
  const request = chatCompletions.surface.readRequest({ model: "m", messages: [HI], ...body } as never);
  return chatCompletions.supplier.writeRequest(request, { model: "m", features: new Set(FEATURES), quirks }).body;
}

const CALL = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };
const calling = (content: object) => ({ messages: [HI, { role: "assistant", ...content, tool_calls: [CALL] }] });
const text = (said: string) => ({ type: "text", text: said });
const thinking = (message: object) => ({ messages: [HI, { role: "assistant", content: "a", ...message }] });

const ROWS: readonly (readonly [name: string, quirks: Quirks, given: object, want: object])[] = [
  [
    "Q05 developers speak as the system",
    { developerRole: false },
    { messages: [{ role: "developer", content: "a", name: "n" }, HI] },
    { messages: [{ role: "system", content: "a", name: "n" }, HI] },
  ],
  [
    "Q05 one system turn, at the start, in order",
    { laterSystemTurns: false },
    {
      messages: [
        { role: "system", content: "a" },
        { role: "developer", content: [text("b")] },
        HI,
        { role: "system", content: "c" },
      ],
    },
    { messages: [{ role: "system", content: "a\n\nb\n\nc" }, HI] },
  ],
  [
    "Q05 one system turn at the start is as it came",
    { laterSystemTurns: false },
    { messages: [{ role: "system", content: [text("a"), text("b")] }, HI] },
    { messages: [{ role: "system", content: [text("a"), text("b")] }, HI] },
  ],
  [
    "Q03 content is one text",
    { content: "text" },
    { messages: [{ role: "user", content: [text("a"), text("b")] }] },
    { messages: [{ role: "user", content: "a\n\nb" }] },
  ],
  ["Q02 content null for empty", { emptyContent: "null" }, calling({ content: "" }), calling({ content: null })],
  ["Q02 content empty for null", { emptyContent: "empty" }, calling({ content: null }), calling({ content: "" })],
  ["Q02 content absent for null", { emptyContent: "absent" }, calling({ content: null }), calling({})],
  [
    "Q02 content that says something stays",
    { emptyContent: "null" },
    calling({ content: "x" }),
    calling({ content: "x" }),
  ],
  ["Q02 content as the caller had it", {}, calling({ content: "" }), calling({ content: "" })],
  ["Q21 the cap under the older name", { outputCap: "max_tokens" }, { max_completion_tokens: 9 }, { max_tokens: 9 }],
  [
    "Q21 the cap under the newer name",
    { outputCap: "max_completion_tokens" },
    { max_tokens: 9 },
    { max_completion_tokens: 9 },
  ],
  [
    "no stream_options",
    { streamOptions: false },
    { stream: true, stream_options: { include_usage: true } },
    { stream: true },
  ],
  ["no parallel_tool_calls", { parallelToolCalls: false }, { parallel_tool_calls: true }, {}],
  ["who asks, as the caller said it", {}, { user: "u", safety_identifier: "s" }, { user: "u", safety_identifier: "s" }],
  ["who asks, under the older name", { userId: "user" }, { safety_identifier: "s" }, { user: "s" }],
  ["who asks, under the newer name", { userId: "safety_identifier" }, { user: "u" }, { safety_identifier: "u" }],
  ["who asks, under no name", { userId: "omit" }, { user: "u", safety_identifier: "s" }, {}],
  [
    "thoughts under another name",
    { pastReasoning: "reasoning" },
    thinking({ reasoning_content: "hm" }),
    thinking({ reasoning: "hm" }),
  ],
  [
    "thoughts left out, in whatever form",
    { pastReasoning: "omit" },
    thinking({ reasoning_content: "hm", reasoning_details: [{ type: "reasoning.text", text: "hm" }] }),
    thinking({}),
  ],
  [
    "Q09 a picture as the caller said it",
    {},
    { messages: [{ role: "user", content: [pictured("DATA:IMAGE/PNG;BASE64,AAAA")] }] },
    { messages: [{ role: "user", content: [pictured("DATA:IMAGE/PNG;BASE64,AAAA")] }] },
  ],
  [
    "Q09 a document as the caller said it",
    {},
    { messages: [{ role: "user", content: [{ type: "file", file: { file_data: "Data:a/b;base64,AAAA" } }] }] },
    { messages: [{ role: "user", content: [{ type: "file", file: { file_data: "Data:a/b;base64,AAAA" } }] }] },
  ],
  [
    "Q16 an effort as the caller said it",
    { efforts: ["low"] },
    { reasoning_effort: "max" },
    { reasoning_effort: "max" },
  ],
];

function pictured(url: string): object {
  return { type: "image_url", image_url: { url } };
}

test.each(ROWS)("%s", (_name, quirks, given, want) => {
  expect(sent(given, quirks)).toEqual({ model: "m", messages: [HI], ...want });
});

const TOOLS = { tools: [{ type: "function", function: { name: "f" } }] };

test.each<[string, Quirks, boolean, readonly string[]]>([
  ["is named where the supplier refuses the property", { parallelToolCalls: false }, true, ["single-tool-calls"]],
  ["is named where the supplier does not honour it", {}, false, ["single-tool-calls"]],
  ["is said where it does", {}, true, []],
])("Q24 one call at a time %s", (_, quirks, isOffered, want) => {
  const said = { parallel_tool_calls: false, ...TOOLS };
  const request = chatCompletions.surface.readRequest({ model: "m", messages: [HI], ...said } as never);
  const features = new Set<Feature>(isOffered ? FEATURES : []);
  const { body, leftOut } = chatCompletions.supplier.writeRequest(request, { model: "m", features, quirks });
  expect(leftOut).toEqual(want);
  expect(body).toEqual({ model: "m", messages: [HI], ...TOOLS, ...(want.length > 0 ? {} : said) });
});

test("Q14 thoughts that were taken out of a turn are not told by their text either", () => {
  const body = thinking({
    reasoning_content: "hm",
    reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "s" }],
  });
  const request = chatCompletions.surface.readRequest({ model: "m", ...body } as never);
  const messages = request.messages.map((message) => ({
    ...message,
    content: message.content.filter((part) => part.type !== "reasoning"),
  }));
  const target = { model: "m", features: new Set(FEATURES), quirks: {} };
  expect(chatCompletions.supplier.writeRequest({ ...request, messages }, target).body).toEqual({
    model: "m",
    ...thinking({}),
  });
});
