/** Goal: the changelog says what is not released and what was, in the words of the changesets. */
import { describe, expect, test } from "vitest";
import { readChange, readChangelog, releasesIn, unreleasedOf } from "../src/changelog.ts";

describe("the changelog", () => {
  test("reads a change with its packages and the largest of their bumps", () => {
    const text = '---\n"@interchange/client": patch\n"@interchange/cli": major\n---\n\nIt is so.\n\nAnd so.\n';
    expect(readChange("a.md", text)).toEqual({
      packages: ["client", "cli"],
      bump: "major",
      text: "It is so.\n\nAnd so.",
    });
  });
  test.each(["It is so.", "---\n---\nIt is so.", '---\n"@interchange/client": huge\n---\nIt.'])(
    "refuses a change without a package, by its file: %j",
    (text) => expect(() => readChange("a.md", text)).toThrow("a.md: "),
  );
  test("puts what is not released under what it asks of a user", () => {
    const change = (bump: "major" | "patch", text: string) => ({ packages: ["client"], bump, text });
    expect(unreleasedOf([change("patch", "One.\nTwo."), change("major", "Three.")])).toBe(
      "## Unreleased\n\n### Your code must change\n\n- **client**: Three.\n\n### Mended\n\n- **client**: One.\n  Two.",
    );
    expect(unreleasedOf([])).toBe("## Unreleased\n\nNothing.");
  });
  test("lists the releases of a package by its name", () => {
    const text = "# @interchange/client\n\n## 0.2.0\n\n### Minor Changes\n\n- b\n\n## 0.1.0\n\n- a\n";
    expect(releasesIn(text)).toEqual(["## client 0.2.0\n\n### Minor Changes\n\n- b", "## client 0.1.0\n\n- a"]);
  });
  test("has every changeset that there is", async () => {
    expect(await readChangelog()).toMatch(/^## Unreleased\n\n(?:Nothing\.|###)/);
  });
});
