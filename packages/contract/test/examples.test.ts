/** Every example of the contract passes the compiled validator of its place, the streams event by event. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  type Check,
  chatCompletions,
  messages,
  type OpenApiDocument,
  type OperationChecks,
  platform,
} from "../src/index.ts";

const documents: [string, OpenApiDocument, Record<string, OperationChecks>][] = [
  ["chat-completions", chatCompletions.document, chatCompletions.validators],
  ["messages", messages.document, messages.validators],
  ["platform", platform.document, platform.validators],
];

const surfaces: [string, OperationChecks][] = [
  ["chat-completions", chatCompletions.validators.createChatCompletion],
  ["messages", messages.validators.createMessage],
];

type Node = Readonly<Record<string, unknown>>;

interface Case {
  readonly place: string;
  readonly check: Check | null | undefined;
  readonly value: unknown;
}

/** The part itself, or what its reference points to. */
function follow(document: OpenApiDocument, node: unknown): Node {
  const { $ref } = (node ?? {}) as Node;
  if (typeof $ref !== "string") return (node ?? {}) as Node;
  const steps = $ref
    .slice(2)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return follow(
    document,
    steps.reduce<unknown>((at, step) => (at as Node)[step], document),
  );
}

/** The named examples of one media type. */
function casesIn(
  document: OpenApiDocument,
  place: string,
  content: unknown,
  type: string,
  check: Case["check"],
): Case[] {
  const media = ((content ?? {}) as Record<string, Node>)[type];
  return Object.entries((media?.["examples"] ?? {}) as Node).map(([name, example]) => ({
    place: `${place} ${name}`,
    check,
    value: follow(document, example)["value"],
  }));
}

function casesOf(document: OpenApiDocument, validators: Record<string, OperationChecks>): Case[] {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item as Record<string, Node>));
  return operations.flatMap((operation) => {
    const id = String(operation["operationId"]);
    const checks = validators[id];
    const request = follow(document, operation["requestBody"])["content"];
    const responses = Object.entries((operation["responses"] ?? {}) as Node).flatMap(([status, each]) => {
      const { content } = follow(document, each);
      const check = checks?.responses[Number(status)];
      return [
        ...casesIn(document, `${id} ${status}`, content, "application/json", check),
        ...casesIn(document, `${id} event`, content, "text/event-stream", checks?.event),
      ];
    });
    return [...casesIn(document, `${id} request`, request, "application/json", checks?.request), ...responses];
  });
}

/** Why a value was refused; null when it was not. */
const errorsOf = (check: Case["check"], value: unknown): unknown => {
  if (!check) return "there is no validator";
  return check(value) ? null : check.errors;
};

/** Where an operation has JSON: `createEcho request`, `createEcho 200`. */
const placesOf = (validators: Record<string, OperationChecks>): string[] =>
  Object.entries(validators).flatMap(([id, { request, responses }]) => [
    ...(request ? [`${id} request`] : []),
    ...Object.keys(responses).map((status) => `${id} ${status}`),
  ]);

describe.each(documents)("%s", (_name, document, validators) => {
  const cases = casesOf(document, validators);

  test.each(cases.map((each) => [each.place, each] as const))("%s", (_, { check, value }) => {
    expect(errorsOf(check, value)).toBeNull();
  });

  test("every request and every status with a body has an example", () => {
    const shown = new Set(cases.map(({ place }) => place.split(" ").slice(0, 2).join(" ")));
    expect(placesOf(validators).filter((place) => !shown.has(place))).toEqual([]);
  });
});

describe.each(surfaces)("the streams of %s", (name, { event }) => {
  const folder = join(import.meta.dirname, "../../../spec", name, "examples");
  const streams = readdirSync(folder).flatMap((file) => {
    const { events } = parse(readFileSync(join(folder, file), "utf8")) as { events?: unknown[] };
    return events ? [[file, events] as const] : [];
  });

  test("there are some", () => {
    expect(streams.length).toBeGreaterThan(10);
  });

  test.each(streams)("the stream of %s", (_, events) => {
    for (const [index, each] of events.entries()) expect(errorsOf(event, each), `event ${index}`).toBeNull();
  });
});
