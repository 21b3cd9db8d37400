/** Goal: a question is asked on either surface, its answer comes as it is made, and what it cost is told. Method: a real gateway and supplier. */
import { PassThrough } from "node:stream";
import { validators as chatCompletions } from "@interchange/contract/chat-completions";
import { validators as messages } from "@interchange/contract/messages";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Desk, INSTRUMENT, openDesk } from "./desk.ts";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const SURFACES = ["chat-completions", "messages"] as const;

/** The body that the supplier was sent last. */
function lastSent(): string {
  return Buffer.from(desk.supplier.requests.at(-1)?.body ?? "").toString("utf8");
}

/** What the supplier is to say, in the words by which it is programmed. */
const saying = (directives: string): string => `Say it [[sim ${directives}]]`;

const RECEIPT = new RegExp(
  [
    "^\\d+ tokens in, \\d+ out(?: \\(estimated\\))? · charged \\d+ tokens, 0\\.\\d{6} USD",
    "house \\(sim-prime\\) · first token after [\\d.]+ m?s · chosen: cheapest",
    "request req_[0-9a-f]{32}\n$",
  ].join("\n"),
);

describe.each(SURFACES)("on %s", (surface) => {
  const ask = (argv: readonly string[], manner: object = {}) =>
    desk.run(["chat", "--surface", surface, ...argv], { key: desk.key, ...manner });

  test("an answer comes piece by piece, then the receipt", async () => {
    const pieces: string[] = [];
    const told = await ask([saying('text="One two three four five six." chunks=6 delayBetweenMs=20')], {
      onWrite: (text: string) => pieces.push(text),
    });
    expect(told).toEqual({
      code: 0,
      stdout: "One two three four five six.\n",
      stderr: expect.stringMatching(RECEIPT),
    });
    expect(pieces.length).toBeGreaterThan(4);
  });

  test("whole, where no stream is wanted", async () => {
    const pieces: string[] = [];
    const told = await ask(["--no-stream", saying('text="All at once."')], {
      onWrite: (text: string) => pieces.push(text),
    });
    expect(told).toMatchObject({ code: 0, stdout: "All at once.\n" });
    expect(pieces.slice(0, 2)).toEqual(["All at once.", "\n"]);
    expect(told.stderr).toMatch(/charged \d+ tokens/);
  });

  test("as JSON, which is the document of the surface", async () => {
    const { code, stdout } = await ask(["--json", saying('text="Hi."')]);
    const check =
      surface === "messages"
        ? messages.createMessage.responses[200]
        : chatCompletions.createChatCompletion.responses[200];
    expect([code, check(JSON.parse(stdout))]).toEqual([0, true]);
  });

  test("the question comes on stdin, alone or in the place of a dash", async () => {
    expect((await ask([], { stdin: "How are you?\n" })).stdout).toContain("“How are you?”");
    expect((await ask(["Shorten:", "-"], { stdin: "a long text\n" })).stdout).toContain("“Shorten: a long text”");
  });

  test("instructions and the cap go with it", async () => {
    const { code } = await ask(["--system", "Be brief.", "--max-tokens", "7", "Hi"]);
    expect(code).toBe(0);
    const sent = lastSent();
    expect(sent).toContain("Be brief.");
    expect(sent).toMatch(/"max(?:_completion)?_tokens":7/);
  });

  test("an interruption ends it in good order, and says what was charged", async () => {
    const interrupt = new AbortController();
    const told = await ask([saying("tokens=400 chunks=400 delayBetweenMs=20")], {
      signal: interrupt.signal,
      onWrite: (text: string) => (text.length > 1 ? interrupt.abort(new Error("Ctrl-C")) : undefined),
    });
    expect(told.code).toBe(130);
    expect(told.stdout).toMatch(/^\S[^\n]*\n$/);
    expect(told.stderr).toMatch(/charged \d+ tokens, [\s\S]*\nerror: Interrupted\.\n$/);
  });

  test("a stream that breaks is said to be broken, after what came of it", async () => {
    const told = await ask([saying("tokens=50 chunks=50 fault=reset-mid-stream after=6")]);
    expect(told.code).toBe(1);
    expect(told.stdout).toMatch(/\S\n$/);
    expect(told.stderr).toMatch(/\nerror: .+\n$/);
  });
});

describe("where no instrument is named and the account has no default", () => {
  /** The key of an account that has this many tokens. */
  async function keyWith(tokens: number): Promise<string> {
    const { ledger } = desk.gateway.engine;
    const { id: accountId } = await ledger.openAccount({ name: "Bare" });
    if (tokens > 0) await ledger.deposit({ accountId, instrument: INSTRUMENT, tokens, costMicros: 0 });
    return (await ledger.createKey({ accountId, role: "consumption" })).secret;
  }

  test("it is the first that the account has tokens of, and that is said", async () => {
    const told = await desk.run(["chat", "Hi"], { key: await keyWith(100_000) });
    expect(told.code).toBe(0);
    expect(told.stderr).toContain(
      `Asking for ${INSTRUMENT}, which the account has tokens of; --model names another.\n`,
    );
  });

  test("there is nothing to ask for without tokens", async () => {
    expect(await desk.run(["chat", "Hi"], { key: await keyWith(0) })).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: The account has neither a default instrument nor tokens. Name an instrument with --model; `interchange models list` shows them all.\n",
    });
  });
});

describe("a conversation", () => {
  /** Somebody at a terminal, who writes when the last word was theirs to hear. */
  async function talk(write: (stdin: PassThrough, told: string) => void, argv: readonly string[] = []) {
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    onTestFinished(() => void stdin.destroy());
    let told = "";
    return desk.run(["chat", ...argv], {
      key: desk.key,
      stdin,
      columns: 80,
      onWrite: (text) => {
        told += text;
        if (text.includes("› ")) setImmediate(() => write(stdin, told));
      },
    });
  }

  test("each question goes with what was said before, until Ctrl-D", async () => {
    const lines = ["[[sim text=Aye]] one", "", "two"];
    const { code, stdout, stderr } = await talk((stdin) => {
      const line = lines.shift();
      if (line === undefined) stdin.end();
      else stdin.write(`${line}\n`);
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Aye\n.*two/s);
    expect(stderr).toContain(`text-prime on chat-completions. Ctrl-C stops an answer, Ctrl-D ends.`);
    const sent = lastSent();
    expect(sent).toMatch(/one.*Aye.*two/);
  });

  test("Ctrl-C stops an answer, and the talk goes on", async () => {
    let asked = false;
    let stopped = false;
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    onTestFinished(() => void stdin.destroy());
    const { code, stderr } = await desk.run(["chat", "-s", "messages"], {
      key: desk.key,
      stdin,
      columns: 80,
      onWrite: (text, stream) => {
        if (text.includes("› ") && !asked) {
          asked = true;
          stdin.write("[[sim tokens=400 chunks=400 delayBetweenMs=20]] long\n");
        } else if (text.includes("› ") && stopped) {
          stdin.end();
        } else if (stream === "stdout" && !stopped) {
          stopped = true;
          stdin.write("\u0003");
        }
      },
    });
    expect([code, stopped]).toEqual([0, true]);
    expect(stderr).toMatch(/charged \d+ tokens[\s\S]*Interrupted\./);
  });

  test("a question that is refused is not the end", async () => {
    const lines = ["[[sim status=400 message=No]] one", "two"];
    const { code, stdout, stderr } = await talk((stdin) => {
      const line = lines.shift();
      if (line === undefined) stdin.end();
      else stdin.write(`${line}\n`);
    });
    expect([code, stderr.includes("error: ")]).toEqual([0, true]);
    expect(stdout).toContain("two");
  });

  test("Ctrl-D while an answer comes ends it after that answer", async () => {
    const { code, stdout, stderr } = await talk((stdin) => stdin.end("[[sim text=Aye delayBeforeHeadersMs=50]] one\n"));
    expect([code, stdout]).toEqual([0, "Aye\n"]);
    expect(stderr).not.toContain("error");
  });
});
