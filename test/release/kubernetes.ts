/** Kubernetes' own judgement of a manifest: its published schemas for the values, its types for properties that it would not know. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment, StatefulSet } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { Ingress, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Secret, Service, ServiceAccount } from "kubernetes-models/v1";
import { ROOT } from "../workspace.ts";
import type { Manifest } from "./chart.ts";

type Model = new (manifest: never) => { validate(): void };

/** By kind: the model that judges it, and the module of its types. */
const KINDS: Readonly<Record<string, readonly [apiVersion: string, Model]>> = {
  ConfigMap: ["v1", ConfigMap],
  Deployment: ["apps/v1", Deployment],
  HorizontalPodAutoscaler: ["autoscaling/v2", HorizontalPodAutoscaler],
  Ingress: ["networking.k8s.io/v1", Ingress],
  NetworkPolicy: ["networking.k8s.io/v1", NetworkPolicy],
  PodDisruptionBudget: ["policy/v1", PodDisruptionBudget],
  Secret: ["v1", Secret],
  Service: ["v1", Service],
  ServiceAccount: ["v1", ServiceAccount],
  StatefulSet: ["apps/v1", StatefulSet],
};

/** What the schemas say against it, one sentence each. They pass over properties that they do not know. */
export function schemaProblems(manifest: Manifest): string[] {
  const [apiVersion, Kind] = KINDS[manifest.kind] ?? [];
  if (Kind === undefined) return [`nobody here knows the kind ${manifest.kind}`];
  if (manifest.apiVersion !== apiVersion)
    return [`${manifest.kind} is of ${apiVersion}, not of ${manifest.apiVersion}`];
  try {
    new Kind(manifest as never).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** What the compiler says of them as values of Kubernetes' types, which name every property that there is. */
export function typeProblems(manifests: readonly Manifest[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "interchange-chart-"));
  try {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "manifests.ts"), manifests.map(typed).join("\n"));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
    const { status, stdout } = spawnSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
    return status === 0 ? [] : stdout.trim().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const TSCONFIG = {
  compilerOptions: {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: "preserve",
    moduleResolution: "bundler",
    types: [],
  },
  files: ["manifests.ts"],
};

function typed(manifest: Manifest, index: number): string {
  const from = `kubernetes-models/${KINDS[manifest.kind]?.[0] ?? manifest.apiVersion}`;
  const type = `import("${from}").I${manifest.kind}`;
  return `export const manifest${index}: ${type} = ${JSON.stringify(manifest, null, 2)};`;
}
