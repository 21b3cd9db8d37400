/**
 * Goal: what Claude Code sends is served over suppliers of the other format, and the README's lines for it say what they
 * must. Method: its recorded requests, and a stand-in for it that tells what it was given. The real one is run on demand
 * (`clients/claude-code.ts`).
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Proof, proofsOf, type Turn } from "./clients/proof.ts";
import { shellLinesOf } from "./clients/readme-section.ts";
import { ask, INSTRUMENT, type Rig, startRig } from "./rig.ts";

interface Captured {
  readonly at: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: { readonly model?: string } | null;
}

const FOLDER = new URL("captures/", import.meta.url);

const CAPTURES = readdirSync(FOLDER)
  .filter((file) => file.startsWith("claude-code"))
  .flatMap((file) => {
    const { requests } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as { requests: Captured[] };
    return requests.map((captured, index) => ({ name: `${file} [${index}]`, captured }));
  })
  .filter(({ captured: { at, url } }) => at === "gateway" && url.startsWith("/v1/messages?"));

describe("over a supplier that speaks Chat Completions alone", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ dialects: ["chat-completions"] });
  });
  afterAll(() => rig.close());

  test("there are requests of several kinds", () => expect(CAPTURES.length).toBeGreaterThan(40));

  test.each(CAPTURES)("$name is answered", async ({ captured }) => {
    const betas = captured.headers.filter(([name]) => name.toLowerCase().startsWith("anthropic-"));
    const response = await ask(rig, "messages", {
      base: "/inline",
      headers: Object.fromEntries(betas),
      body: { ...captured.body, model: INSTRUMENT },
    });
    const text = await response.text();
    expect({ status: response.status, text }).toMatchObject({ status: 200 });
    expect(text).toMatch(/event: message_stop|"stop_reason":"/);
    expect(text).not.toContain("event: error");
    expect(rig.supplier.requests.at(-1)?.path).toBe("/v1/chat/completions");
  });

  test("tools that a search found are named to the supplier, and offered", async () => {
    const searched = CAPTURES.find(({ name }) => name === "claude-code.tool_search.json [1]");
    await ask(rig, "messages", { base: "/inline", body: { ...searched?.captured.body, model: INSTRUMENT } });
    const { messages, tools } = JSON.parse(rig.supplier.requests.at(-1)?.body.toString() ?? "") as {
      messages: { role: string; content: unknown }[];
      tools: { function: { name: string } }[];
    };
    const result = JSON.stringify(messages.filter(({ role }) => role === "tool"));
    expect(result).toContain("WebSearch");
    expect(result).toContain("NotebookEdit");
    expect(tools.map((tool) => tool.function.name)).toEqual(expect.arrayContaining(["WebSearch", "NotebookEdit"]));
  });

  test("every answer was in contract", () => expect(rig.outOfContract).toEqual([]));
});

describe("the README's lines", () => {
  const folder = mkdtempSync(join(tmpdir(), "interchange-claude-code-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("give Claude Code the gateway, the key, and an instrument under every name", () => {
    const told = [`"$@"`, ...VARIABLES.map((name) => `"${name}=$${name}"`)].join(" ");
    writeFileSync(join(folder, "claude"), `#!/bin/sh\nprintf '%s\\n' ${told}\n`, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env["PATH"]}`, KEY: "sk-test" };
    const said = execFileSync("sh", ["-eu", "-c", shellLinesOf("Claude Code")], { env, encoding: "utf8" });
    expect(said.trim().split("\n")).toEqual([
      "-p",
      "What does README.md say?",
      "--allowedTools",
      "Read",
      "ANTHROPIC_BASE_URL=http://localhost:4000",
      "ANTHROPIC_AUTH_TOKEN=sk-test",
      "ANTHROPIC_MODEL=text-prime",
      "ANTHROPIC_DEFAULT_OPUS_MODEL=text-prime",
      "ANTHROPIC_DEFAULT_SONNET_MODEL=text-prime",
      "ANTHROPIC_DEFAULT_HAIKU_MODEL=text-prime",
      "CLAUDE_CODE_MAX_CONTEXT_TOKENS=128000",
      "CLAUDE_CODE_MAX_OUTPUT_TOKENS=8192",
      "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
    ]);
  });

  test("are those of its guide, but for the question", () => {
    const guide = readFileSync(new URL("../../docs/guides/claude-code.md", import.meta.url), "utf8");
    const exports = shellLinesOf("Claude Code").replace(/^claude .*\n/m, "");
    expect(guide).toContain(`\`\`\`sh\n${exports}claude\n`);
  });

  test.each([
    ["no such section", "## Other\n```sh\na\n```\n"],
    ["no block in it", "## Claude Code\n\nText.\n\n## Other\n```sh\na\n```\n"],
    ["two blocks in it", "## Claude Code\n```sh\na\n```\n```sh\nb\n```\n"],
  ])("are refused with %s", (_name, readme) => {
    expect(() => shellLinesOf("Claude Code", readme)).toThrow('no section "Claude Code" with one block');
  });
});

const VARIABLES = [
  "ANTHROPIC_BASE_URL",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_MODEL",
  "ANTHROPIC_DEFAULT_OPUS_MODEL",
  "ANTHROPIC_DEFAULT_SONNET_MODEL",
  "ANTHROPIC_DEFAULT_HAIKU_MODEL",
  "CLAUDE_CODE_MAX_CONTEXT_TOKENS",
  "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
  "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
];

describe("the proof of a turn", () => {
  const expected = { tool: "Read", secret: "vermilion", statuses: [200, 200] };
  const call = { role: "assistant", reasoning_content: "Hm.", tool_calls: [{ function: { name: "Read" } }] };
  const tools = [{ function: { name: "Read" } }, { function: { name: "Bash" } }];
  const asked = (messages: object[]) => ({
    method: "POST",
    path: "/v1/chat/completions",
    headers: {},
    body: Buffer.from(JSON.stringify({ messages, tools })),
    atMs: 0,
    aborted: false,
    eventsWritten: 1,
  });
  const receipt = { status: "reconciled", tokensUsed: 7 };
  const turn = {
    exitCode: 0,
    stdout: "It is vermilion.",
    requests: [asked([]), asked([call, { role: "tool", content: "vermilion" }])],
    answered: [{ status: 200 }, { status: 200 }],
    books: { receipts: new Map([["req_1", receipt]]), faults: [] },
  } as unknown as Turn;
  const against = (changes: object): string[] =>
    proofsOf({ ...turn, ...changes }, expected).flatMap((proof: Proof) =>
      proof.against === undefined ? [] : [proof.sentence],
    );

  test("holds", () => expect(against({})).toEqual([]));

  test.each<[string, object, string]>([
    ["the client failed", { exitCode: 1 }, "the client ended well"],
    ["it did not say what it read", { stdout: "No." }, "its last words hold what only the tool could see"],
    [
      "another path",
      { requests: [{ ...asked([]), path: "/v1/messages" }] },
      "the supplier was asked in Chat Completions alone",
    ],
    ["one request", { requests: turn.requests.slice(1) }, "it was asked twice"],
    ["no call", { requests: [asked([]), asked([])] }, "it was shown its call again"],
    [
      "an empty result",
      { requests: [asked([]), asked([call, { role: "tool", content: "" }])] },
      "and the tool's result",
    ],
    ["a failure", { answered: [{ status: 502 }] }, "the gateway answered 200, 200"],
    ["no receipt", { books: { receipts: new Map(), faults: [] } }, "every request was settled"],
    [
      "a hold that stays",
      { books: { receipts: new Map([["req_1", { ...receipt, status: "pending" }]]), faults: [] } },
      "every request was settled",
    ],
    [
      "nothing used",
      { books: { receipts: new Map([["req_1", { ...receipt, tokensUsed: 0 }]]), faults: [] } },
      "for tokens that were used",
    ],
    ["wrong books", { books: { ...turn.books, faults: ["a token is missing"] } }, "the books add up"],
  ])("does not hold with %s", (_name, changes, sentence) => expect(against(changes)).toContain(sentence));
});
