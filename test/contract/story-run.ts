/** The stories of spec/workflows as they went: a run of `redocly respect` against a gateway, step by step. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ROOT } from "../workspace.ts";
import { type Outcome, runNode } from "./spec-copy.ts";
import { ASKED, type Asked, FOLDER, nameOfStep, STORIES, serversAt } from "./story.ts";

/** One request of a story. A step that is tried again stands once, as it went the last time. */
export interface Step extends Asked {
  readonly file: string;
  readonly name: string;
  readonly status: number | undefined;
  readonly contentType: string;
  readonly body: unknown;
  /** What was not as it should be, in Redocly's words. */
  readonly faults: readonly string[];
}

export interface StoryRun extends Outcome {
  readonly steps: readonly Step[];
}

/** As far as it is read here. */
interface Report {
  readonly files: Readonly<
    Record<string, { readonly executedWorkflows: readonly { readonly executedSteps: readonly Told[] }[] }>
  >;
}

interface Told {
  readonly stepId: string;
  readonly workflowId: string;
  readonly response?: {
    readonly statusCode: number;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly checks: readonly { readonly name: string; readonly passed: boolean; readonly message: string }[];
}

/** Runs every story, one after another in one process, against the gateway at a URL. */
export async function runStories(url: string, inputs: Readonly<Record<string, string>>): Promise<StoryRun> {
  const folder = mkdtempSync(join(tmpdir(), "interchange-stories-"));
  const report = join(folder, "report.json");
  try {
    const outcome = await runNode(
      "node_modules/@redocly/cli/bin/cli.js",
      "respect",
      ...STORIES.map((file) => join(ROOT, FOLDER, file)),
      ...Object.entries(inputs).flatMap(([name, value]) => ["--input", `${name}=${value}`]),
      ...serversAt(url).flatMap((server) => ["--server", server]),
      // The schema of a stream is that of one event, so that Redocly, who holds the whole text against it, may only warn.
      ...["--severity", "SCHEMA_CHECK=warn", "--json-output", report],
    );
    return { ...outcome, steps: stepsIn(JSON.parse(readFileSync(report, "utf8")) as Report) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function stepsIn({ files }: Report): Step[] {
  const steps = Object.entries(files).flatMap(([path, { executedWorkflows }]) =>
    executedWorkflows.flatMap(({ executedSteps }) => executedSteps.map((told) => stepOf(basename(path), told))),
  );
  return [...new Map(steps.map((step) => [step.name, step])).values()];
}

function stepOf(file: string, { workflowId, stepId, response, checks }: Told): Step {
  const name = nameOfStep(file, workflowId, stepId);
  const contentType = response?.headers?.["content-type"] ?? "";
  const isStream = contentType.startsWith("text/event-stream");
  const failed = checks.filter((check) => !check.passed && !(isStream && check.name === "schema check"));
  return {
    ...(ASKED.get(name) ?? { document: "", operation: "", wanted: undefined }),
    file,
    name,
    status: response?.statusCode,
    contentType,
    body: response?.body,
    faults: failed.map((check) => `${check.name}: ${check.message.trim()}`),
  };
}

/** Whoever reads it knows which step failed, what it asked for, what came back and what was wanted. */
export function failureOf({ name, document, operation, status, body, faults }: Step): string {
  const answer = (typeof body === "string" ? body : (JSON.stringify(body) ?? "")).slice(0, 600);
  const head = `${name}: ${document} ${operation} was answered with ${status ?? "nothing"}: ${answer}`;
  return [head, ...faults.map((fault) => `  ${fault}`)].join("\n");
}
