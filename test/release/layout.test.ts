/** Goal: what the container and the unit run starts as they start it: nobody's files, another user's process, one folder to write. Method: laid out, started, asked, stopped. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT, readText } from "../workspace.ts";

/** Nobody, who owns nothing; whoever is not root cannot become him, and cannot write what is not writable either. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const asNobody = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

const folder = mkdtempSync(join(tmpdir(), "interchange-layout-"));
const layout = join(folder, "app");
const dataDir = join(folder, "data");
const children: ChildProcess[] = [];

beforeAll(() => {
  chmodSync(folder, 0o755);
  execFileSync(join(ROOT, "deploy/layout.sh"), [layout], { stdio: ["ignore", "ignore", "pipe"] });
  execFileSync("chmod", ["-R", "a-w", layout]);
  mkdirSync(dataDir, { mode: 0o700 });
  if (isRoot) chownSync(dataDir, NOBODY, NOBODY);
}, 120_000);

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  execFileSync("chmod", ["-R", "u+w", folder]);
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(main: string, env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [join(layout, main)], {
    cwd: dataDir,
    env: { NODE_ENV: "production", ...env },
    stdio: ["ignore", "ignore", "inherit"],
    ...asNobody,
  });
  children.push(child);
  return child;
}

async function untilHealthy(url: string): Promise<void> {
  const isHealthy = () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(isHealthy, { timeout: 30_000 }).toBe(true);
}

describe("what is laid out", () => {
  const filesIn = (path: string) => readdirSync(join(layout, path), { recursive: true }) as string[];

  test("is small, and has what runs and nothing else", () => {
    const files = filesIn("gateway");
    const idle = files.filter((file) =>
      /(?:^|\/)@interchange\/[\w-]+\/(?:src|test)\/|\.d\.ts$|\.map$|\.tsbuildinfo$/.test(file),
    );
    expect(idle).toEqual([]);
    const kilobytes = Number(execFileSync("du", ["-sk", layout], { encoding: "utf8" }).split("\t")[0]);
    expect(kilobytes).toBeLessThan(100 * 1_024);
  });

  test("has no dependency that only development needs", () => {
    const names = filesIn("gateway/node_modules/.pnpm").filter((path) =>
      /^(?:vitest|typescript|openai|fast-check|@anthropic-ai\+sdk)@/.test(path),
    );
    expect(names).toEqual([]);
  });
});

test("it starts as nobody on a tree that it cannot write, answers on both surfaces, and stops when it is told", async () => {
  const [port, supplierPort] = [await freePort(), await freePort()];
  const config = join(folder, "gateway.yaml");
  const url = `http://127.0.0.1:${port}`;
  const composed = readText("deploy/compose/gateway.yaml");
  writeFileSync(
    config,
    composed
      .replace("http://supplier-sim:4010", `http://127.0.0.1:${supplierPort}`)
      .replace("http://localhost:4000", url),
  );
  start("supplier-sim/dist/main.js", { PORT: String(supplierPort) });
  const gateway = start("gateway/dist/main.js", {
    HOST: "0.0.0.0",
    PORT: String(port),
    INTERCHANGE_CONFIG: config,
    INTERCHANGE_DATA_DIR: dataDir,
  });
  const exit = new Promise((resolve) => gateway.once("exit", (code, signal) => resolve({ code, signal })));
  await untilHealthy(`http://127.0.0.1:${supplierPort}`);
  await untilHealthy(url);

  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: "ready" });
  expect(await (await fetch(`${url}/docs/`)).text()).toContain("<html");
  await expect.poll(() => readdirSync(dataDir)).toContain("ready.json");
  const { consumptionKey } = JSON.parse(readFileSync(join(dataDir, "ready.json"), "utf8")) as {
    consumptionKey: string;
  };
  for (const path of ["chat/completions", "messages"]) {
    const response = await fetch(`${url}/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${consumptionKey}` },
      body: JSON.stringify({ model: "text-prime", max_tokens: 50, messages: [{ role: "user", content: "Hello" }] }),
    });
    expect(await response.text()).toContain("You asked: “Hello”");
  }
  if (isRoot) expect(statSync(join(dataDir, "ledger.db")).uid).toBe(NOBODY);

  gateway.kill("SIGTERM");
  expect(await exit).toEqual({ code: 0, signal: null });
}, 60_000);

test("a folder that is there already is not written over", () => {
  const { status, stderr } = spawnSync(join(ROOT, "deploy/layout.sh"), [folder], { encoding: "utf8" });
  expect([status, stderr]).toEqual([2, `${folder} is there already; name a folder that does not exist yet\n`]);
});
