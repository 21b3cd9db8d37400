import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
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
    // What node has compiled of the sources once, so that the ledger's threads need not do it again, each alone.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url)) },
    // Each worker loads the gateway and compiles the contract once, not once for each file.
    isolate: false,
    // Two more than there are cores, since many tests wait for a clock or for a process of their own.
    maxWorkers: Math.min(availableParallelism() + 2, 8),
    // What takes a second here may take many on a machine that has other things to do.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    // Where others share the machine a test may lose its turn once; one that fails twice has failed.
    retry: process.env["CI"] === undefined ? 0 : 1,
  },
});
