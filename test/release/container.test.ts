/** Goal: the image and the composition are well formed, and name what is there. Method: linters of both, and the files that they copy. No image is built. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "@interchange/config";
import { DCLinter } from "dclint";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT, readText } from "../workspace.ts";

const DOCKERFILE = readText("deploy/container/Dockerfile");
const COMPOSE = readText("deploy/compose/compose.yaml");

/** An instruction with what follows it, continued lines joined. */
function instructionsOf(dockerfile: string): { word: string; rest: string }[] {
  const lines = dockerfile
    .replace(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line) => ({ word: line.split(" ")[0] ?? "", rest: line.slice(line.indexOf(" ") + 1) }));
}

/** The instructions of one stage, with those of the stages that it stands on before them. */
function stage(name: string): { word: string; rest: string }[] {
  const all = instructionsOf(DOCKERFILE);
  const from = all.findIndex(({ word, rest }) => word === "FROM" && rest.endsWith(` AS ${name}`));
  if (from === -1) throw new Error(`there is no stage ${name}`);
  const until = all.findIndex(({ word }, index) => word === "FROM" && index > from);
  const base = all[from]?.rest.split(" ")[0] ?? "";
  const before = /^[a-z-]+$/.test(base) ? stage(base) : [];
  return [...before, ...all.slice(from + 1, until === -1 ? undefined : until)];
}

describe("the Dockerfile", () => {
  test("has nothing that its linter would say", () => {
    expect(validate(DOCKERFILE).map(({ range, message }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
  });

  test("is read by a linter that sees what is wrong", () => {
    expect(validate("FROM node AS a\nFORM b\n").map(({ message }) => message)).toEqual([
      expect.stringContaining("FORM"),
    ]);
  });

  test("builds with the versions that the workspace has", () => {
    const { packageManager } = JSON.parse(readText("package.json")) as { packageManager: string };
    const { nodeVersion } = parse(readText("pnpm-workspace.yaml")) as { nodeVersion: string };
    expect(DOCKERFILE).toContain(`ARG PNPM_VERSION=${packageManager.replace("pnpm@", "")}\n`);
    expect(DOCKERFILE).toContain(`ARG NODE_VERSION=${nodeVersion}\n`);
  });

  test.each(["gateway", "supplier-sim"])("%s runs as a user that is nobody else's, and says how it is", (name) => {
    const instructions = stage(name);
    const last = (word: string) => instructions.findLast((each) => each.word === word)?.rest;
    expect(last("USER")).toBe("node");
    expect(last("HEALTHCHECK")).toContain("/healthz");
    const [program, main = ""] = JSON.parse(last("CMD") ?? "[]") as string[];
    expect(program).toBe("node");
    expect(
      existsSync(join(ROOT, "apps", main.replace("/app/", "").replace("/dist/", "/src/").replace(/js$/, "ts"))),
    ).toBe(true);
  });

  test("is stopped by the signal that the gateway listens to", () => {
    const signals = stage("gateway").flatMap(({ word, rest }) => (word === "STOPSIGNAL" ? rest : []));
    expect(signals).toEqual(["SIGTERM"]);
    expect(readText("apps/gateway/src/main.ts")).toContain('"SIGTERM"');
  });

  test("carries no secret into the image, and nothing that was built elsewhere", () => {
    const ignored = readText("deploy/container/Dockerfile.dockerignore").split("\n");
    for (const path of [
      ".git",
      "**/node_modules",
      "**/dist",
      "**/.env",
      "**/.interchange",
      "interchange.config.yaml",
    ]) {
      expect(ignored).toContain(path);
    }
    expect(DOCKERFILE).not.toMatch(/(?:TOKEN|PASSWORD|SECRET|_KEY)=/);
  });
});

interface Service {
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly profiles?: readonly string[];
}
const { services, volumes } = parse(COMPOSE) as {
  services: Readonly<Record<"gateway" | "postgres" | "supplier-sim", Service>>;
  volumes: Readonly<Record<string, unknown>>;
};

/** What its linter is told to pass over, with the reason. */
const RULES = {
  // What is built here has a name, so that it can be run without being built again.
  "no-build-and-image": 0,
};

interface Said {
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

function lint(path: string): string[] {
  const linter = new DCLinter({ rules: RULES, quiet: false, debug: false, exclude: [] });
  // Its own declarations do not resolve here.
  const results = linter.lintFiles([path], false) as readonly { readonly messages: readonly Said[] }[];
  const messages = results.flatMap((result) => result.messages);
  return messages.map(({ line, rule, message }) => `${line}: ${message} (${rule})`);
}

describe("the composition", () => {
  test("has nothing that its linter would say, which knows the schema of such files", () => {
    expect(lint(join(ROOT, "deploy/compose/compose.yaml"))).toEqual([]);
  });

  test("is read by a linter that sees what is wrong", () => {
    const folder = mkdtempSync(join(tmpdir(), "interchange-compose-"));
    const file = join(folder, "compose.yaml");
    writeFileSync(file, COMPOSE.replace("read_only: true", "readonly: true"));
    const said = lint(file);
    rmSync(folder, { recursive: true });
    expect(said).toEqual([expect.stringMatching(/\/services\/gateway.*additional properties/)]);
  });

  test("names what it builds, mounts and waits for, and all of it is there", () => {
    for (const { build } of Object.values(services).filter((each) => each.build !== undefined)) {
      expect(existsSync(join(ROOT, "deploy/compose", build?.context ?? "", build?.dockerfile ?? ""))).toBe(true);
      expect(stage(build?.target ?? "")).not.toEqual([]);
    }
    const mounted = Object.values(services).flatMap((each) =>
      (each.volumes ?? []).map((volume) => volume.split(":")[0] ?? ""),
    );
    const files = mounted.filter((source) => source.startsWith("./"));
    expect(files.map((file) => [file, existsSync(join(ROOT, "deploy/compose", file))])).toEqual([
      ["./gateway.yaml", true],
    ]);
    expect(mounted.filter((source) => !source.startsWith("./")).toSorted()).toEqual(Object.keys(volumes).toSorted());
    expect(services.gateway.depends_on).toEqual({ postgres: { condition: "service_healthy" } });
  });

  test("lets what is ours write nothing but its volume", () => {
    for (const name of ["gateway", "supplier-sim"] as const) {
      expect([services[name].read_only, services[name].cap_drop]).toEqual([true, ["ALL"]]);
    }
  });

  test("has a configuration that the gateway starts with", () => {
    const file = join(ROOT, "deploy/compose/gateway.yaml");
    const reading = readConfig({ env: { INTERCHANGE_CONFIG: file }, cwd: ROOT });
    expect(reading).toMatchObject({ kind: "config", config: { suppliers: [{ baseUrl: "http://supplier-sim:4010" }] } });
  });

  test("asks for the variables that its example explains", () => {
    const asked = new Set([...COMPOSE.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name));
    const told = new Set([...readText("deploy/compose/example.env").matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));
    expect(asked).toEqual(told);
  });
});
