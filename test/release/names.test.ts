/** Goal: what deploy/ says of the gateway is what the gateway has: variables, paths, ports, files, options. Method: its sources, read. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DEFAULTS, isListenable } from "@interchange/config";
import { describe, expect, test } from "vitest";
import { ROOT, readSources, readText } from "../workspace.ts";

/** Every text in deploy/ and the guide, that is, what somebody copies. */
const TEXTS = new Map(
  (
    readdirSync(join(ROOT, "deploy"), { recursive: true, withFileTypes: true }) as {
      name: string;
      parentPath: string;
      isFile(): boolean;
    }[]
  )
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts") && entry.name !== ".env")
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .concat("apps/docs/guides/deploying.md")
    .map((file) => [file, readText(file)] as const),
);

const sources = (folder: string) => readSources(folder).map(readText).join("\n");
const GATEWAY = sources("apps/gateway/src") + sources("packages/config/src");
const SUPPLIER = sources("apps/supplier-sim/src");

/** Each match with the file that it is in. */
function said(pattern: RegExp): [file: string, word: string][] {
  return [...TEXTS].flatMap(([file, text]) =>
    [...text.matchAll(pattern)].map(([, word = ""]) => [file, word] as [string, string]),
  );
}

/** They are the composition's own. */
const OF_COMPOSE = ["INTERCHANGE_PORT"];

test("variables", () => {
  const variables = said(/\b(INTERCHANGE_[A-Z_]+|SUPPLIER_SIM_[A-Z_]+)\b/g).filter(
    ([, name]) => !OF_COMPOSE.includes(name),
  );
  expect(new Set(variables.map(([, name]) => name)).size).toBeGreaterThanOrEqual(4);
  expect(variables.filter(([, name]) => !GATEWAY.includes(`"${name}"`) && !SUPPLIER.includes(name))).toEqual([]);
});

test("paths of health", () => {
  const paths = said(/(\/(?:healthz|readyz|livez|health|ready)\b)/g);
  expect(new Set(paths.map(([, path]) => path))).toEqual(new Set(["/healthz", "/readyz"]));
  for (const path of ["/healthz", "/readyz"]) expect(GATEWAY).toContain(`router.get("${path}"`);
  expect(SUPPLIER).toContain("/healthz");
});

describe("ports", () => {
  test.each([
    ["deploy/container/Dockerfile", /(?:^EXPOSE |PORT=)(\d+)/gm],
    ["deploy/chart/templates/_pod.tpl", /(?:containerPort: |value: "(?=\d{4}"))(\d+)/g],
  ])("of %s", (file, pattern) => {
    const ports = new Set([...readText(file).matchAll(pattern)].map(([, port]) => Number(port)));
    expect(ports).toEqual(new Set(file.endsWith("Dockerfile") ? [4_010, DEFAULTS.port] : [DEFAULTS.port]));
  });

  test("the simulated supplier's own", () => expect(SUPPLIER).toMatch(/portDefault = 4010\b/));
});

test("hosts to listen on are addresses", () => {
  const hosts = said(/(?<![\w_])HOST(?:=|\n\s+value: ")([\d.]+)/g);
  expect(hosts.length).toBeGreaterThan(1);
  expect(hosts.filter(([, host]) => !isListenable(host))).toEqual([]);
});

test("files of the data directory", () => {
  const files = said(/\b((?:relay-keys|edge-keys|keys|ready)\.json|ledger\.db)\b/g);
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter(([, name]) => !GATEWAY.includes(`"${name}"`))).toEqual([]);
});

test("options of the configuration", () => {
  const schema = readText("packages/config/interchange.config.schema.json");
  const options = said(/\b(drainMs|credentialEnv|publicUrl|idleMs|dataDir)\b/g);
  expect(options.length).toBeGreaterThan(4);
  expect(options.filter(([, name]) => !schema.includes(`"${name}"`))).toEqual([]);
});

test("files that the guide and the READMEs name are there", () => {
  const named = said(/\b(deploy\/[\w./-]*[\w-])/g);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(([, path]) => !existsSync(join(ROOT, path)))).toEqual([]);
});
