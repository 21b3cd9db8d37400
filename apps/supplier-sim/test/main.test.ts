/** The simulator as a process: its environment, its one line, its parent. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { ask, askJson, jsonOf, textOf } from "./caller.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, ["--conditions=@interchange/source", main], {
    env: { ...process.env, PORT: "0", ...env },
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess, stream: "stdout" | "stderr" = "stdout"): Promise<string> {
  const [data] = (await once(child[stream]!, "data")) as [Buffer];
  return String(data);
}

function config(yaml: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "supplier-sim-")), "config.yaml");
  writeFileSync(path, yaml);
  mkdirSync(join(path, "../chat-completions"));
  writeFileSync(join(path, "../chat-completions/own.json"), '{"own":"recording"}');
  return path;
}

test("as a child with a channel: says that it is ready, and leaves with its parent", async () => {
  const child = fork(main, {
    execArgv: ["--conditions=@interchange/source"],
    env: { ...process.env, PORT: "0" },
    silent: true,
  });
  children.push(child);
  const [message] = (await once(child, "message")) as [{ ready: boolean; url: string }];
  expect(message).toEqual({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  expect((await fetch(`${message.url}/healthz`)).status).toBe(200);
  child.kill("SIGINT");
  expect((await fetch(`${message.url}/healthz`)).status).toBe(200);
  child.disconnect();
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("alone: prints one line, serves its configuration, and leaves at SIGTERM though an answer hangs", async () => {
  const yaml = [
    "directives: { text: configured }",
    "models: { slow: { fault: hang }, recorded: { transcript: own } }",
    "control: true",
    "transcripts: .",
  ];
  const child = start({ SUPPLIER_SIM_CONFIG: config(yaml.join("\n")), SUPPLIER_SIM_CREDENTIAL: "s3cret" });
  let output = "";
  child.stdout!.on("data", (data) => {
    output += data;
  });
  const [, url] = /^supplier-sim is ready at (\S+)\n$/.exec(await firstLine(child)) ?? [];
  const headers = { authorization: "Bearer s3cret" };
  expect(textOf(await askJson(url!, "chat-completions", {}, { headers }))).toBe("configured");
  expect((await ask(url!, "chat-completions")).status).toBe(401);
  expect(await askJson(url!, "chat-completions", { model: "recorded" }, { headers })).toEqual({ own: "recording" });
  const hanging = ask(url!, "chat-completions", { model: "slow" }, { headers }).catch(() => "cut off");
  const { requests } = await jsonOf(await fetch(`${url}/sim/requests`));
  expect(requests.length).toBeGreaterThanOrEqual(2);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(await hanging).toBe("cut off");
  expect(output.split("\n").length).toBe(2);
  expect(output).not.toContain("s3cret");
});

describe("does not start", () => {
  test.each<[string, NodeJS.ProcessEnv, string]>([
    ["with a wrong setting", { SUPPLIER_SIM_CONFIG: config("models: { a: { after: x } }") }, "models.a: the directive"],
    ["without its file", { SUPPLIER_SIM_CONFIG: "/nowhere.yaml" }, "/nowhere.yaml"],
    ["on a port that is none", { PORT: "70000" }, "70000"],
  ])("%s", async (_, env, message) => {
    const child = start(env);
    const [line, [code]] = await Promise.all([firstLine(child, "stderr"), once(child, "exit")]);
    expect(line).toContain("supplier-sim cannot start");
    expect(line).toContain(message);
    expect(code).toBe(1);
  });
});
