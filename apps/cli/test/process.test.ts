/** Goal: the program as a process of its own: exit codes, pipes, signals, colours. Method: it is started as a shell starts it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Desk, openDesk } from "./desk.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const TIMEOUT = { timeout: 60_000 };

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly done: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, ["--conditions=@interchange/source", MAIN, ...argv], {
    env: { PATH: "", INTERCHANGE_URL: desk.url, INTERCHANGE_KEY: desk.key, XDG_CONFIG_HOME: "/nonexistent", ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const stdout = gathered(child.stdout);
  const stderr = gathered(child.stderr);
  const done = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout: stdout(), stderr: stderr() })),
  );
  return { child, done };
}

function gathered(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

test("ends by itself, with the code", TIMEOUT, async () => {
  const { child, done } = start(["balances", "list"]);
  child.stdin.end();
  expect(await done).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("text-prime") });
  expect(await start(["balances", "list"], { INTERCHANGE_KEY: "ick_no_body" }).done).toMatchObject({
    code: 4,
    stdout: "",
  });
});

test("reads a question from a pipe, and colours nothing", TIMEOUT, async () => {
  const { child, done } = start(["chat"]);
  child.stdin.end("How are you?");
  const { code, stdout, stderr } = await done;
  expect([code, stdout.includes("“How are you?”")]).toEqual([0, true]);
  expect(stdout + stderr).not.toContain("\u001b");
});

test("Ctrl-C ends an answer with 130, and says what was charged", TIMEOUT, async () => {
  const { child, done } = start(["chat", "[[sim tokens=400 chunks=400 delayBetweenMs=25]] Go on"]);
  child.stdout.once("data", () => child.kill("SIGINT"));
  const { code, stderr } = await done;
  expect([code, stderr]).toEqual([130, expect.stringMatching(/charged \d+ tokens[\s\S]*error: Interrupted\.\n$/)]);
});

test("ends in peace when nobody reads on", TIMEOUT, async () => {
  const { child, done } = start(["chat", "[[sim tokens=200 chunks=200 delayBetweenMs=10]] Go on"]);
  child.stdout.once("data", () => child.stdout.destroy());
  expect(await done).toMatchObject({ code: 0, stderr: expect.not.stringContaining("EPIPE") });
});
