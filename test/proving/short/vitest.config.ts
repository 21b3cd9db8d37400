/** A run that proves fewer cases than it must, though every test of it passes: see `reporter.test.ts`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: { include: ["*.case.ts"], reporters: [["../../reporter.ts", { cases: "cases.yaml" }]] },
});
