/** Goal: what the command prints and ends with, written out whole. Method: the real command line over a real gateway. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECKS } from "../../src/doctor/checks/index.ts";
import { runWith } from "../desk.ts";
import { type Market, openMarket } from "./market.ts";

let market: Market;
beforeAll(async () => {
  market = await openMarket(["cirrus"], 15);
});
afterAll(() => market.close());

const env = (): Record<string, string> => ({
  INTERCHANGE_URL: market.url,
  INTERCHANGE_KEY: market.key,
  XDG_CONFIG_HOME: "/nonexistent",
});

/** Without what is different each time: times, ports, ids and what costs depend on. */
function settled(text: string): string {
  return text
    .replaceAll(/ +[\d.]+ (?:ms|s)$/gm, " (time)")
    .replaceAll(/after [\d.]+ ms/g, "after (time)")
    .replaceAll(/over \d+ ms/g, "over (time)")
    .replaceAll(/(127\.0\.0\.1(?: port |:))\d+/g, "$1(port)")
    .replaceAll(/ick_\w{16}/g, "ick_(id)");
}

test("a gateway in which all is well", async () => {
  const { code, stdout, stderr } = await runWith(["doctor"], { columns: 80, env: env() });
  expect(settled(stdout)).toBe(`http://127.0.0.1:(port) (from the environment), key from the environment

✓ Base URL is well written: http://127.0.0.1:(port) (time)
✓ Name resolves: it is an address (time)
✓ Port answers: 127.0.0.1 port (port) (time)
– TLS certificate is valid: skipped, the base URL is http://
✓ It is Interchange that answers: 10 instruments (time)
✓ The clocks agree: within seconds (time)
✓ Key is well formed: ick_(id)_… (time)
✓ Key is accepted (time)
✓ Key is of the right kind: consumption (time)
✓ Key stays in force: no limit of its own (time)
✓ Instrument can be bought: text-prime (time)
✓ A supplier would answer: cirrus, cheapest (time)
✓ Balance is enough: 1,000,000 tokens of text-prime (time)
✓ Redirect leads back here: on the same origin (time)
✓ First token on Chat Completions: after (time) (time)
✓ First token on Messages: after (time) (time)
✓ First token inline: after (time) (time)
✓ Streams end whole: 3 of 3 (time)
✓ Request ids come through: 3 of 3 (time)
✓ Receipts agree with the usage: 3 of 3 (time)
✓ Streams arrive piece by piece: over (time) (time)

All is well. The first token came after (time). Asking cost 72 tokens (0.000072
USD) for 3 questions.
`);
  expect([code, stderr]).toEqual([0, ""]);
});

test("an instrument that is not there: its fault by name, what to do, and what could not be looked at", async () => {
  const argv = ["doctor", "--instrument", "text-primo", "--surface", "messages"];
  const { code, stdout } = await runWith(argv, { columns: 80, env: env() });
  expect(settled(stdout.slice(stdout.indexOf("✗")))).toBe(`✗ Instrument can be bought: instrument-unknown (time)
    There is no instrument “text-primo”. There are text-standard, text-prime,
    text-max, code-standard, code-prime, code-max, agent-standard, agent-prime,
    agent-max, vision-standard.
    → Choose one of the names of interchange instruments list, and write it in
      model.
– A supplier would answer: skipped, “Instrument can be bought” failed
– Balance is enough: skipped, “Instrument can be bought” failed
– Redirect leads back here: skipped, “Instrument can be bought” failed
– First token on Chat Completions: skipped, “Instrument can be bought” failed
– First token on Messages: skipped, “Instrument can be bought” failed
– First token inline: skipped, “Instrument can be bought” failed
– Streams end whole: skipped, “Instrument can be bought” failed
– Request ids come through: skipped, “Instrument can be bought” failed
– Receipts agree with the usage: skipped, “Instrument can be bought” failed
– Streams arrive piece by piece: skipped, “Instrument can be bought” failed

Something is wrong: instrument-unknown. 11 checks were not made. Nothing was
asked that costs anything.
`);
  expect(code).toBe(5);
});

describe("the document", () => {
  test("has every check, what was asked, and what it cost", async () => {
    const { code, stdout } = await runWith(["doctor", "--json"], { env: env() });
    const { ok, exit, checks, questions, cost } = JSON.parse(stdout);
    expect([code, ok, exit]).toEqual([0, true, 0]);
    expect(checks.map(({ id }: { id: string }) => id)).toEqual(CHECKS.map(({ id }) => id));
    expect(checks[3]).toEqual({
      id: "certificate",
      title: "TLS certificate is valid",
      status: "skipped",
      ms: expect.any(Number),
      why: "the base URL is http://",
    });
    const asked = (surface: string, inline: boolean) => ({
      surface,
      inline,
      requestId: expect.stringMatching(/^req_/),
      firstTokenMs: expect.any(Number),
    });
    expect(questions).toEqual([
      asked("chat-completions", false),
      asked("messages", false),
      asked("chat-completions", true),
    ]);
    expect(cost).toEqual({ answered: 3, tokens: 72, usd: "0.000072", unknown: 0 });
  });

  test("says what is wrong and what to do", async () => {
    const { code, stdout } = await runWith(["doctor", "--json", "--key", "sk-123"], { env: env() });
    expect(JSON.parse(stdout).checks[6]).toEqual({
      id: "key-form",
      title: "Key is well formed",
      status: "failed",
      ms: expect.any(Number),
      fault: "key-of-another-vendor",
      what: "The key begins as those of another vendor do.",
      do: "Keys of this gateway begin with ick_. Look which variable the client reads: another vendor's may win.",
    });
    expect(code).toBe(4);
  });
});

test.each([
  [
    "one surface alone",
    ["--surface", "messages"],
    0,
    [
      ["messages", false],
      ["messages", true],
    ],
  ],
  [
    "an inline base URL",
    ["--url", "INLINE"],
    0,
    [
      ["chat-completions", true],
      ["messages", true],
    ],
  ],
] as const)("%s is asked on", async (_name, flags, wanted, questions) => {
  const argv = flags.map((flag) => (flag === "INLINE" ? `${market.url}/inline/v1` : flag));
  const { code, stdout } = await runWith(["doctor", "--json", ...argv], { env: env() });
  const asked = JSON.parse(stdout).questions as readonly { surface: string; inline: boolean }[];
  expect([code, asked.map(({ surface, inline }) => [surface, inline])]).toEqual([wanted, questions]);
});

test("a key that is marked inline is asked in one leg", async () => {
  const { ledger } = market.gateway.engine;
  const { secret } = await ledger.createKey({ accountId: market.accountId, role: "consumption", inline: true });
  const { code, stdout } = await runWith(["doctor", "--key", secret], { columns: 80, env: env() });
  expect(stdout).toContain(
    "Redirect leads back here: skipped, the key is marked inline, and is answered\n    in one leg",
  );
  expect(code).toBe(0);
});

test.each([
  ["a patience that is none", ["--patience", "soon"]],
  ["a surface that is none", ["--surface", "responses"]],
])("%s is misuse", async (_name, flags) => {
  const { code, stdout } = await runWith(["doctor", ...flags], { env: env() });
  expect([code, stdout]).toEqual([2, ""]);
});

test("an interruption ends it", async () => {
  const { signal, abort } = interruption();
  const ran = runWith(["doctor"], {
    columns: 80,
    env: env(),
    signal,
    onWrite: (text) => text.includes("Redirect") && abort(),
  });
  expect(await ran).toMatchObject({ code: 130 });
});

function interruption() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(new DOMException("interrupted", "AbortError")) };
}

test("no line is wider than 80 columns, whatever is wrong", async () => {
  const runs = [[], ["--help"], ["--url", "http://localhost:1"], ["--url", "nowhere.invalid/v1/v1"], ["--key", "x"]];
  for (const flags of runs) {
    const { stdout } = await runWith(["doctor", ...flags], { columns: 80, env: env() });
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  }
});
