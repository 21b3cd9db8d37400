/** Goal: of a request it is known what may not be left out, what only its own format can say, and what it merely wishes. */
import { bondsOf, type InferenceRequest, type Part, wishesOf } from "@interchange/inference";
import { expect, test } from "vitest";

const request = (said: Partial<InferenceRequest>): InferenceRequest => ({
  messages: [],
  stream: false,
  showUsage: true,
  ...said,
});
const withParts = (...content: readonly Part[]): InferenceRequest => request({ messages: [{ role: "user", content }] });
const opaque = (wire: object, plain?: string): Part => ({
  type: "opaque",
  dialect: "messages",
  wire,
  ...(plain === undefined ? {} : { plain }),
});

test.each<[string, InferenceRequest, readonly string[]]>([
  ["nothing", request({}), []],
  ["what rides beside the words", request({ extraBonds: ["functions"] }), ["functions"]],
  [
    "a tool of one format, once",
    request({
      tools: [
        { dialect: "messages", wire: { type: "web_search_20250305" } },
        { dialect: "messages", wire: { type: "web_search_20250305" } },
        { name: "look" },
      ],
    }),
    ["web_search_20250305"],
  ],
  ["a part of one format", withParts(opaque({ type: "container_upload" })), ["container_upload"]],
  ["a part without a kind", withParts(opaque({ song: 1, tune: 2 })), ["song, tune"]],
  ["a part that can be said plainly", withParts(opaque({ type: "search_result" }, "What was found.")), []],
  [
    "a part within a result of a tool",
    withParts({ type: "tool-result", callId: "a", isError: false, content: [opaque({ type: "tool_reference" })] }),
    ["tool_reference"],
  ],
  [
    "Q08 a document at an address",
    withParts({ type: "document", source: { kind: "url", url: "https://x/y.pdf" } }),
    ["document url"],
  ],
  ["Q09 an image at an address", withParts({ type: "image", source: { kind: "url", url: "https://x/y.png" } }), []],
  ["a stored file", withParts({ type: "image", source: { kind: "file", fileId: "f" } }), ["file_id"]],
  [
    "a stored file within a document",
    withParts({
      type: "document",
      source: { kind: "parts", parts: [{ type: "image", source: { kind: "file", fileId: "f" } }] },
    }),
    ["file_id"],
  ],
])("Q29 bonds: %s", (_, given, want) => {
  expect(bondsOf(given)).toEqual(want);
});

test.each<[string, InferenceRequest, readonly string[]]>([
  ["nothing", request({}), []],
  ["thinking", request({ reasoning: { mode: "on" } }), ["reasoning"]],
  ["as much thinking as the model likes", request({ reasoning: { mode: "auto" } }), ["reasoning"]],
  ["no thinking", request({ reasoning: { mode: "off" } }), []],
  ["one call at a time", request({ tools: [{ name: "f" }], parallelToolCalls: false }), ["single-tool-calls"]],
  ["as many calls as it likes", request({ tools: [{ name: "f" }], parallelToolCalls: true }), []],
  ["one call at a time of no tools", request({ tools: [], parallelToolCalls: false }), []],
  [
    "one call at a time where none may be called",
    request({ tools: [{ name: "f" }], toolChoice: { kind: "none" }, parallelToolCalls: false }),
    [],
  ],
])("Q16 wishes: %s", (_, given, want) => {
  expect([...wishesOf(given)]).toEqual(want);
});
