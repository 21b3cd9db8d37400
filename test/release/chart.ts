/** The chart as Helm renders it: values laid over the defaults and proved, every template written. */
import { createHash } from "node:crypto";
import { Ajv } from "ajv";
import { parse, stringify } from "yaml";
import { readNames, readText } from "../workspace.ts";
import { isTrue, type TemplateFunction, Templates } from "./go-template.ts";

export const CHART = "deploy/chart";

export type Values = Readonly<Record<string, unknown>>;

export interface Release {
  readonly name: string;
  readonly namespace: string;
}

export const RELEASE: Release = { name: "demo", namespace: "market" };

/** Value files that the chart brings for trying it, by name. */
export const EXAMPLES = readNames(`${CHART}/ci`).map((file) => file.replace(/-values\.yaml$/, ""));

export function exampleValues(name: string): Values {
  return parse(readText(`${CHART}/ci/${name}-values.yaml`)) as Values;
}

/** The chart's own with these laid over them, as Helm does it: maps are merged, everything else is replaced. */
export function valuesWith(over: Values): Values {
  return merged(parse(readText(`${CHART}/values.yaml`)) as Values, over) as Values;
}

function merged(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over;
  const shared = Object.entries(over).map(([key, value]) => [key, key in base ? merged(base[key], value) : value]);
  return { ...base, ...Object.fromEntries(shared) };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
const accepts = ajv.compile(JSON.parse(readText(`${CHART}/values.schema.json`)) as object);

/** What Helm would say against the values before it renders anything. */
export function valueProblems(over: Values): string[] {
  if (accepts(valuesWith(over))) return [];
  return (accepts.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Every template's text by its file. */
export function renderChart(over: Values, release: Release = RELEASE): Readonly<Record<string, string>> {
  const chart = parse(readText(`${CHART}/Chart.yaml`)) as Readonly<Record<string, string>>;
  const dot = {
    Values: valuesWith(over),
    Chart: { Name: chart["name"], Version: chart["version"], AppVersion: chart["appVersion"] },
    Release: { Name: release.name, Namespace: release.namespace, Service: "Helm" },
  };
  const templates = new Templates({ functions: FUNCTIONS });
  const files = readNames(`${CHART}/templates`).map(
    (file) => [file, templates.read(readText(`${CHART}/templates/${file}`))] as const,
  );
  const written = files.filter(([file]) => !file.startsWith("_"));
  return Object.fromEntries(written.map(([file, nodes]) => [file, templates.write(nodes, dot)]));
}

/** The manifests of the chart, as the cluster is given them. */
export function manifestsOf(over: Values): Readonly<Record<string, Manifest>> {
  const texts = Object.entries(renderChart(over)).filter(
    ([file, text]) => file.endsWith(".yaml") && text.trim() !== "",
  );
  return Object.fromEntries(texts.map(([file, text]) => [file, parse(text, { version: "1.1" }) as Manifest]));
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** What the chart uses of Go's own functions and of Sprig's, the last argument being the one that is piped. */
const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: (...all: unknown[]) => all.find((each) => !isTrue(each)) ?? all.at(-1),
  contains: (part: string, whole: string) => whole.includes(part),
  default: (otherwise: unknown, value: unknown) => (isTrue(value) ? value : otherwise),
  eq: (a: unknown, b: unknown) => a === b,
  nindent: (width: number, text: string) => `\n${indented(width, text)}`,
  not: (value: unknown) => !isTrue(value),
  or: (...all: unknown[]) => all.find(isTrue) ?? all.at(-1),
  printf: (format: string, ...values: unknown[]) =>
    values.reduce<string>((text, each) => text.replace("%s", String(each)), format),
  quote: (value: unknown) => JSON.stringify(String(value)),
  replace: (from: string, to: string, text: string) => text.replaceAll(from, to),
  sha256sum: (text: string) => createHash("sha256").update(text).digest("hex"),
  toYaml: (value: unknown) =>
    stringify(value, { version: "1.1", sortMapEntries: true, indentSeq: false, lineWidth: 0 }).trimEnd(),
  trimSuffix: (suffix: string, text: string) => (text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
  trunc: (length: number, text: string) => text.slice(0, length),
};

function indented(width: number, text: string): string {
  const blanks = " ".repeat(width);
  return blanks + text.replaceAll("\n", `\n${blanks}`);
}
