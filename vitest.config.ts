import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** One run over every package; sources are resolved without a build. */
export default defineConfig({
  resolve: { conditions: ["@interchange/source"] },
  ssr: { resolve: { conditions: ["@interchange/source"], externalConditions: ["@interchange/source"] } },
  test: {
    include: [
      "test/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "apps/*/test/**/*.test.ts",
      "bench/test/**/*.test.ts",
      "packages/*/src/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    reporters: ["default", ["./test/reporter.ts", { cases: "test/conformance.yaml" }]],
    // Each worker loads the gateway and compiles the contract once, not once for each file.
    isolate: false,
    // One more than there are cores, since many tests wait for a clock or for a process of their own.
    maxWorkers: Math.min(availableParallelism() + 1, 8),
    // What takes a second here may take many on a machine that has other things to do.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
    // Where others share the machine a test may lose its turn once; one that fails twice has failed.
    retry: process.env["CI"] === undefined ? 0 : 1,
  },
});
