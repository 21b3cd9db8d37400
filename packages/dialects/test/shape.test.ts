/** The same files in every dialect, so that whoever knows one finds the way in another. */
import { readdirSync } from "node:fs";
import { FEATURES } from "@interchange/inference";
import { expect, test } from "vitest";
import { type Dialect, dialects } from "../src/index.ts";

const SRC = new URL("../src/", import.meta.url);

function filesOf(name: string): readonly string[] {
  return readdirSync(new URL(name, SRC)).sort();
}

test("every folder is a dialect under its own name, and every dialect a folder", () => {
  const folders = readdirSync(SRC, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  expect(folders.sort()).toEqual(Object.keys(dialects).sort());
  for (const [name, dialect] of Object.entries(dialects)) expect(dialect.name).toBe(name);
});

test.each(Object.keys(dialects))("%s has the same files as the others", (name) => {
  expect(filesOf(name)).toEqual(filesOf("messages"));
});

test.each(Object.entries<Dialect<never>>(dialects))("%s carries features that there are", (_name, { supplier }) => {
  expect(FEATURES).toEqual(expect.arrayContaining([...supplier.carries]));
});
