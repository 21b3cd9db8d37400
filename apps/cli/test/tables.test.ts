/**
 * Goal: what people see of every answer reads well in 80 columns. Method: the contract's own examples are answered over HTTP, and what
 * comes out is in tables.txt, whole.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { document as chatCompletions } from "@interchange/contract/chat-completions";
import { document as messages } from "@interchange/contract/messages";
import { document as platform } from "@interchange/contract/platform";
import stringWidth from "string-width";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runWith } from "./desk.ts";

// biome-ignore lint/suspicious/noExplicitAny: a document is walked by its references
type Node = any;

function resolved(document: Node, node: Node): Node {
  if (node?.$ref === undefined) return node;
  const path = node.$ref.slice(2).split("/");
  return resolved(
    document,
    path.reduce((at: Node, name: string) => at[name], document),
  );
}

/** Each example of what an operation answers with when all is well. */
function examplesOf(document: Node, operationId: string): { name: string; value: unknown }[] {
  const operations = Object.values(document.paths as Node).flatMap((item: Node) => Object.values(item)) as Node[];
  const { responses } = operations.find((operation) => operation?.operationId === operationId);
  const answer = resolved(document, responses["200"] ?? responses["201"]);
  return Object.entries(answer.content["application/json"].examples as Node).map(([name, example]) => ({
    name,
    value: resolved(document, example).value,
  }));
}

const SHOWN: readonly (readonly [argv: string, operation: string, document?: Node])[] = [
  ["accounts list", "listAccounts"],
  ["accounts show", "retrieveAccount"],
  ["keys list", "listKeys"],
  ["keys create", "createKey"],
  ["balances list", "listBalances"],
  ["tokens lots", "listLots"],
  ["tokens movements", "listMovements"],
  ["credits show", "retrieveCredits"],
  ["purchases list", "listPurchases"],
  ["purchases show p", "retrievePurchase"],
  ["auto-buy list", "listAutoBuys"],
  ["auto-reload show", "retrieveAutoReload"],
  ["invoices list", "listInvoices"],
  ["statement", "retrieveStatement"],
  ["usage list", "listUsage"],
  ["usage summary --by day", "summarizeUsage"],
  ["usage show r", "retrieveUsage"],
  ["instruments list", "listInstruments"],
  ["instruments show i", "retrieveInstrument"],
  ["instruments versions i", "listInstrumentVersions"],
  ["instruments offers i", "listInstrumentOffers"],
  ["suppliers list", "listSuppliers"],
  ["suppliers show s", "retrieveSupplier"],
  ["suppliers health s", "listSupplierHealth"],
  ["offers show o", "retrieveOffer"],
  ["route explain -m m Hi", "explainRoute"],
  ["models list", "listModels", chatCompletions],
  ["models list -s messages", "listModels", messages],
  ["models show m", "retrieveModel", chatCompletions],
];

const cases = SHOWN.flatMap(([argv, operation, document = platform]) =>
  examplesOf(document, operation).map(({ name, value }) => ({ argv, name, value })),
);

let server: Server;
let answer: unknown;
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test("every example of the contract, as people see it", async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pages: string[] = [];
  for (const { argv, name, value } of cases) {
    answer = value;
    const env = { INTERCHANGE_URL: url, INTERCHANGE_KEY: "ick_a_b", XDG_CONFIG_HOME: "/nonexistent" };
    const ran = await runWith([...argv.split(" "), ...(isList(value) ? ["--limit", String(value.data.length)] : [])], {
      columns: 80,
      env,
      nowMs: Date.parse("2026-11-24T00:00:00Z"),
    });
    expect([argv, name, ran.code]).toEqual([argv, name, 0]);
    for (const line of ran.stdout.split("\n"))
      expect([argv, line, stringWidth(line) <= 80]).toEqual([argv, line, true]);
    pages.push(`$ interchange ${argv}   # ${name}\n${ran.stdout}${ran.stderr}`);
  }
  await expect(pages.join("\n")).toMatchFileSnapshot("tables.txt");
});

/** A page that is as long as was asked for is the last one that is. */
function isList(value: unknown): value is { readonly data: readonly unknown[] } {
  return typeof value === "object" && value !== null && "next_cursor" in value;
}
