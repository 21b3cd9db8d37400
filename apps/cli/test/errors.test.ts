/** Goal: whatever goes wrong is said in a sentence, with what to do, and ends with the documented code. Method: a table, over real servers. */
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createListener } from "node:net";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Desk, type Manner, openDesk } from "./desk.ts";

let desk: Desk;
let proxy: Server;
let pageUrl = "";
let closedUrl = "";

beforeAll(async () => {
  desk = await openDesk();
  proxy = createServer((_, response) => response.setHeader("content-type", "text/html").end("<html>Welcome</html>"));
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  pageUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  closedUrl = await nobodyAt();
});
afterAll(async () => {
  await new Promise((resolve) => proxy.close(resolve));
  await desk.close();
});

/** A port that nobody listens at any more. */
async function nobodyAt(): Promise<string> {
  const listener = createListener();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return `http://127.0.0.1:${port}`;
}

type Row = readonly [what: string, argv: string, manner: () => Manner, code: number, stderr: string | RegExp];

const asOperator = (): Manner => ({});
const asBuyer = (): Manner => ({ key: desk.key });
const HINT_WHOAMI = "`interchange whoami` shows which key is used and what it may do.\n";
const ID = "request req_[0-9a-f]{32}\n";
const words = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

const ROWS: readonly Row[] = [
  ["an unknown command", "acounts", asOperator, 2, /^error: unknown command 'acounts'\n\(Did you mean accounts\?\)\n$/],
  ["an unknown option", "keys list --al", asOperator, 2, /^error: unknown option '--al'\n\(Did you mean --all\?\)\n$/],
  ["an argument that is missing", "keys show", asOperator, 2, "error: missing required argument 'key'\n"],
  [
    "one too many",
    "keys show a b",
    asOperator,
    2,
    /^error: too many arguments for 'show'\. Expected 1 argument but got 2\.\n$/,
  ],
  ["an option that is missing", "credits deposit", asOperator, 2, "error: --amount-usd <usd> is missing.\n"],
  [
    "a word that is not known",
    "keys create --role king",
    asOperator,
    2,
    /^error: option '--role <role>' argument 'king' is invalid\. Allowed choices are consumption, operator\.\n$/,
  ],
  [
    "a limit that is none",
    "usage list --limit 0",
    asOperator,
    2,
    "error: option '--limit <n>' argument '0' is invalid. It takes a whole number from 1 on.\n",
  ],
  [
    "an amount that is none",
    "credits deposit --amount-usd much",
    asOperator,
    2,
    "error: --amount-usd takes an amount, such as 5000 or 2.50, not “much”.\n",
  ],
  [
    "a count that is none",
    "accounts update --running-max few",
    asOperator,
    2,
    "error: --running-max takes a whole number, such as 60, not “few”.\n",
  ],
  [
    "a feature that is none",
    "offers create x --instrument a --dialect messages --model m --ask-per-unit-usd 1 --lacks hands",
    asOperator,
    2,
    /^error: --lacks knows no “hands”\. It takes: tools, /,
  ],
  [
    "an instant that is none",
    "usage list --from yesterday",
    asOperator,
    2,
    "error: “yesterday” is no instant. Write it as 2026-11-23T15:04:05Z, as the day 2026-11-23, or as 24h or 7d ago.\n",
  ],
  ["a day that is none", "usage list --from 2026-13-40", asOperator, 2, /^error: “2026-13-40” is no instant\./],
  [
    "nothing to change",
    "accounts update acme",
    asOperator,
    2,
    "error: Nothing is to be changed. Say what, by an option or with --data.\n",
  ],
  [
    "data that is no JSON",
    "accounts update acme --data -",
    () => ({ stdin: "name: x" }),
    2,
    /^error: What --data gives is not JSON: /,
  ],
  [
    "data that is no object",
    "accounts update acme --data -",
    () => ({ stdin: "[]" }),
    2,
    "error: What --data gives is not a JSON object.\n",
  ],
  [
    "data from nowhere",
    "accounts update acme --data @/nonexistent.json",
    asOperator,
    2,
    "error: /nonexistent.json cannot be read (ENOENT).\n",
  ],
  [
    "data that is not a file",
    "accounts update acme --data x",
    asOperator,
    2,
    "error: --data takes @file.json, or - for stdin.\n",
  ],
  ["quirks that are no JSON", "suppliers update house --quirks {", asOperator, 2, /^error: --quirks is not JSON: /],
  [
    "nobody to be asked",
    "keys revoke k",
    asOperator,
    2,
    "error: Revoke key k? Whoever uses it is refused from now on. Say --yes if you are sure.\n",
  ],
  ["no question", "chat", asBuyer, 2, "error: There is no question: give it as an argument, or on stdin.\n"],
  [
    "no prompt to explain",
    "route explain",
    asBuyer,
    2,
    "error: There is no question: give it as an argument, or on stdin.\n",
  ],
  [
    "nothing to count",
    "tokens count",
    asBuyer,
    2,
    "error: There is nothing to count: give it as an argument, or on stdin.\n",
  ],
  ["a base URL that is none", "accounts list --url nonsense:", asOperator, 2, /^error: .*\n/],
  ["a key with a space", "accounts list --key a\u00a0b", asOperator, 2, /^error: the key has a space/],
  [
    "no key",
    "balances list",
    () => ({ key: null }),
    4,
    new RegExp(`^error: .+\nLog in with \`interchange login\`, or give a key as INTERCHANGE_KEY\\.\n${ID}$`),
  ],
  [
    "a key that nobody knows",
    "balances list",
    () => ({ key: "ick_0000000000000000_00000000000000000000000000000000" }),
    4,
    new RegExp(`^error: .+\nLog in with \`interchange login\`, or give a key as INTERCHANGE_KEY\\.\n${ID}$`),
  ],
  [
    "a key that may not do it",
    "suppliers list",
    asBuyer,
    4,
    new RegExp(`^error: This is for operators; .+\n${words(HINT_WHOAMI)}${ID}$`),
  ],
  [
    "an operator who asks",
    "chat -m text-prime Hi",
    asOperator,
    4,
    new RegExp(`^error: This is an operator key; inference needs a Consumption key\\.\n${words(HINT_WHOAMI)}${ID}$`),
  ],
  [
    "an account that is not there",
    "accounts show nobody",
    asOperator,
    1,
    new RegExp(`^error: There is no account "nobody"\\.\n${ID}$`),
  ],
  ["an instrument that is not there", "chat -m text-mox Hi", asBuyer, 1, new RegExp(`^error: .*text-mox.*\n${ID}$`)],
  [
    "a name that is taken",
    "suppliers create --name house --base-url https://x.test --dialects messages",
    asOperator,
    1,
    new RegExp(`^error: .+\n${ID}$`),
  ],
  [
    "a version that is old",
    "suppliers update house --collects-data yes --if-version 7",
    asOperator,
    1,
    new RegExp(`^error: .+\n${ID}$`),
  ],
  [
    "a value that the gateway refuses",
    "tokens deposit --account acme --instrument text-prime --tokens 0.5",
    asOperator,
    1,
    new RegExp(`^error: .+\n${ID}$`),
  ],
  [
    "too few tokens",
    "chat -m text-max Hi",
    asBuyer,
    1,
    new RegExp(
      `^error: .+\n(?:${words("`interchange balances list` shows what is left, `interchange purchases create` buys more.\n")})?(?:Try again in .+\n)?${ID}$`,
    ),
  ],
  [
    "nobody there",
    "balances list",
    () => ({ env: { INTERCHANGE_URL: closedUrl } }),
    3,
    /^error: .+\n`interchange doctor` looks for what is in the way\.\n$/,
  ],
  [
    "a name that nobody has",
    "balances list --url http://nobody.invalid",
    asOperator,
    3,
    /^error: .+\n`interchange doctor` looks for what is in the way\.\n$/,
  ],
  [
    "a web page",
    "balances list",
    () => ({ env: { INTERCHANGE_URL: pageUrl } }),
    3,
    /^error: .+ answered 200 with a web page instead of the API.+\n`interchange doctor` looks for what is in the way\.\n$/,
  ],
  ["an interruption", "balances list", () => ({ signal: AbortSignal.abort() }), 130, "error: Interrupted.\n"],
];

describe("what goes wrong is said, and ends with its code", () => {
  test.each(ROWS)("%s", async (_, argv, manner, code, stderr) => {
    const ran = await desk.run(argv.split(" "), manner());
    expect(ran).toEqual({
      code,
      stdout: "",
      stderr: typeof stderr === "string" ? stderr : expect.stringMatching(stderr),
    });
  });

  test("a key is never repeated", async () => {
    const key = "ick_0000000000000000_thisisaverysecretsecretindeed000";
    const told = [
      await desk.run(["balances", "list", "--verbose"], { key }),
      await desk.run(["balances", "list", "--verbose", "--key", `${key} `], {}),
      await desk.run(["balances", "list", "--verbose"], { key, env: { INTERCHANGE_URL: closedUrl } }),
    ];
    for (const { stdout, stderr } of told) expect(stdout + stderr).not.toContain("thisisavery");
  });
});

test("help and version are no error", async () => {
  for (const argv of [[], ["--help"], ["keys", "--help"], ["help", "keys"], ["--version"]]) {
    const { code, stdout, stderr } = await desk.run(argv);
    expect([code, stderr, stdout === ""]).toEqual([0, "", false]);
  }
});

test("a noun alone is misuse, and shows what there is", async () => {
  const { code, stdout, stderr } = await desk.run(["keys"]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("list the keys of an account");
});

test("--verbose tells of each request, without key, ticket or body", async () => {
  const { stderr } = await desk.run(["chat", "Sesame", "--verbose"], { key: desk.key });
  const told = stderr.split("\n").filter((line) => /^(?:GET|POST)/.test(line));
  const url = words(desk.url);
  expect(told.slice(0, 3)).toEqual([
    expect.stringMatching(new RegExp(`^GET ${url}/v1/accounts/me 200 [\\d.]+ m?s req_\\w+$`)),
    expect.stringMatching(new RegExp(`^POST ${url}/v1/chat/completions 307 [\\d.]+ m?s req_\\w+$`)),
    expect.stringMatching(new RegExp(`^POST ${url}/r/…/v1/chat/completions 200 [\\d.]+ m?s req_\\w+$`)),
  ]);
  expect(stderr).not.toContain(desk.key);
  expect(stderr).not.toContain("Sesame");
});

test("in colour a cross stands before it, and long sentences are broken between words", async () => {
  const manner = { columns: 40, env: { NO_COLOR: "" } };
  expect((await desk.run(["acounts"], manner)).stderr).toBe(
    "\u001b[31m✗ \u001b[39munknown command 'acounts'\n(Did you mean accounts?)\n",
  );
  expect((await desk.run(["accounts", "update"], manner)).stderr).toBe(
    "\u001b[31m✗ \u001b[39mNothing is to be changed. Say what, by\nan option or with --data.\n",
  );
});

test("an interruption ends the wait for what stdin will say", async () => {
  const interrupt = new AbortController();
  const stdin = new PassThrough();
  const running = desk.run(["chat"], { stdin, signal: interrupt.signal, key: desk.key });
  stdin.write("How ");
  setTimeout(() => interrupt.abort(), 50);
  expect(await running).toEqual({ code: 130, stdout: "", stderr: "error: Interrupted.\n" });
});
