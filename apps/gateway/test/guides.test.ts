/** Goal: a row copied from the guide to suppliers is a row that the gateway takes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "@interchange/config";
import { afterAll, describe, expect, test } from "vitest";

const GUIDE = readFileSync(new URL("../../docs/guides/suppliers.md", import.meta.url), "utf8");
const ROWS = [...GUIDE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ""]) => ({
  yaml: yaml.startsWith("suppliers:") ? yaml : `suppliers:\n${yaml}`,
  name: /name: ([\w-]+)/.exec(yaml)?.[1] ?? "",
}));

const folder = mkdtempSync(join(tmpdir(), "interchange-guides-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the guide to suppliers", () => {
  test("has rows of its own beside those of the example, which its page is given when it is made", () => {
    expect(ROWS.map(({ name }) => name)).toEqual(["house", "mistral"]);
  });

  test.each(ROWS)("$name is a row", ({ yaml, name }) => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, yaml);
    const reading = readConfig({ env: { INTERCHANGE_CONFIG: file, MISTRAL_API_KEY: "b" }, cwd: folder });
    if (reading.kind !== "config") return expect(reading).toMatchObject({ kind: "config" });
    const [row] = reading.config.suppliers;
    expect(row).toMatchObject({ name, quirks: expect.any(Object) });
    expect(row?.offers.length).toBeGreaterThan(0);
  });
});
