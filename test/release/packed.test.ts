/**
 * Goal: what is published can be installed by a stranger, and answers. Method: packed as a release packs it, installed by npm into an empty project
 * that knows nothing of the workspace, then run against a running gateway, and compiled as TypeScript's users would.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { problemsOf } from "../../deploy/release/problems.ts";
import { pack, publishedFolders, type Tarball } from "../../deploy/release/tarball.ts";
import { ROOT, readText } from "../workspace.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "interchange-packed-")));
const dataDir = join(folder, "data");
let tarballs: readonly Tarball[] = [];
let gateway: ChildProcess | undefined;
let ready: { readonly baseUrl: string; readonly consumptionKey: string };

/** Of what is installed, npm has the most in its cache; what it has not it needs the registry for. */
function install(name: string, files: readonly string[]): string {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  const args = ["install", "--no-audit", "--no-fund", "--prefer-offline", ...files];
  const { status, stderr } = spawnSync("npm", args, { cwd: project, encoding: "utf8", timeout: 90_000 });
  if (status === 0) return project;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED|network/.test(stderr)) {
    throw new Error(`npm's registry cannot be reached, and without it nobody can install a package:\n${stderr}`);
  }
  throw new Error(`npm does not install the packed tarballs:\n${stderr}`);
}

/** The gateway as it is built, with a supplier that only repeats what it is asked. */
async function startGateway(): Promise<typeof ready> {
  const main = join(ROOT, "apps/gateway/dist/main.js");
  if (!existsSync(main)) throw new Error("the gateway is not built; run: pnpm build");
  const env = { PATH: process.env["PATH"], PORT: "0", INTERCHANGE_DATA_DIR: dataDir };
  gateway = spawn(process.execPath, [main], { cwd: dataDir, env, stdio: ["ignore", "ignore", "inherit"] });
  const file = join(dataDir, "ready.json");
  return vi.waitFor(() => JSON.parse(readFileSync(file, "utf8")) as typeof ready, { timeout: 30_000 });
}

beforeAll(async () => {
  mkdirSync(dataDir);
  tarballs = publishedFolders().map((each) => pack(each, folder));
  ready = await startGateway();
}, 120_000);

afterAll(() => {
  gateway?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Of the packages of ours, those that an installation brought. */
function oursIn(project: string): string[] {
  return readdirSync(join(project, "node_modules/@interchange")).toSorted();
}

describe("what is packed", () => {
  test("is the client and the command line, and nothing keeps them from going out", () => {
    expect(tarballs.map(({ manifest }) => manifest.name).toSorted()).toEqual([
      "@interchange/cli",
      "@interchange/client",
    ]);
    const published = new Set(tarballs.map(({ manifest }) => manifest.name));
    expect(tarballs.flatMap((tarball) => problemsOf(tarball, published))).toEqual([]);
  });
});

describe("the program that publishes", () => {
  // Without the identity that a job may have which publishes.
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  const release = (...args: string[]) =>
    spawnSync(process.execPath, [join(ROOT, "deploy/release/main.ts"), ...args], {
      cwd: ROOT,
      env,
      encoding: "utf8",
      timeout: 60_000,
    });

  test("rehearses unless it is told otherwise", () => {
    const { status, stdout, stderr } = release();
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^@interchange\/client@\d+\.\d+\.\d+ {2}[\d.]+ kB packed, \d+ files\n {2}LICENSE\n/);
    expect(stdout).toContain("This was a rehearsal: nothing was published.");
  });

  test("publishes from nowhere but the workflow", () => {
    const { status, stderr } = release("--really");
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^Nothing was published:\n {2}.*the workflow Release publishes/),
    ]);
  });

  test("does nothing when it is told something that it does not know", () => {
    const { status, stdout, stderr } = release("--realy");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("--realy is not understood; there is --really, and nothing else");
  });
});

describe("the client, installed", () => {
  let project = "";
  beforeAll(() => {
    project = install(
      "consumer",
      tarballs.flatMap(({ file, manifest }) => (manifest.name.endsWith("/client") ? file : [])),
    );
  }, 100_000);

  /** Runs a file of the project's with Node, as the stranger has it; gives what it prints. */
  function run(file: string, text: string): string {
    writeFileSync(join(project, file), text);
    const env = {
      PATH: process.env["PATH"],
      BASE_URL: ready.baseUrl,
      KEY: ready.consumptionKey,
      INTERCHANGE_KEY: ready.consumptionKey,
    };
    return execFileSync(process.execPath, [file], { cwd: project, env, encoding: "utf8", timeout: 30_000 });
  }

  test("brings nothing else of ours", () => expect(oursIn(project)).toEqual(["client"]));

  test("its README's first example streams an answer", () => {
    const example = /```(?:ts|js)\n([\s\S]*?)```/.exec(readText("packages/client/README.md"))?.[1] ?? "";
    expect(example.trim().split("\n").length).toBeLessThanOrEqual(5);
    expect(run("readme.ts", example.replace("http://localhost:4000", ready.baseUrl))).toContain("You asked");
  });

  const PROGRAMS = {
    "chat-completions": `
      import { createChatCompletionsClient } from "@interchange/client/chat-completions";
      const client = createChatCompletionsClient({ baseUrl: process.env.BASE_URL, key: process.env.KEY });
      const body = { model: "text-prime", messages: [{ role: "user", content: "Hello" }] };
      const stream = await client.stream("/v1/chat/completions", { body });
      for await (const event of stream) process.stdout.write(event.choices[0]?.delta.content ?? "");
    `,
    messages: `
      import { createMessagesClient } from "@interchange/client/messages";
      const client = createMessagesClient({ baseUrl: process.env.BASE_URL, key: process.env.KEY });
      const body = { model: "text-prime", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };
      const stream = await client.stream("/v1/messages", { body });
      for await (const event of stream) process.stdout.write(event.delta?.text ?? "");
    `,
  };
  test.each(Object.entries(PROGRAMS))("streams over %s", (surface, program) => {
    expect(run(`${surface}.mjs`, program)).toContain("You asked: “Hello”");
  });

  const CONSUMER = `
    import { createPlatformClient, StatusError, unwrap } from "@interchange/client";
    import { createChatCompletionsClient } from "@interchange/client/chat-completions";
    import { createMessagesClient } from "@interchange/client/messages";

    const options = { baseUrl: "http://localhost:4000", key: async () => "ick_…" };
    const body = { model: "text-prime", messages: [{ role: "user" as const, content: "Hello" }] };
    for await (const event of await createChatCompletionsClient(options).stream("/v1/chat/completions", { body })) {
      const text: string | null | undefined = event.choices[0]?.delta.content;
      console.log(text);
    }
    const stream = await createMessagesClient(options).stream("/v1/messages", { body: { ...body, max_tokens: 100 } });
    for await (const event of stream) if (event.type === "message_delta") console.log(event.usage.output_tokens);
    const page = await unwrap(createPlatformClient(options).GET("/v1/usage"));
    console.log(page.data.length, new Error() instanceof StatusError);
    // @ts-expect-error There is no such path.
    await createPlatformClient(options).GET("/v1/nothing");
    // @ts-expect-error The role is misspelt.
    await createMessagesClient(options).POST("/v1/messages", { body: { ...body, max_tokens: 1, messages: [{ role: "usr", content: "" }] } });
  `;
  const RESOLUTIONS = { nodenext: { module: "nodenext" }, bundler: { module: "esnext", moduleResolution: "bundler" } };
  test.each(Object.entries(RESOLUTIONS))("compiles for whoever resolves as %s", (name, resolution) => {
    const compilerOptions = {
      ...resolution,
      target: "es2022",
      lib: ["es2022", "dom"],
      types: [],
      strict: true,
      noEmit: true,
    };
    writeFileSync(join(project, "consumer.ts"), CONSUMER);
    writeFileSync(join(project, `${name}.json`), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const { stdout } = spawnSync(tsc, ["-p", `${name}.json`], { cwd: project, encoding: "utf8" });
    expect(stdout).toBe("");
  });
});

describe("the command line, installed", () => {
  let project = "";
  beforeAll(() => {
    project = install(
      "operator",
      tarballs.map(({ file }) => file),
    );
  }, 100_000);

  const interchange = (...args: string[]) =>
    spawnSync(join(project, "node_modules/.bin/interchange"), args, {
      cwd: project,
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        INTERCHANGE_URL: ready.baseUrl,
        INTERCHANGE_KEY: ready.consumptionKey,
      },
      encoding: "utf8",
      timeout: 30_000,
    });

  test("brings the client, and nothing else of ours", () => expect(oursIn(project)).toEqual(["cli", "client"]));

  test("says what it can do", () => {
    const { status, stdout } = interchange("--help");
    expect([status, stdout]).toEqual([0, expect.stringContaining("interchange")]);
  });

  test("reads a configuration, and says what is wrong with one", () => {
    const good = interchange("config", "check", join(ROOT, "deploy/compose/gateway.yaml"));
    expect([good.status, good.stderr]).toEqual([0, ""]);
    const file = join(folder, "wrong.yaml");
    writeFileSync(file, "suppliers: []\n");
    const wrong = interchange("config", "check", file);
    expect([wrong.status, wrong.stdout + wrong.stderr]).toEqual([5, expect.stringContaining("suppliers")]);
  });

  test.each(["chat-completions", "messages"])("chats over %s", (surface) => {
    const { status, stdout, stderr } = interchange("chat", "--surface", surface, "--model", "text-prime", "Hello");
    expect([status, stdout, stderr]).toEqual([0, expect.stringContaining("You asked: “Hello”"), expect.any(String)]);
  });
});
