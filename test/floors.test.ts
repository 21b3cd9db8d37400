/** Goal: the house stays as drawn. Method: read every manifest and every import, and let each rule name its breaches. */
import { describe, expect, test } from "vitest";
import { circleOf, floorOf, House, WORDS_OF_ROUTING } from "./floors.ts";
import {
  type Import,
  type Manifest,
  type Package,
  packageOf,
  readImports,
  readPackages,
  readSources,
  readText,
  resolveRelative,
  SCOPE,
} from "./workspace.ts";

const packages = readPackages();
const house = new House(packages);
const sources = packages.flatMap(({ folder }) => readSources(folder));
const imports = sources.flatMap(readImports);
const root = JSON.parse(readText("package.json")) as Manifest;
const words = new Set(
  WORDS_OF_ROUTING.flatMap((stem) => [
    ...readText(`packages/inference/src/${stem}.ts`).matchAll(/^export (?:type|interface|const|function) (\w+)/gm),
  ]).flatMap((match) => match[1] ?? []),
);

describe("the house", () => {
  test("every package has a floor", () => expect(house.homeless()).toEqual([]));
  test("dependencies point down", () => expect(house.upwardManifests()).toEqual([]));
  test("imports point down", () => expect(house.upwardImports(imports)).toEqual([]));
  test("a package is imported by its name", () => expect(house.straying(imports)).toEqual([]));
  test("what is imported is declared", () => expect(house.undeclared(imports, root)).toEqual([]));
  test("what is depended on is imported", () => expect(house.idle(imports)).toEqual([]));
  test("inference imports nothing, ledger and ticket no HTTP", () => expect(house.sighted(imports)).toEqual([]));
  test("routing sees no prompt", () => expect(house.prompts(imports, words)).toEqual([]));
  test("no circle of packages, tests included", () => expect(circleOf(manifestGraph())).toBeUndefined());
  test("no circle of files", () => expect(circleOf(fileGraph())).toBeUndefined());

  test("the rules above have something to read", () => {
    expect(sources).toContain("packages/inference/src/index.ts");
    expect(words).toContain("Usage");
    expect(words).not.toContain("InferenceRequest");
    expect([...fileGraph().values()].flat()).toContain("packages/inference/src/usage.ts");
    expect([...manifestGraph().values()].flat()).toContain("@interchange/inference");
  });
});

function manifestGraph(): Map<string, string[]> {
  return new Map(
    packages.map(({ manifest }) => [
      manifest.name,
      Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter((name) => name.startsWith(SCOPE)),
    ]),
  );
}

/** Files and what they import of the house, entry points of packages included. */
function fileGraph(): Map<string, string[]> {
  const graph = new Map<string, string[]>(sources.map((file) => [file, []]));
  for (const imported of imports) graph.get(imported.from)?.push(...targetOf(imported));
  return graph;
}

function targetOf(imported: Import): string[] {
  if (imported.specifier.startsWith(".")) return [resolveRelative(imported)];
  const name = packageOf(imported.specifier);
  const to = packages.find(({ manifest }) => manifest.name === name);
  return to ? [`${to.folder}/src/index.ts`] : [];
}

/** A made-up house, so that each rule is seen to break. */
const made = (folder: string, manifest: Omit<Manifest, "name"> = {}): Package => {
  const name = folder.slice(folder.indexOf("/") + 1);
  return { name, folder, manifest: { name: `${SCOPE}${name}`, ...manifest } };
};
const needs = (...names: string[]) => ({ dependencies: Object.fromEntries(names.map((name) => [SCOPE + name, "*"])) });
const one = (from: string, specifier: string, ...names: string[]): Import[] => [{ from, specifier, names }];

describe("each rule can break", () => {
  const ledger = made("packages/ledger", { dependencies: { kysely: "1" }, devDependencies: { "fast-check": "1" } });
  const rooms = new House([
    made("packages/inference"),
    ledger,
    made("packages/routing"),
    made("packages/relay"),
    made("apps/gateway"),
    made("apps/edge"),
  ]);
  const shared = { name: "root", devDependencies: { vitest: "5" } };

  test.each<[string, Package, Package, string[]]>([
    ["up", made("packages/inference", needs("ledger")), ledger, ["packages/inference", "packages/ledger"]],
    ["sideways", made("packages/ticket", needs("ledger")), ledger, ["packages/ticket", "packages/ledger"]],
    ["tower to tower", made("apps/edge", needs("gateway")), made("apps/gateway"), ["apps/edge", "apps/gateway"]],
    ["package to tower", made("packages/relay", needs("codegen")), made("packages/codegen"), ["relay", "codegen"]],
    ["down", made("packages/relay", needs("ledger")), ledger, []],
  ])("a dependency %s", (_name, from, to, want) => {
    const found = new House([from, to]).upwardManifests();
    expect(found).toHaveLength(want.length > 0 ? 1 : 0);
    for (const word of want) expect(found[0]).toContain(word);
  });

  test("a package without a floor", () => {
    expect(new House([made("packages/misc")]).homeless()).toEqual(["packages/misc"]);
    expect(floorOf({ name: "ledger", folder: "packages/ledger" })).toBe(1);
  });

  test.each<[string, string[], boolean]>([
    ["up", rooms.upwardImports(one("packages/ledger/src/a.ts", "@interchange/relay")), true],
    ["sideways", rooms.upwardImports(one("packages/ledger/src/a.ts", "@interchange/routing")), true],
    ["app to app", rooms.upwardImports(one("apps/gateway/src/a.ts", "@interchange/edge/x.ts")), true],
    ["app to app in a test", rooms.upwardImports(one("apps/gateway/test/a.ts", "@interchange/edge")), false],
    ["down", rooms.upwardImports(one("packages/relay/src/a.ts", "@interchange/ledger")), false],
    ["round the manifest", rooms.straying(one("packages/relay/src/a.ts", "../../ledger/src/b.ts")), true],
    ["inside", rooms.straying(one("packages/relay/test/a.ts", "../src/b.ts")), false],
    ["undeclared", rooms.undeclared(one("packages/ledger/src/a.ts", "pg"), shared), true],
    ["declared", rooms.undeclared(one("packages/ledger/src/a.ts", "kysely/helpers"), shared), false],
    ["for tests only", rooms.undeclared(one("packages/ledger/src/a.ts", "fast-check"), shared), true],
    ["in a test", rooms.undeclared(one("packages/ledger/test/a.ts", "fast-check"), shared), false],
    ["the root's in a test", rooms.undeclared(one("packages/ledger/test/a.ts", "vitest"), shared), false],
    ["the root's in production", rooms.undeclared(one("packages/ledger/src/a.ts", "vitest"), shared), true],
    ["anything in inference", rooms.sighted(one("packages/inference/src/a.ts", "node:crypto")), true],
    ["HTTP in the ledger", rooms.sighted(one("packages/ledger/src/a.ts", "node:http")), true],
    ["SQL in the ledger", rooms.sighted(one("packages/ledger/src/a.ts", "node:sqlite")), false],
    ["a prompt", rooms.prompts(one("packages/routing/src/a.ts", "@interchange/inference", "Message"), words), true],
    ["all of inference", rooms.prompts(one("packages/routing/src/a.ts", "@interchange/inference"), words), true],
    ["usage", rooms.prompts(one("packages/routing/src/a.ts", "@interchange/inference", "Usage"), words), false],
  ])("an import: %s", (_name, found, breaks) => expect(found).toHaveLength(breaks ? 1 : 0));

  test.each<[string, string, Import[], string[]]>([
    ["imported", "kysely", one("packages/ledger/src/a.ts", "kysely"), []],
    ["imported by a path of its own", "kysely", one("packages/ledger/src/a.ts", "kysely/helpers"), []],
    ["never imported", "kysely", [], ["packages/ledger depends on kysely, which its src never imports"]],
    ["imported in a test only", "kysely", one("packages/ledger/test/a.ts", "kysely"), ["packages/ledger"]],
    ["imported by another package", "kysely", one("packages/relay/src/a.ts", "kysely"), ["packages/ledger"]],
    ["with a longer name imported", "kysely", one("packages/ledger/src/a.ts", "kysely-codegen"), ["packages/ledger"]],
    ["run and not imported", "@redocly/cli", [], []],
  ])("a dependency %s", (_name, dependency, imported, want) => {
    const found = new House([made("packages/ledger", { dependencies: { [dependency]: "1" } })]).idle(imported);
    expect(found).toEqual(want.map((words) => expect.stringContaining(words)));
  });

  test.each<[string, [string, string[]][], string[] | undefined]>([
    [
      "none",
      [
        ["a", ["b", "c"]],
        ["b", ["c"]],
        ["c", []],
      ],
      undefined,
    ],
    ["of one", [["a", ["a"]]], ["a", "a"]],
    [
      "of two, behind a lead-in",
      [
        ["a", ["b"]],
        ["b", ["c"]],
        ["c", ["b"]],
      ],
      ["b", "c", "b"],
    ],
  ])("a circle: %s", (_name, edges, want) => expect(circleOf(new Map(edges))).toEqual(want));
});
