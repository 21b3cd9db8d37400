/** `config check`: what is accepted, refused and doubted, as people read it and as scripts do. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runWith } from "./desk.ts";

let dir: string;
let file: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "interchange-config-check-"));
  file = join(dir, "my.yaml");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const RIGHT = `suppliers:
  - name: local
    baseUrl: http://127.0.0.1:8000
    dialect: [chat-completions, messages]
    offers: [{ instrument: text-prime, model: qwen, askMicrosPerUnit: 150000 }]
accounts:
  - { id: home, lots: [{ reference: first, instrument: text-prime, tokens: 1000000 }] }
`;
const DOUBTED = RIGHT.replace("instrument: text-prime, tokens", "instrument: text-max, tokens");
const WRONG = RIGHT.replace("name: local", "name: 7").replace("1000000", "-1");

const SUMMARY = "1 supplier, 2 offers of 1 instrument, 1 account";
const DOUBT = "Account home has tokens of text-max, which no supplier offers";

interface Case {
  readonly text: string;
  readonly flags?: readonly string[];
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

const cases: readonly (readonly [name: string, each: Case])[] = [
  ["accepted", { text: RIGHT, code: 0, stdout: `FILE is accepted: ${SUMMARY}.\n` }],
  ["doubted", { text: DOUBTED, code: 0, stdout: `FILE is accepted: ${SUMMARY}.\n`, stderr: `! ${DOUBT}\n` }],
  [
    "doubted, strictly",
    { text: DOUBTED, flags: ["--strict"], code: 5, stdout: `FILE is accepted: ${SUMMARY}.\n`, stderr: `! ${DOUBT}\n` },
  ],
  [
    "refused by its shape, all at once",
    {
      text: WRONG,
      code: 5,
      stderr:
        "✗ suppliers[0].name must be a string, not 7 (FILE:2:11)\n" +
        "✗ accounts[0].lots[0].tokens must be at least 1, not -1 (FILE:7:76)\n" +
        "FILE is refused: a gateway would not start with it.\n",
    },
  ],
  [
    "as JSON",
    {
      text: DOUBTED,
      flags: ["--json"],
      code: 0,
      stdout: `${JSON.stringify({ file: "FILE", accepted: true, problems: [], doubts: [DOUBT], summary: SUMMARY }, null, 2)}\n`,
    },
  ],
];

describe("config check", () => {
  test.each(cases)("%s", async (_, { text, flags = [], code, stdout = "", stderr = "" }) => {
    writeFileSync(file, text);
    const ran = await runWith(["config", "check", file, ...flags], {});
    const named = (said: string) => said.replaceAll("FILE", file);
    expect(ran).toEqual({ code, stdout: named(stdout), stderr: named(stderr) });
  });

  test("the environment names the file, too", async () => {
    writeFileSync(file, RIGHT);
    const { code, stdout } = await runWith(["config", "check"], { env: { INTERCHANGE_CONFIG: file } });
    expect([code, stdout]).toEqual([0, `${file} is accepted: ${SUMMARY}.\n`]);
  });

  test("a file that is not there is refused", async () => {
    const { code, stderr } = await runWith(["config", "check", join(dir, "none.yaml")], {});
    expect(code).toBe(5);
    expect(stderr).toContain("cannot be read: there is no such file");
  });

  test("without a file, it says how to name one", async () => {
    const { code, stderr } = await runWith(["config", "check"], {});
    expect(code).toBe(2);
    expect(stderr).toContain("interchange config check my.yaml");
  });
});
