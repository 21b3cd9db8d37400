/** Goal: what would break for whoever installs a package keeps it from being published. Method: manifests and lists of files, with what is said of them. */
import { describe, expect, test } from "vitest";
import { problemsOf } from "../../deploy/release/problems.ts";
import type { Manifest } from "../../deploy/release/tarball.ts";

const SOUND: Manifest = {
  name: "@interchange/client",
  version: "1.2.3",
  license: "Apache-2.0",
  description: "A client.",
  engines: { node: ">=20" },
  exports: { ".": { "@interchange/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" } },
  dependencies: { "openapi-fetch": "0.17.0" },
};
const FILES = ["LICENSE", "README.md", "dist/index.d.ts", "dist/index.js", "package.json"];
const PUBLISHED = new Set(["@interchange/client", "@interchange/cli"]);

const said = (manifest: Partial<Manifest>, files: readonly string[] = FILES) =>
  problemsOf({ manifest: { ...SOUND, ...manifest }, files }, PUBLISHED);

test("a sound package goes out", () => expect(said({})).toEqual([]));

describe("what keeps a package from going out", () => {
  const WRONG: readonly (readonly [string, Partial<Manifest>, readonly string[], string])[] = [
    ["private", { private: true }, FILES, "is private"],
    ["no licence", { license: undefined as never }, FILES, "package.json does not say its license"],
    [
      "the workspace",
      { dependencies: { zod: "workspace:*" } },
      FILES,
      "depends on zod as workspace:*, which means nothing elsewhere",
    ],
    [
      "the catalogue",
      { peerDependencies: { ajv: "catalog:" } },
      FILES,
      "depends on ajv as catalog:, which means nothing elsewhere",
    ],
    [
      "a package that stays here",
      { dependencies: { "@interchange/contract": "1.2.3" } },
      FILES,
      "depends on @interchange/contract, which is not published",
    ],
    ["no README", {}, FILES.filter((file) => file !== "README.md"), "has no README.md"],
    ["a test", {}, [...FILES, "test/a.test.ts"], "carries test/a.test.ts, which is for us alone"],
    [
      "a missing target",
      {},
      FILES.filter((file) => file !== "dist/index.js"),
      "points at dist/index.js, which is not in it",
    ],
    [
      "a missing command",
      { bin: { interchange: "bin/interchange.js" } },
      FILES,
      "points at bin/interchange.js, which is not in it",
    ],
  ];
  test.each(WRONG)("%s", (_, manifest, files, problem) => {
    expect(said(manifest, files)).toEqual([`@interchange/client: ${problem}`]);
  });
});

test("what goes out together may depend on one another", () => {
  expect(said({ name: "@interchange/cli", dependencies: { "@interchange/client": "1.2.3" } })).toEqual([]);
});
