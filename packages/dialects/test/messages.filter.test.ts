/** What only some suppliers honour, as the contract marks it: each becomes a need, or a bond to the format. */
import { messages as contract } from "@interchange/contract";
import { bondsOf, needsOf } from "@interchange/inference";
import { expect, test } from "vitest";
import { messages } from "../src/index.ts";

interface Filter {
  readonly body: object;
  readonly needs?: readonly string[];
  readonly bonds?: readonly string[];
}

const CITED = { citations: { enabled: true } };
const TEXT = { type: "text", media_type: "text/plain", data: "x" };

const OUTCOME = { tool_use_id: "a", content: { type: "nothing" } };

/** By the schema and the property that the contract marks. */
const FILTERS: Readonly<Record<string, Filter>> = {
  "CreateMessageRequest.top_k": { body: { top_k: 5 }, needs: ["top-k"] },
  "DocumentBlock.citations": {
    body: said({ type: "document", source: TEXT, ...CITED }),
    needs: ["citations", "document"],
  },
  "SearchResultBlock.citations": {
    body: said({ type: "search_result", source: "https://x", title: "T", content: [], ...CITED }),
    needs: ["citations"],
  },
  "FileSource.file_id": {
    body: said({ type: "image", source: { type: "file", file_id: "f" } }),
    needs: ["files", "image"],
    bonds: ["file_id"],
  },
  "ServerTool.type": {
    body: { tools: [{ type: "web_search_20250305", name: "web_search" }] },
    needs: ["server-tools"],
    bonds: ["web_search_20250305"],
  },
  ...served("ServerToolUseBlock", { type: "server_tool_use", id: "a", name: "web_search", input: {} }),
  ...served("WebSearchToolResultBlock", { type: "web_search_tool_result", ...OUTCOME }),
  ...served("WebFetchToolResultBlock", { type: "web_fetch_tool_result", ...OUTCOME }),
  ...served("CodeExecutionToolResultBlock", { type: "code_execution_tool_result", ...OUTCOME }),
  ...served("BashCodeExecutionToolResultBlock", { type: "bash_code_execution_tool_result", ...OUTCOME }),
  ...served("TextEditorCodeExecutionToolResultBlock", { type: "text_editor_code_execution_tool_result", ...OUTCOME }),
  ...served("ToolSearchToolResultBlock", { type: "tool_search_tool_result", ...OUTCOME }),
  ...served("McpToolUseBlock", { type: "mcp_tool_use", id: "a", name: "f", server_name: "s", input: {} }),
  ...served("McpToolResultBlock", { type: "mcp_tool_result", tool_use_id: "a", content: "x" }),
  ...served("ContainerUploadBlock", { type: "container_upload", file_id: "f" }),
  "UnknownBlock.type": { body: said({ type: "hologram" }), bonds: ["hologram"] },
};

/** A block of a tool that the supplier runs itself: bound to the format, and only where such tools are offered. */
function served(
  schema: string,
  block: { readonly type: string; readonly [property: string]: unknown },
): Readonly<Record<string, Filter>> {
  return { [`${schema}.type`]: { body: said(block), needs: ["server-tools"], bonds: [block.type] } };
}

function said(block: object): object {
  return { messages: [{ role: "user", content: [block] }] };
}

interface Schema {
  readonly properties?: Readonly<Record<string, { readonly "x-translation"?: string }>>;
}

test("Q23 the table has what the contract marks, and nothing else", () => {
  const { schemas } = contract.document.components as unknown as { readonly schemas: Readonly<Record<string, Schema>> };
  const marked = Object.entries(schemas).flatMap(([schema, { properties = {} }]) =>
    Object.entries(properties).flatMap(([name, { "x-translation": kind }]) =>
      kind === "filter" ? [`${schema}.${name}`] : [],
    ),
  );
  expect(marked.toSorted()).toEqual(Object.keys(FILTERS).toSorted());
});

test.each(Object.entries(FILTERS))("Q23 Q29 %s narrows the choice of supplier", (_name, { body, needs, bonds }) => {
  const whole = { model: "m", max_tokens: 1, messages: [{ role: "user", content: "hi" }], ...body };
  expect(contract.validators.createMessage.request(whole)).toBe(true);
  const request = messages.surface.readRequest(whole as never);
  expect([...needsOf(request)].toSorted()).toEqual(needs ?? []);
  expect(bondsOf(request)).toEqual(bonds ?? []);
});

/** What Claude Code says of tools that come and go, and what is left of a long talk: a text says it as well. */
const PLAIN: readonly (readonly [block: object, plain: string | undefined])[] = [
  [{ type: "tool_reference", tool_name: "Web" }, "The tool Web can be used now."],
  [{ type: "tool_addition", tool: { type: "tool_reference", name: "Web" } }, "The tool Web can be used from here on."],
  [
    { type: "tool_removal", tool: { type: "tool_reference", name: "Web" } },
    "The tool Web can no longer be used from here on.",
  ],
  [{ type: "tool_addition", tool: { type: "tool_definition", name: "Web", input_schema: {} } }, undefined],
  [{ type: "tool_addition", tool: { type: "mcp_toolset" } }, undefined],
  [{ type: "compaction", content: "They talked." }, "They talked."],
  [{ type: "compaction", content: null }, ""],
  [{ type: "compaction", content: null, encrypted_content: "x" }, undefined],
  [
    { type: "search_result", source: "https://x", title: "T", content: [{ type: "text", text: "a" }] },
    "T (https://x)\n\na",
  ],
  [{ type: "search_result", source: "https://x", title: "T", content: "a" }, undefined],
  [{ type: "server_tool_use", id: "a", name: "web_search", input: {} }, undefined],
];

test.each(PLAIN)("%j in plain words: %j", (block, plain) => {
  const request = messages.surface.readRequest({ model: "m", max_tokens: 1, ...said(block) } as never);
  expect(request.messages[0]?.content[0]).toMatchObject({ type: "opaque", wire: block });
  expect(Reflect.get(request.messages[0]?.content[0] ?? {}, "plain")).toBe(plain);
  expect(bondsOf(request)).toEqual(plain === undefined ? [Reflect.get(block, "type")] : []);
});
