/** The operations of a document, read once into what every emitter needs (OpenAPI 3.1, Operation Object). */
import { isSchema, type Schema } from "./schema.ts";

/**
 * How the events of a stream are framed and how it ends: with a word of its own (`done`), or, where a property names each
 * event (`event`), with the event of a certain name (`last`).
 */
export interface Framing {
  readonly done?: string;
  readonly event?: string;
  readonly last?: string;
}

/**
 * How a list goes on: the parameter that says from where (`cursor`), the property of an answer that tells it (`next`), and
 * the one that tells whether there is more (`more`).
 */
export interface Paging {
  readonly cursor: string;
  readonly next: string;
  readonly more?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
}

export interface Header {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
}

/** One documented status with the schemas of what it may carry: a JSON body, events, or neither. */
export interface Response {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly json: Schema | null;
  readonly events: Schema | null;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly request: Schema | null;
  /** Whether a request without a body is one as well. */
  readonly requestOptional: boolean;
  readonly responses: readonly Response[];
  readonly stream: Framing | null;
  /** Whether it takes an `Idempotency-Key`, so that it may be sent again. */
  readonly idempotent: boolean;
  /** Of a list that comes a page at a time. */
  readonly paged: Paging | null;
  /** Whether a credential is needed: true unless the list of alternatives is empty or has an empty one. */
  readonly security: boolean;
}

/** A part of the document that may be a reference to the like of it in `components`. */
type Node = Readonly<Record<string, unknown>>;

const methods = ["get", "put", "post", "delete", "patch"] as const;

/** Every operation in the order of the document. Throws on what the generator cannot emit truly. */
export function readOperations(document: Node): Operation[] {
  return entries(document["paths"]).flatMap(([path, item]) =>
    methods
      .filter((method) => method in item)
      .map((method) => readOperation(document, path, method, item, item[method] as Node)),
  );
}

function readOperation(document: Node, path: string, method: string, item: Node, node: Node): Operation {
  const id = String(node["operationId"]);
  const listed = [...list(item["parameters"]), ...list(node["parameters"])].map((each) => follow(document, each));
  const body = node["requestBody"] === undefined ? undefined : follow(document, node["requestBody"] as Node);
  const responses = entries(node["responses"]).map(([status, each]) =>
    readResponse(document, id, status, follow(document, each)),
  );
  const parameters = listed.filter((each) => each["in"] !== "cookie").map(readParameter);
  return {
    id,
    method,
    path,
    summary: String(node["summary"] ?? ""),
    parameters,
    request: body === undefined ? null : readJson(id, body),
    requestOptional: body !== undefined && body["required"] !== true,
    responses: responses.map(({ response }) => response),
    stream: responses.find(({ stream }) => stream)?.stream ?? null,
    idempotent: parameters.some((each) => each.in === "header" && each.name.toLowerCase() === "idempotency-key"),
    paged: readPaging(document, parameters, responses[0]?.response.json ?? null),
    security: needsCredential((node["security"] ?? document["security"] ?? []) as readonly Node[]),
  };
}

const readParameter = (node: Node): Parameter => ({
  name: String(node["name"]),
  in: node["in"] as Parameter["in"],
  required: node["required"] === true,
  description: String(node["description"] ?? ""),
  schema: node["schema"] as Schema,
});

function readResponse(document: Node, id: string, status: string, node: Node) {
  if (!/^[1-5]\d\d$/.test(status)) throw new Error(`${id}: say each status by its number, not "${status}"`);
  const events = entries(node["content"]).find(([type]) => type === "text/event-stream")?.[1];
  const response: Response = {
    status: Number(status),
    headers: entries(node["headers"]).map(([name, each]) => readHeader(name, follow(document, each))),
    json: readJson(id, node),
    events: events ? (events["schema"] as Schema) : null,
  };
  return { response, stream: events ? readFraming(id, events["x-sse"]) : null };
}

/** The two ways in which lists are told to go on: by a cursor of their own, and by the id of what came last. */
const PAGINGS: readonly Paging[] = [
  { cursor: "cursor", next: "next_cursor" },
  { cursor: "after_id", next: "last_id", more: "has_more" },
];

function readPaging(document: Node, parameters: readonly Parameter[], answer: Schema | null): Paging | null {
  const properties = answer === null ? {} : (follow(document, answer)["properties"] ?? {});
  const found = PAGINGS.find(
    ({ cursor, next, more }) =>
      parameters.some((each) => each.in === "query" && each.name === cursor) &&
      [next, more].every((name) => name === undefined || Object.hasOwn(properties, name)),
  );
  return found ?? null;
}

/** Header names in lower case, as Node and HTTP/2 spell them. */
const readHeader = (name: string, node: Node): Header => ({
  name: name.toLowerCase(),
  required: node["required"] === true,
  description: String(node["description"] ?? ""),
  schema: node["schema"] as Schema,
});

function readFraming(id: string, framing: unknown): Framing {
  const said = isSchema(framing) ? Object.entries(framing) : [];
  const { done, event, last, ...rest } = Object.fromEntries(said);
  const isKnown = Object.keys(rest).length === 0 && said.every(([, word]) => typeof word === "string");
  if (!isKnown || (done === undefined && event === undefined) || (last !== undefined && event === undefined))
    throw new Error(`${id}: x-sse needs "done", or "event" with or without "last", each a word, and nothing else`);
  return framing as Framing;
}

/** The schema of the JSON form. Throws when there is content that is neither JSON nor an event stream. */
function readJson(id: string, node: Node): Schema | null {
  const content = Object.fromEntries(entries(node["content"]));
  const foreign = Object.keys(content).find((type) => !["application/json", "text/event-stream"].includes(type));
  if (foreign) throw new Error(`${id}: the generator does not know the content type "${foreign}"`);
  return (content["application/json"]?.["schema"] as Schema | undefined) ?? null;
}

const needsCredential = (alternatives: readonly Node[]): boolean =>
  alternatives.length > 0 && alternatives.every((each) => Object.keys(each).length > 0);

/** The node itself, or what its `$ref` points to inside the document (JSON Pointer, RFC 6901). */
function follow(document: Node, node: Node): Node {
  if (typeof node["$ref"] !== "string") return node;
  const steps = node["$ref"].replace(/^#\//, "").split("/");
  const found = steps.reduce<unknown>((at, step) => (at as Node | undefined)?.[unescapePointer(step)], document);
  if (!isSchema(found)) throw new Error(`the reference "${node["$ref"]}" leads nowhere`);
  return follow(document, found);
}

const unescapePointer = (step: string): string => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");

const entries = (node: unknown): [string, Node][] => Object.entries((node ?? {}) as Record<string, Node>);

const list = (node: unknown): readonly Node[] => (node ?? []) as readonly Node[];
