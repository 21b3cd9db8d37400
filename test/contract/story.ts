/** A story of spec/workflows as it is written: which operation of which document each of its steps asks for. */
import { parse } from "yaml";
import { readNames, readText } from "../workspace.ts";
import { nameOf, type OperationRow } from "./operation-row.ts";

export const FOLDER = "spec/workflows";

export const STORIES = readNames(FOLDER).filter((name) => name.endsWith(".arazzo.yaml"));

/** A source whose name ends so is the same document, asked in one leg. */
const INLINE = "-inline";

interface Story {
  readonly sourceDescriptions: readonly { readonly name: string; readonly url: string }[];
  readonly workflows: readonly {
    readonly workflowId: string;
    readonly steps: readonly WrittenStep[];
  }[];
}

interface WrittenStep {
  readonly stepId: string;
  readonly operationId: string;
  readonly successCriteria?: readonly { readonly condition: string }[];
}

export interface Asked {
  readonly document: string;
  readonly operation: string;
  /** The status that the answer has to have; none where the step does not say. */
  readonly wanted: number | undefined;
}

const stories = new Map(STORIES.map((file) => [file, parse(readText(`${FOLDER}/${file}`)) as Story]));

/** The documents that stories speak of, by the names that they give them. */
const documents = new Map(
  [...stories.values()]
    .flatMap(({ sourceDescriptions }) => sourceDescriptions)
    .map(({ name, url }) => [name, url.split("/").at(-2) ?? ""]),
);

export function nameOfStep(file: string, workflow: string, step: string): string {
  return `${file} ${workflow} ${step}`;
}

/** Every step that is written, by its name. */
export const ASKED: ReadonlyMap<string, Asked> = new Map(
  [...stories].flatMap(([file, { workflows }]) =>
    workflows.flatMap(({ workflowId, steps }) =>
      steps.map((step) => [nameOfStep(file, workflowId, step.stepId), askedBy(step)] as const),
    ),
  ),
);

function askedBy({ operationId, successCriteria = [] }: WrittenStep): Asked {
  const [, source = "", operation = ""] = /^\$sourceDescriptions\.(.+)\.(\w+)$/.exec(operationId) ?? [];
  const statuses = successCriteria.flatMap(({ condition }) => /^\$statusCode == (\d{3})$/.exec(condition)?.[1] ?? []);
  return {
    document: documents.get(source) ?? source,
    operation,
    wanted: statuses[0] === undefined ? undefined : Number(statuses[0]),
  };
}

/** A sentence for each operation that no step asks for with success. */
export function uncovered(rows: readonly OperationRow[], steps: Iterable<Asked>): string[] {
  const successful = [...steps].filter(({ wanted = 0 }) => wanted >= 200 && wanted < 300);
  const covered = new Set(successful.map(({ document, operation }) => `${document} ${operation}`));
  const why = `has no contract test: no step of ${FOLDER} asks for it with success. Add one to a story there.`;
  return rows.filter(({ document, id }) => !covered.has(`${document} ${id}`)).map((row) => `${nameOf(row)} ${why}`);
}

/** Where each source is found on a gateway. */
export function serversAt(url: string): string[] {
  return [...documents.keys()].map((name) => `${name}=${url}${name.endsWith(INLINE) ? "/inline" : ""}`);
}
