/** Goal: what is probably not meant is said, and nothing is said of what is as it should be. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doubtsOf, readConfig } from "@interchange/config";
import { expect, onTestFinished, test } from "vitest";

interface Row {
  readonly head?: string;
  readonly baseUrl?: string;
  readonly supplier?: string;
  readonly offer?: string;
  readonly accounts?: string;
}

const LOT = "{ reference: first, instrument: text-prime, tokens: 1000000 }";
const HOME = `accounts: [{ id: home, lots: [${LOT}] }]`;
const OPENLY = "credentialEnv: SECRET";

const rows: readonly (readonly [name: string, given: Row, want: readonly string[]])[] = [
  ["all is well", {}, []],
  ["a secret over https", { baseUrl: "https://models.example.com", supplier: OPENLY }, []],
  ["a secret to this machine", { baseUrl: "http://[::1]:8000", supplier: OPENLY }, []],
  ["http without a secret", { baseUrl: "http://models.example.com" }, []],
  [
    "a secret over http",
    { baseUrl: "http://models.example.com", supplier: OPENLY },
    ["Supplier local is sent the secret of SECRET over http to models.example.com, for all to read"],
  ],
  ["beyond this machine, and it says where", { head: "host: 0.0.0.0\npublicUrl: https://api.example.com" }, []],
  [
    "beyond this machine",
    { head: "host: 0.0.0.0" },
    [
      "The gateway listens on 0.0.0.0:4000, beyond this machine, and there is no publicUrl: a redirect then leads to whatever host the caller named",
    ],
  ],
  ["a price above the ask", { head: "instruments: [{ name: text-prime, priceMicrosPerUnit: 200000 }]" }, []],
  [
    "a price below the ask",
    { head: "instruments: [{ name: text-prime, priceMicrosPerUnit: 100000 }]" },
    ["text-prime is sold at 100000 micro-dollars per Unit and the cheapest supplier asks 150000"],
  ],
  [
    "nothing on sale",
    { offer: "paused: true" },
    [
      "Supplier local has no offer that is not paused",
      "Account home has tokens of text-prime, which no supplier offers",
    ],
  ],
  [
    "a supplier at rest",
    { supplier: "paused: true" },
    [
      "Supplier local has no offer that is not paused",
      "Account home has tokens of text-prime, which no supplier offers",
    ],
  ],
  [
    "tokens of what nobody offers",
    { accounts: `accounts: [{ id: home, lots: [${LOT.replace("text-prime", "code-max")}] }]` },
    ["Account home has tokens of code-max, which no supplier offers"],
  ],
  [
    "nothing to buy with",
    {
      accounts: `accounts: [{ id: home, lots: [${LOT}], autoBuy: [{ instrument: text-prime, tokens: 9, belowTokens: 1 }] }]`,
    },
    ["Account home is to buy tokens by itself, and has neither credits nor an auto-reload"],
  ],
  [
    "nobody",
    { accounts: "accounts: []" },
    ["There is no account that could ask for anything: give it a row under accounts"],
  ],
];

test.each(rows)("%s", (_, given, want) => expect(doubtsOf(read(given))).toEqual(want));

function read({ head = "", baseUrl = "http://127.0.0.1:8000", supplier = "", offer = "", accounts = HOME }: Row) {
  const cwd = mkdtempSync(join(tmpdir(), "interchange-doubts-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const text = `${head}
suppliers:
  - name: local
    baseUrl: "${baseUrl}"
    dialect: chat-completions
    ${supplier}
    offers:
      - instrument: text-prime
        model: qwen
        askMicrosPerUnit: 150000
        ${offer}
${accounts}
`;
  writeFileSync(join(cwd, "interchange.config.yaml"), text);
  const reading = readConfig({ env: { SECRET: "s" }, cwd });
  if (reading.kind !== "config") throw new Error(JSON.stringify(reading));
  return reading.config;
}
