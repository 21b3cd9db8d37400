/** What is published: small, whole, free of the workspace, and typed under every way to resolve a module. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sizeOf, uses } from "./size.ts";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

describe("an application pays at most", () => {
  test.each(uses.map((use) => [`${use.bytesMax} bytes for ${use.name}`, use] as const))(
    "%s",
    async (_, { code, bytesMax }) => {
      const bytes = await sizeOf(code);
      expect(bytes).toBeGreaterThan(2_000);
      expect(bytes).toBeLessThanOrEqual(bytesMax);
    },
  );
});

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** What an application may write, and, where it says so, what it may not. */
const APPLICATION = `
import { createMessagesClient, StreamError, type Message } from "@interchange/client/messages";
import { createPlatformClient, operations, unwrap } from "@interchange/client/platform";
import { createChatCompletionsClient, type platform } from "@interchange/client";

export async function ask(): Promise<Message> {
  const stream = await createMessagesClient({ baseUrl: "", key: async () => "k" }).stream("/v1/messages", {
    body: { model: "text-prime", max_tokens: 1, messages: [{ role: "user", content: "Hello" }] },
  });
  for await (const event of stream) if (event.type === "message_start") console.log(event.message.id);
  return stream.final();
}

export const suppliers: Promise<platform.SupplierList> = unwrap(createPlatformClient({ baseUrl: "" }).GET("/v1/suppliers"));
export const method: "POST" = operations.explainRoute.method;
// @ts-expect-error The document has no such path.
void createChatCompletionsClient({ baseUrl: "" }).GET("/v1/none");
// @ts-expect-error A list of suppliers has no name.
export const name: Promise<{ name: string }> = suppliers;
export { StreamError };
`;

describe("the tarball", () => {
  let folder: string;
  let packed: Packed;
  beforeAll(() => {
    // The gate builds first; whoever runs this file alone may not have.
    if (!existsSync(join(PACKAGE, "dist/index.js"))) execFileSync("npm", ["run", "build"], { cwd: PACKAGE });
    folder = mkdtempSync(join(tmpdir(), "interchange-client-pack-"));
    const flags = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const told: unknown = JSON.parse(
      execFileSync("npm", flags, { cwd: PACKAGE, stdio: ["ignore", "pipe", "ignore"] }).toString(),
    );
    packed = (Array.isArray(told) ? told[0] : Object.values(told as object)[0]) as Packed;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (path: string) => readFileSync(join(PACKAGE, path), "utf8");

  test("has the build, the README and the manifest, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => !/^dist\/.+\.(js|d\.ts)$/.test(path)).sort()).toEqual(["README.md", "package.json"]);
    expect(paths).toContain("dist/contract/platform/types.d.ts");
  });

  test("names nothing of the workspace", () => {
    const manifest = JSON.parse(read("package.json")) as Record<string, unknown>;
    expect(Object.keys(manifest["dependencies"] as object).sort()).toEqual(["eventsource-parser", "openapi-fetch"]);
    expect(manifest["private"]).toBeUndefined();
    const texts = packed.files
      .filter(({ path }) => path.startsWith("dist/"))
      .map(({ path }) => [path, read(path)] as const);
    for (const [path, text] of texts) {
      expect(text, path).not.toMatch(/from "@interchange|import\("@interchange/);
      expect(text, path).not.toMatch(/from "\.[^"]*\.ts"/);
      expect(text, path).not.toContain("sourceMappingURL");
    }
  });

  test("resolves with its types under every module resolution", async () => {
    const data = createPackageFromTarballData(
      readFileSync(
        join(
          folder,
          packed.filename.replaceAll(/^@|\//g, (sign) => (sign === "/" ? "-" : "")),
        ),
      ),
    );
    const result = await checkPackage(data);
    if (!result.types) expect.fail("it has no types");
    // Whoever still calls `require` gets an ES module, which Node has been able to load that way since 20.19.
    const problems = result.problems.filter(({ kind }) => kind !== "CJSResolvesToESM");
    expect(problems).toEqual([]);
    expect(Object.keys(result.entrypoints).sort()).toEqual([
      ".",
      "./chat-completions",
      "./messages",
      "./package.json",
      "./platform",
    ]);
  });

  test.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])(
    "is typed without Node's types, every declaration checked: module %s, resolution %s",
    (module, moduleResolution) => {
      const project = join(folder, moduleResolution);
      mkdirSync(join(project, "node_modules/@interchange"), { recursive: true });
      symlinkSync(PACKAGE, join(project, "node_modules/@interchange/client"));
      const compilerOptions = {
        ...{ strict: true, skipLibCheck: false, noEmit: true, target: "es2022", module, moduleResolution },
        ...{ lib: ["es2022", "dom", "dom.iterable"], types: [] },
      };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
      writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
      writeFileSync(join(project, "application.ts"), APPLICATION);
      const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
      const { stdout } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
      expect(stdout).toBe("");
    },
  );

  test("has nothing that a registry or a bundler would stumble over", async () => {
    const { messages } = await publint({ pkgDir: PACKAGE, strict: true, pack: false });
    expect(messages).toEqual([]);
  });
});
