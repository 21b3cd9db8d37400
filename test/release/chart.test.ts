/** Goal: what the chart renders is what a cluster takes, and every name in it leads somewhere. Method: Helm's own, over the chart's examples. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS, readConfig } from "@interchange/config";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { ROOT, readText } from "../workspace.ts";
import {
  CHART,
  EXAMPLES,
  exampleValues,
  type Manifest,
  manifestsOf,
  RELEASE,
  renderChart,
  type Values,
  valueProblems,
  valuesWith,
} from "./chart.ts";
import { schemaProblems, typeProblems } from "./kubernetes.ts";

const HAS_HELM = spawnSync("helm", ["version"]).status === 0;
const SINGLE = exampleValues("single");
const SHARED = exampleValues("shared");

interface Pod {
  readonly spec: {
    readonly serviceAccountName: string;
    readonly terminationGracePeriodSeconds: number;
    readonly initContainers?: readonly Container[];
    readonly containers: readonly Container[];
    readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
  };
  readonly metadata: { readonly labels: Labels };
}
interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly { readonly secretRef: { readonly name: string } }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}
type Labels = Readonly<Record<string, string>>;
interface Workload extends Manifest {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Labels };
    readonly template: Pod;
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

function workloadOf(values: Values): Workload {
  const found = Object.values(manifestsOf(values)).find(({ kind }) => kind === "StatefulSet" || kind === "Deployment");
  if (found === undefined) throw new Error("the chart runs nothing");
  return found as Workload;
}

function ofKind<T>(values: Values, kind: string): T {
  const found = Object.values(manifestsOf(values)).find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`the chart has no ${kind}`);
  return found as T;
}

test("there are examples of each way to run it", () => {
  expect(EXAMPLES).toEqual(["first", "shared", "single"]);
  const modes = EXAMPLES.map((name) => valuesWith(exampleValues(name))["mode"]);
  expect(modes).toEqual(["single", "shared", "single"]);
});

describe.each(EXAMPLES)("with the values of %s", (name) => {
  const values = exampleValues(name);
  const manifests = Object.values(manifestsOf(values));
  const workload = workloadOf(values);
  const { template } = workload.spec;
  const [gateway] = template.spec.containers as [Container];

  test("the values are valid", () => expect(valueProblems(values)).toEqual([]));

  test.each(manifests.map((manifest) => [manifest.kind, manifest] as const))(
    "%s is what Kubernetes takes",
    (_, manifest) => {
      expect(schemaProblems(manifest)).toEqual([]);
    },
  );

  test("no property is one that Kubernetes does not know", () => expect(typeProblems(manifests)).toEqual([]));

  test("the configuration is one that the gateway starts with", () => {
    const folder = mkdtempSync(join(tmpdir(), "interchange-chart-"));
    const file = join(folder, "interchange.config.yaml");
    const map = ofKind<{ data: Labels }>(values, "ConfigMap");
    writeFileSync(file, map.data["interchange.config.yaml"] ?? "");
    const secrets = { OPENAI_API_KEY: "x", ANTHROPIC_API_KEY: "x" };
    const reading = readConfig({ env: { ...secrets, INTERCHANGE_CONFIG: file }, cwd: folder });
    rmSync(folder, { recursive: true });
    expect(reading).toMatchObject({ kind: "config" });
  });

  test("whoever selects the pods finds them", () => {
    const service = ofKind<{ spec: { selector: Labels } }>(values, "Service").spec.selector;
    expect(workload.spec.selector.matchLabels).toEqual(service);
    expect(template.metadata.labels).toMatchObject(service);
  });

  test("what is mounted is a volume, and what a volume names is in the chart or the user's", () => {
    const claims = (workload.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
    const volumes = [...template.spec.volumes.map((volume) => volume.name), ...claims];
    const containers = [...(template.spec.initContainers ?? []), ...template.spec.containers];
    const mounted = containers.flatMap((each) => each.volumeMounts.map((mount) => mount.name));
    expect(new Set(mounted)).toEqual(new Set(volumes));
    const map = ofKind<Manifest>(values, "ConfigMap").metadata.name;
    expect(template.spec.volumes.flatMap(({ configMap }) => configMap?.name ?? [])).toEqual([map]);
  });

  test("the paths that the gateway is told are those that are mounted", () => {
    const told = Object.fromEntries((gateway.env ?? []).map((each) => [each.name, each.value]));
    const mounts = gateway.volumeMounts.map(({ mountPath }) => mountPath);
    expect(mounts).toEqual(["/etc/interchange", "/var/lib/interchange"]);
    expect(told["INTERCHANGE_DATA_DIR"]).toBe("/var/lib/interchange");
    expect(told["INTERCHANGE_CONFIG"]).toBe("/etc/interchange/interchange.config.yaml");
  });

  test("the pod is given as long to end as the gateway may take", () => {
    const { preStopSeconds } = valuesWith(values) as { preStopSeconds: number };
    const { config } = valuesWith(values) as { config: { limits?: { drainMs?: number } } };
    const drainMs = config.limits?.drainMs ?? DEFAULT_LIMITS.drainMs;
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStopSeconds + (3 * drainMs) / 1_000);
  });
});

test("helm lints every example, and renders the same", ({ skip }) => {
  if (!HAS_HELM)
    skip("there is no helm on this machine, so the chart was rendered by this test's own reader of templates alone");
  const sorted = (all: readonly Manifest[]) => all.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
  for (const name of EXAMPLES) {
    const options = ["-f", `${CHART}/ci/${name}-values.yaml`];
    const lint = spawnSync("helm", ["lint", "--strict", CHART, ...options], { cwd: ROOT, encoding: "utf8" });
    expect([name, lint.status, lint.stderr]).toEqual([name, 0, ""]);
    const args = ["template", RELEASE.name, CHART, "-n", RELEASE.namespace, ...options];
    const made = execFileSync("helm", args, { cwd: ROOT, encoding: "utf8" });
    const theirs = parseAllDocuments(made, { version: "1.1" }).map((document) => document.toJS() as Manifest);
    expect(sorted(theirs)).toEqual(sorted(Object.values(manifestsOf(exampleValues(name)))));
  }
});

describe("single mode", () => {
  test("is one pod that keeps its volume", () => {
    const { kind, spec } = workloadOf(SINGLE);
    expect([kind, spec.replicas, spec.volumeClaimTemplates?.length]).toEqual(["StatefulSet", 1, 1]);
  });

  test("has no disruption budget, which would only be in the way", () => {
    const kinds = Object.values(manifestsOf(SINGLE)).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(["ConfigMap", "Service", "ServiceAccount", "StatefulSet"]);
  });

  test("says in the end where its keys and its books are", () => {
    const notes = renderChart(SINGLE)["NOTES.txt"];
    expect(notes).toContain("kubectl -n market exec demo-interchange-0 -- cat /var/lib/interchange/keys.json");
    expect(notes).toContain("volume data-demo-interchange-0");
  });
});

describe("shared mode", () => {
  test("is as many pods as are wanted, unless load decides", () => {
    const fixed = { ...SHARED, autoscaling: { enabled: false }, replicaCount: 4 };
    expect([workloadOf(fixed).kind, workloadOf(fixed).spec.replicas]).toEqual(["Deployment", 4]);
    expect(workloadOf(SHARED).spec).not.toHaveProperty("replicas");
    const scaler = ofKind<{ spec: { scaleTargetRef: { name: string } } }>(SHARED, "HorizontalPodAutoscaler");
    expect(scaler.spec.scaleTargetRef.name).toBe(workloadOf(SHARED).metadata.name);
  });

  test("gives each pod the keys that all have in common before it starts", () => {
    const [keys] = workloadOf(SHARED).spec.template.spec.initContainers ?? [];
    expect(keys?.volumeMounts.map(({ name }) => name)).toEqual(["keys", "data"]);
  });

  test("has the credentials in a Secret, and the configuration none of them", () => {
    const secret = ofKind<Manifest & { stringData: Labels }>(SHARED, "Secret");
    expect(secret.stringData).toEqual({ OPENAI_API_KEY: 'sk-"quoted"' });
    const [gateway] = workloadOf(SHARED).spec.template.spec.containers;
    const from = gateway?.envFrom?.map(({ secretRef }) => secretRef.name);
    expect(from).toEqual([secret.metadata.name, "interchange-suppliers"]);
    expect(JSON.stringify(ofKind(SHARED, "ConfigMap"))).not.toContain("quoted");
  });
});

describe("values that are refused before anything is rendered", () => {
  const WRONG: readonly (readonly [string, Values, RegExp])[] = [
    ["no supplier", {}, /\/config must have required property 'suppliers'/],
    ["an empty list of suppliers", { config: { suppliers: [] } }, /\/config\/suppliers must NOT have fewer than 1/],
    ["several pods without a database", { ...SHARED, database: {} }, /\/database\/existingSecret must NOT have fewer/],
    ["several pods without common keys", { ...SHARED, keys: {} }, /\/keys\/existingSecret must NOT have fewer/],
    ["a mode that there is not", { ...SINGLE, mode: "many" }, /\/mode must be equal to one of the allowed values/],
    ["a word that nobody reads", { ...SINGLE, replicas: 3 }, /must NOT have additional properties/],
    ["an ingress for no host", { ...SINGLE, ingress: { enabled: true } }, /\/ingress\/hosts must NOT have fewer/],
    [
      "a credential without a name",
      { ...SINGLE, credentials: { values: { "a-b": "x" } } },
      /property name must be valid/,
    ],
  ];
  test.each(WRONG)("%s", (_, values, problem) => expect(valueProblems(values).join("\n")).toMatch(problem));
});

describe("whoever judges the manifests", () => {
  const broken = (change: (pod: Record<string, unknown>) => void): Manifest => {
    const workload = structuredClone(workloadOf(SINGLE));
    change(workload.spec.template.spec as unknown as Record<string, unknown>);
    return workload;
  };

  test("sees a value of the wrong type, and a property that is missing", () => {
    expect(schemaProblems(broken((pod) => Object.assign(pod, { terminationGracePeriodSeconds: "long" })))).not.toEqual(
      [],
    );
    expect(schemaProblems(broken((pod) => Object.assign(pod, { containers: undefined })))).not.toEqual([]);
  });

  test("sees a property that is misspelt", () => {
    const [problem] = typeProblems([broken((pod) => Object.assign(pod, { automountServiceAccount: false }))]);
    expect(problem).toContain("automountServiceAccount");
  });

  test("sees a value that a template names and the chart has not", () => {
    expect(() => renderChart({ ...SINGLE, service: "none" })).toThrow("there is no port");
  });
});

test("the chart's own file says what Helm asks of it", () => {
  const chart = parse(readText(`${CHART}/Chart.yaml`)) as Readonly<Record<string, unknown>>;
  expect(chart).toMatchObject({ apiVersion: "v2", type: "application", name: "interchange" });
  for (const version of ["version", "appVersion"]) expect(chart[version]).toMatch(/^\d+\.\d+\.\d+$/);
});
