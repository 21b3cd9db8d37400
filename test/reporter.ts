/** Ends a test run with one plain line: `N passed, N failed`, and `, N skipped` when any were. */
import type { SerializedError } from "vitest";
import type { Reporter, TestModule, TestRunEndReason } from "vitest/node";

/** How many tests ended in which way. */
export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Counts what a run came to. Whatever broke outside a test counts as one failure: a file that does not load, a hook
 * that throws round a whole suite, an error that nobody caught. Without this a file that fails to load would read as
 * nothing wrong.
 */
export function countOf(modules: readonly TestModule[], strayErrors: number): Count {
  const count: Count = { passed: 0, failed: strayErrors, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) count.failed += 1;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed += 1;
    for (const test of module.children.allTests()) count[wordOf(test.result().state)] += 1;
  }
  return count;
}

/** A test that never got to run (`pending`: the run was cut short) has not passed. */
function wordOf(state: "passed" | "failed" | "skipped" | "pending"): keyof Count {
  return state === "pending" ? "failed" : state;
}

export function lineOf({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Written at exit, so that no other reporter and no late log line comes after it. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const count = countOf(modules, errors.length);
    if (reason !== "passed" && count.failed === 0) count.failed = 1;
    process.once("exit", () => {
      if (count.failed > 0 && !process.exitCode) process.exitCode = 1;
      process.stdout.write(`${lineOf(count)}\n`);
    });
  }
}
