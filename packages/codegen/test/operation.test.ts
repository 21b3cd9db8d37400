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

test("every method is read, with its statuses and whether it takes a body", () => {
  const request = { content: { "application/json": text } };
  const operation = (operationId: string, status: string, more: object = {}) => ({
    operationId,
    responses: { [status]: { description: "" } },
    ...more,
  });
  const item = {
    get: operation("list", "200"),
    post: operation("create", "201", { requestBody: request }),
    put: operation("put", "200", { requestBody: request }),
    patch: operation("update", "200", { requestBody: request }),
    delete: operation("remove", "204"),
  };
  const read = readOperations({ paths: { "/": item } });
  const rows = read.map(({ id, method, responses, request }) => [id, method, responses[0]?.status, request !== null]);
  expect(rows.sort()).toEqual([
    ["create", "post", 201, true],
    ["list", "get", 200, false],
    ["put", "put", 200, true],
    ["remove", "delete", 204, false],
    ["update", "patch", 200, true],
  ]);
  expect(read.map(({ responses, stream }) => [responses[0]?.json, stream])).toEqual(read.map(() => [null, null]));
});

test("a body may be left out unless the document requires it", () => {
  const content = { "application/json": text };
  const bodies = [undefined, { content }, { content, required: false }, { content, required: true }];
  const read = bodies.map((requestBody) => readOperations(documentWith({}, requestBody && { requestBody }))[0]);
  expect(read.map((operation) => operation?.requestOptional)).toEqual([false, true, true, false]);
});

test("parameters of the path stand before those of the operation, each with its schema; a cookie is left out", () => {
  const parameter = (name: string, place: string, schema: object, more: object = {}) => ({
    name,
    in: place,
    schema,
    ...more,
  });
  const limit = { type: "integer", minimum: 1 };
  const parameters = [
    { $ref: "#/components/parameters/limit" },
    parameter("open", "query", { type: "boolean" }, { required: true, description: "Only those." }),
    parameter("session", "cookie", { type: "string" }),
  ];
  const document = {
    paths: {
      "/{id}": {
        parameters: [parameter("id", "path", { type: "string" }, { required: true })],
        get: { operationId: "ask", parameters, responses: { "200": { description: "" } } },
      },
    },
    components: { parameters: { limit: parameter("limit", "query", limit) } },
  };
  expect(readOperations(document)[0]?.parameters).toEqual([
    { name: "id", in: "path", required: true, description: "", schema: { type: "string" } },
    { name: "limit", in: "query", required: false, description: "", schema: limit },
    { name: "open", in: "query", required: true, description: "Only those.", schema: { type: "boolean" } },
  ]);
});

describe("a list goes on", () => {
  const paged = (parameters: readonly string[], properties: readonly string[]) => {
    const schema = { type: "object", properties: Object.fromEntries(properties.map((name) => [name, {}])) };
    const document = {
      ...documentWith(
        { "application/json": { schema: { $ref: "#/components/schemas/List" } } },
        { parameters: parameters.map((name) => ({ name, in: "query", schema: { type: "string" } })) },
      ),
      components: { schemas: { List: schema } },
    };
    return readOperations(document)[0]?.paged;
  };

  test.each([
    ["by a cursor of its own", ["cursor"], ["data", "next_cursor"], { cursor: "cursor", next: "next_cursor" }],
    [
      "by the id of what came last",
      ["limit", "after_id"],
      ["data", "last_id", "has_more"],
      { cursor: "after_id", next: "last_id", more: "has_more" },
    ],
    ["not by a cursor that nothing tells", ["cursor"], ["data"], null],
    ["not by one that cannot be asked with", [], ["data", "next_cursor"], null],
    ["not where nothing tells whether there is more", ["after_id"], ["data", "last_id"], null],
  ])("%s", (_, parameters, properties, want) => {
    expect(paged(parameters, properties)).toEqual(want);
  });
});

test("what takes an Idempotency-Key may be sent again", () => {
  const header = (name: string, place = "header") => ({
    parameters: [{ name, in: place, schema: { type: "string" } }],
  });
  const read = [{}, header("Idempotency-Key"), header("idempotency-key"), header("Idempotency-Key", "query")];
  expect(read.map((more) => readOperations(documentWith({}, more))[0]?.idempotent)).toEqual([false, true, true, false]);
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
