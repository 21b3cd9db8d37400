/** The operations of a document, read once into what samples, the Markdown twin and the search need. */
import type { Json, OpenApiDocument } from "@interchange/contract";
import { follow, isNode, type Node, nodesOf, textOf } from "./schema.ts";

export interface Operation {
  readonly id: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly body?: Body;
  readonly answers: readonly Answer[];
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly isRequired: boolean;
  readonly description: string;
  readonly schema: Json | undefined;
  readonly example: Json | undefined;
}

export interface Body {
  readonly isRequired: boolean;
  readonly description: string;
  readonly schema: Json | undefined;
  readonly examples: readonly Example[];
}

/** A situation, as the contract shows it. */
export interface Example {
  readonly name: string;
  readonly summary: string;
  readonly value: Json;
}

export interface Answer {
  readonly status: number;
  readonly description: string;
  readonly contents: readonly Content[];
}

export interface Content {
  readonly mediaType: string;
  readonly schema: Json | undefined;
  readonly examples: readonly Example[];
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** In the order of the document. */
export function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const node = item[method];
      return isNode(node) ? [readOperation(document, path, method, item, node)] : [];
    }),
  );
}

function readOperation(document: OpenApiDocument, path: string, method: string, item: Node, node: Node): Operation {
  const parameters = [...nodesOf(item["parameters"]), ...nodesOf(node["parameters"])];
  const body = node["requestBody"] === undefined ? undefined : readBody(document, node["requestBody"]);
  return {
    id: textOf(node["operationId"]),
    method: method.toUpperCase(),
    path,
    tag: Array.isArray(node["tags"]) ? String(node["tags"][0]) : "",
    summary: textOf(node["summary"]),
    description: textOf(node["description"]),
    parameters: parameters.map((each) => readParameter(follow(document, each))),
    ...(body && { body }),
    answers: Object.entries(isNode(node["responses"]) ? node["responses"] : {}).map(([status, answer]) => ({
      status: Number(status),
      description: textOf(follow(document, answer)["description"]),
      contents: contentsOf(document, follow(document, answer)["content"]),
    })),
  };
}

function readParameter(node: Node): Parameter {
  return {
    name: textOf(node["name"]),
    in: textOf(node["in"]),
    isRequired: node["required"] === true,
    description: textOf(node["description"]),
    schema: node["schema"],
    example: node["example"],
  };
}

function readBody(document: OpenApiDocument, node: Json): Body {
  const body = follow(document, node);
  const json = contentsOf(document, body["content"]).find(({ mediaType }) => mediaType === "application/json");
  const description = textOf(body["description"]);
  return { isRequired: body["required"] === true, description, schema: json?.schema, examples: json?.examples ?? [] };
}

function contentsOf(document: OpenApiDocument, content: Json | undefined): Content[] {
  return Object.entries(isNode(content) ? content : {}).map(([mediaType, media]) => {
    const { schema, examples } = isNode(media) ? media : {};
    return { mediaType, schema, examples: examplesOf(document, examples) };
  });
}

function examplesOf(document: OpenApiDocument, examples: Json | undefined): Example[] {
  return Object.entries(isNode(examples) ? examples : {}).map(([name, example]) => {
    const { summary, value } = follow(document, example);
    return { name, summary: textOf(summary), value: value ?? null };
  });
}

/** What answers when all goes well. Every operation has one (a rule of `spec/redocly.yaml`). */
export function successOf({ answers }: Operation): Answer | undefined {
  return answers.find(({ status }) => status >= 200 && status < 300);
}

export function isStreamable(operation: Operation): boolean {
  return successOf(operation)?.contents.some(({ mediaType }) => mediaType === "text/event-stream") === true;
}

export function isRedirected({ answers }: Operation): boolean {
  return answers.some(({ status }) => status === 307);
}

/** Whether the answer is a page of a list, which tells where the next one begins. */
export function isPaged(operation: Operation, document: OpenApiDocument): boolean {
  const schema = follow(document, successOf(operation)?.contents[0]?.schema);
  return isNode(schema["properties"]) && "next_cursor" in schema["properties"];
}

/** Where the page of the document shows it. */
export function anchorOfOperation({ tag, id }: Operation): string {
  return `#/${tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}/${id.toLowerCase()}`;
}
