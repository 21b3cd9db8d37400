/**
 * Ends a test run with one plain line: `N passed, N failed`, and `, N skipped` when any were. Given a list of cases, it
 * says in the line before how many of them the run has proved.
 */
import { resolve } from "node:path";
import type { SerializedError } from "vitest";
import type { Reporter, TestModule, TestRunEndReason, TestSpecification, Vitest } from "vitest/node";
import * as conformance from "./conformance.ts";

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

export interface Options {
  /** The file of the cases, from the root of the run. */
  readonly cases?: string;
}

/** Written at exit, so that no other reporter and no late log line comes after it. */
export default class CountReporter implements Reporter {
  readonly #cases: string | undefined;
  #vitest: Vitest | undefined;
  /** Whether every test was asked to run. */
  #isWhole = false;

  constructor({ cases }: Options = {}) {
    this.#cases = cases;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunStart(asked: readonly TestSpecification[]): Promise<void> {
    const all = await this.#vitest?.globTestSpecifications();
    this.#isWhole = asked.length === all?.length && this.#vitest?.config.testNamePattern === undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const count = countOf(modules, errors.length);
    const lines = this.#conformance(modules, count);
    if (reason !== "passed" && count.failed === 0) count.failed = 1;
    process.once("exit", () => {
      if (count.failed > 0 && !process.exitCode) process.exitCode = 1;
      process.stdout.write(`${[...lines, lineOf(count)].join("\n")}\n`);
    });
  }

  /** Fewer cases than were committed are one more failure. A part of the tests may prove as few as it likes. */
  #conformance(modules: readonly TestModule[], count: Count): readonly string[] {
    if (this.#cases === undefined || !this.#isWhole) return [];
    const commitment = conformance.readCommitment(resolve(this.#vitest?.config.root ?? "", this.#cases));
    const proved = conformance.provedIn(modules, commitment);
    const line = conformance.lineOf(proved, commitment);
    if (proved.length >= commitment.proved) return [line];
    count.failed += 1;
    return [`${commitment.proved} cases must be proved.`, line];
  }
}
