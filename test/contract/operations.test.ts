/** Goal: an operation of the contract is in everything that is made of it. Method: operations.txt beside the client's tables and the pages of the reference. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as chatCompletions from "../../packages/client/src/generated/chat-completions.ts";
import * as messages from "../../packages/client/src/generated/messages.ts";
import * as platform from "../../packages/client/src/generated/platform.ts";
import { ROOT, readNames, readText } from "../workspace.ts";
import { type OperationRow, readOperationRows } from "./operation-row.ts";

const rows = readOperationRows();
const documents = [...new Set(rows.map(({ document }) => document))];
const rowsOf = (document: string): OperationRow[] => rows.filter((row) => row.document === document);
const identified = ({ id, method, path }: OperationRow): string => `${id} ${method} ${path}`;

test("every document has operations", () => {
  expect(documents).toEqual(readNames("spec").filter((name) => readNames(`spec/${name}`).includes("openapi.yaml")));
});

describe("the client", () => {
  type Table = Readonly<Record<string, { readonly method: string; readonly path: string; readonly stream?: unknown }>>;
  const tables: Readonly<Record<string, Table>> = {
    "chat-completions": chatCompletions.operations,
    messages: messages.operations,
    platform: platform.operations,
  };

  test("has a table for each document", () => expect(Object.keys(tables)).toEqual(documents));

  test.each(documents)("has every operation of %s, and no other", (document) => {
    const listed = Object.entries(tables[document] ?? {});
    const inClient = listed.map(([id, { method, path }]) => `${id} ${method} ${path}`);
    expect(inClient.sort()).toEqual(rowsOf(document).map(identified).sort());
    const streams = listed.filter(([, { stream }]) => stream !== undefined).map(([id]) => id);
    expect(streams).toEqual(
      rowsOf(document)
        .filter((row) => row.streams)
        .map(({ id }) => id),
    );
  });
});

describe("the reference", () => {
  const page = (document: string, ending: string): string => {
    const path = `apps/docs/dist/${document}.${ending}`;
    if (!existsSync(join(ROOT, path)))
      throw new Error(`${path} is not there: run \`pnpm run docs\` first, as the gate does.`);
    return readText(path);
  };

  test.each(documents)("can be downloaded with every operation of %s, and no other", (document) => {
    const { paths } = JSON.parse(page(document, "openapi.json")) as {
      paths: Record<string, Record<string, { operationId?: string }>>;
    };
    const listed = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { operationId }]) =>
        operationId === undefined ? [] : [`${operationId} ${method.toUpperCase()} ${path}`],
      ),
    );
    expect(listed.sort()).toEqual(rowsOf(document).map(identified).sort());
  });

  test.each(documents)("shows every operation of %s on its page", (document) => {
    const html = page(document, "html");
    const missing = rowsOf(document).filter(
      ({ id, path }) => !html.includes(`"operationId":"${id}"`) || !html.includes(path),
    );
    expect(missing.map(identified)).toEqual([]);
  });

  test.each(documents)("tells of every operation of %s in Markdown", (document) => {
    const text = page(document, "md");
    const missing = rowsOf(document).filter(
      ({ id, method, path }) => !text.includes(`\`${method} ${path}\` · \`${id}\``),
    );
    expect(missing.map(identified)).toEqual([]);
  });
});
