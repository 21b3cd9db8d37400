/** A run of its own, of files that go wrong on purpose: see `reporter.test.ts`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: { include: ["*.case.ts"], reporters: ["../reporter.ts"] },
});
