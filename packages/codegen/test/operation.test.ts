/** What a document says is read truly, and what cannot be emitted truly stops the generator. */
import { describe, expect, test } from "vitest";
import { readOperations } from "../src/operation.ts";

const text = { schema: { type: "string" } };
const stream = (sse: unknown) => ({ "text/event-stream": { ...text, "x-sse": sse } });

/** A document with one operation, whose 200 carries this content. */
const documentWith = (content: object, more: object = {}) => ({
  paths: { "/": { get: { operationId: "ask", responses: { "200": { description: "", content } }, ...more } } },
});

describe("an operation is refused when", () => {
  test.each([
    ["its content is neither JSON nor events", documentWith({ "text/html": text }), 'the content type "text/html"'],
    ["a stream does not say how it is framed", documentWith(stream(undefined)), 'x-sse needs "done", or "event"'],
    ["a stream says more than is known", documentWith(stream({ done: "x", retry: 1 })), "x-sse needs"],
    ["a stream's word is no text", documentWith(stream({ done: true })), "x-sse needs"],
    ["a stream's last event is no text", documentWith(stream({ event: "type", last: 1 })), "x-sse needs"],
    ["a stream's last event has a name that no property tells", documentWith(stream({ last: "stop" })), "x-sse needs"],
    [
      "a stream's last event stands beside its last word alone",
      documentWith(stream({ done: "x", last: "stop" })),
      "x-sse",
    ],
    ["a status is not a number", documentWith({}, { responses: { default: { description: "" } } }), 'not "default"'],
    [
      "a reference leads nowhere",
      documentWith({}, { parameters: [{ $ref: "#/components/parameters/None" }] }),
      'the reference "#/components/parameters/None" leads nowhere',
    ],
  ])("%s", (_, document, message) => {
    expect(() => readOperations(document)).toThrow(message);
  });
});

describe("a stream is framed by", () => {
  test.each([
    ["the word that ends it", { done: "[DONE]" }],
    ["the property that names each event", { event: "type" }],
    ["that property, and the name of the last event", { event: "type", last: "stop" }],
  ])("%s", (_, framing) => {
    expect(readOperations(documentWith(stream(framing)))[0]?.stream).toEqual(framing);
  });
});

describe("a credential is needed", () => {
  test.each([
    ["when the operation lists one", [{ bearer: [] }], undefined, true],
    ["when the document lists one", undefined, [{ bearer: [] }, { apiKey: [] }], true],
    ["not when there is an empty alternative", [{}, { bearer: [] }], undefined, false],
    ["not when the operation empties the list", [], [{ bearer: [] }], false],
    ["not when nobody says so", undefined, undefined, false],
  ])("%s", (_, ofOperation, ofDocument, want) => {
    const document = { ...documentWith({}, ofOperation ? { security: ofOperation } : {}), security: ofDocument };
    expect(readOperations(document)[0]?.security).toBe(want);
  });
});
