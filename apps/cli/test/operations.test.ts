/** Goal: everything of the contract can be done by hand. Method: operations.txt and the program's commands are held against each other. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { operations as chatCompletions } from "@interchange/client/chat-completions";
import { operations as messages } from "@interchange/client/messages";
import { operations as platform } from "@interchange/client/platform";
import { document } from "@interchange/contract/platform";
import { describe, expect, test } from "vitest";
import { accounts } from "../src/commands/accounts.ts";
import { autoBuy } from "../src/commands/auto-buy.ts";
import { autoReload } from "../src/commands/auto-reload.ts";
import { credits } from "../src/commands/credits.ts";
import { instruments } from "../src/commands/instruments.ts";
import { keys } from "../src/commands/keys.ts";
import { offers } from "../src/commands/offers.ts";
import { purchases } from "../src/commands/purchases.ts";
import { statement } from "../src/commands/statement.ts";
import { suppliers } from "../src/commands/suppliers.ts";
import { tokens } from "../src/commands/tokens.ts";
import { usage } from "../src/commands/usage.ts";
import { commands } from "../src/commands.ts";

const table = readFileSync(createRequire(import.meta.url).resolve("@interchange/contract/operations.txt"), "utf8");
const listed = table
  .split("\n")
  .slice(2)
  .filter((line) => line !== "")
  .map((line) => line.split(/\s+/, 2).join(" "))
  .toSorted();
const declared = [...new Set(commands.flatMap(({ operations }) => operations))].toSorted();

test("every operation has a command, and no command asks for another", () => {
  expect(listed.length).toBeGreaterThan(50);
  expect(declared).toEqual(listed);
});

test("the client knows them all", () => {
  const known = Object.entries({ "chat-completions": chatCompletions, messages, platform }).flatMap(([name, table]) =>
    Object.keys(table).map((operation) => `${name} ${operation}`),
  );
  expect(known.toSorted()).toEqual(listed);
});

test("no two commands have the same words", () => {
  const words = commands.map((command) => command.words);
  expect(words).toEqual([...new Set(words)]);
});

// biome-ignore lint/suspicious/noExplicitAny: a document is walked by its references
type Node = any;

const rows = [
  ...[...accounts, ...keys, ...tokens, ...credits, ...purchases, ...autoBuy, ...autoReload],
  ...[...instruments, ...suppliers, ...offers, ...usage, ...statement],
];

/** By hand, as a request that is explained is the surface's own. */
const OTHERWISE = ["explainRoute"];

function resolved(node: Node): Node {
  if (node?.$ref === undefined) return node;
  return resolved(
    node.$ref
      .slice(2)
      .split("/")
      .reduce((at: Node, name: string) => at[name], document),
  );
}

/** Of every operation of the platform: the properties of its body, and the parameters of its query. */
const asked = Object.values(document.paths as Node).flatMap((item: Node) =>
  Object.values(item)
    .filter((operation: Node) => operation?.operationId !== undefined)
    .map((operation: Node) => ({
      operation: operation.operationId as string,
      body: Object.keys(
        resolved(resolved(operation.requestBody)?.content?.["application/json"]?.schema)?.properties ?? {},
      ),
      query: [...(item.parameters ?? []), ...(operation.parameters ?? [])]
        .map(resolved)
        .filter((parameter: Node) => parameter.in === "query" && !["limit", "cursor"].includes(parameter.name))
        .map((parameter: Node) => parameter.name as string),
    })),
);

describe("every field has an option", () => {
  const withFields = asked.filter(
    ({ operation, body, query }) => body.length + query.length > 0 && !OTHERWISE.includes(operation),
  );
  test("there are such operations", () => expect(withFields.length).toBeGreaterThan(15));

  test.each(withFields)("of $operation", ({ operation, body, query }) => {
    const found = rows.find((row) => row.operation === operation && row.fixed === undefined);
    const bodyOptions = Object.keys(found?.body ?? {}).map((place) => place.split(".")[0]);
    expect([...new Set(bodyOptions)].toSorted()).toEqual(body.toSorted());
    expect(Object.keys(found?.query ?? {}).toSorted()).toEqual(query.toSorted());
  });
});
