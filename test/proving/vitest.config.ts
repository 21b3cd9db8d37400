/** A run of its own, of tests that prove cases, and fail to: see `reporter.test.ts`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: { include: ["*.case.ts"], reporters: [["../reporter.ts", { cases: "cases.yaml" }]] },
});
