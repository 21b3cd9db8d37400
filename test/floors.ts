/** The floors as rules: which package may stand on which, and which file may import what. Each rule names its breach. */
import { type Import, type Manifest, type Package, packageOf, resolveRelative, SCOPE } from "./workspace.ts";

/** From the ground up. Packages on one floor never see each other; a tower is seen by nobody. */
const FLOORS: readonly (readonly string[])[] = [
  ["contract", "inference"],
  ["dialects", "routing", "ledger", "ticket"],
  ["relay", "stubs", "client", "config"],
];
const TOWERS = ["codegen", "postgres-server"];
const TOP = FLOORS.length;

/** 0 on the ground, `TOP` for a tower and every app; undefined for a package that nobody gave a place. */
export function floorOf({ name, folder }: Pick<Package, "name" | "folder">): number | undefined {
  // The benches look at the house from outside, apps included.
  if (folder === "bench") return TOP + 1;
  if (folder.startsWith("apps/") || TOWERS.includes(name)) return TOP;
  const floor = FLOORS.findIndex((names) => names.includes(name));
  return floor === -1 ? undefined : floor;
}

const HTTP = ["node:http", "node:https", "node:http2", "express", "undici", "fastify", "hono", "axios", "got", "ky"];

/** What single packages must not know, beyond their floor. */
const BLIND: Readonly<Record<string, { readonly to: (imported: Import) => boolean; readonly why: string }>> = {
  inference: {
    to: ({ specifier }) => packageOf(specifier) !== undefined,
    why: "inference is words: it imports nothing",
  },
  ledger: { to: ({ specifier }) => HTTP.includes(packageOf(specifier) ?? ""), why: "ledger knows no HTTP" },
  ticket: { to: ({ specifier }) => HTTP.includes(packageOf(specifier) ?? ""), why: "ticket knows no HTTP" },
};

/** Dependencies that a package has without importing them, each with its reason. */
const RUN: Readonly<Record<string, string>> = {
  "@redocly/cli": "a command that is run as a process of its own",
};

/** Packages of which another carries what it needs inside what it publishes, so that its users do not install them. */
const CARRIED: Readonly<Record<string, readonly string[]>> = { client: [`${SCOPE}contract`], cli: [`${SCOPE}config`] };

/** Files of `inference` whose words routing may read; the others hold prompts and answers. */
export const WORDS_OF_ROUTING = ["usage", "feature", "preferences", "refusal", "failure"];

export class House {
  readonly #packages: readonly Package[];

  constructor(packages: readonly Package[]) {
    this.#packages = packages;
  }

  /** Packages that have no floor. */
  homeless(): string[] {
    return this.#packages.filter((each) => floorOf(each) === undefined).map(({ folder }) => folder);
  }

  /** Dependencies that do not point down. What only tests need may point anywhere. */
  upwardManifests(): string[] {
    return this.#packages.flatMap((from) =>
      this.#named(from.manifest.dependencies)
        .filter((to) => !isBelow(to, from))
        .map((to) => `${from.folder} depends on ${to.folder}, which is not below it`),
    );
  }

  /** What a production file imports of the house must lie below it. */
  upwardImports(imports: readonly Import[]): string[] {
    return imports
      .filter(({ from }) => !isAside(from))
      .flatMap((imported) => {
        const from = this.#ownerOf(imported.from);
        const to = this.#named({ [packageOf(imported.specifier) ?? ""]: "" })[0];
        return from && to && !isBelow(to, from) ? [`${imported.from} imports ${imported.specifier}`] : [];
      });
  }

  /** A relative import that leaves its package goes round the manifests. */
  straying(imports: readonly Import[]): string[] {
    return imports
      .filter(({ specifier }) => specifier.startsWith("."))
      .filter((imported) => {
        const owner = this.#ownerOf(imported.from);
        return owner !== undefined && !resolveRelative(imported).startsWith(`${owner.folder}/`);
      })
      .map(({ from, specifier }) => `${from} reaches ${specifier}`);
  }

  /** Imports that no manifest answers for. `shared` are the root's own, which only tests and tools may take. */
  undeclared(imports: readonly Import[], shared: Manifest): string[] {
    return imports
      .filter(({ specifier }) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
      .filter(({ from, specifier }) => {
        const owner = this.#ownerOf(from);
        const manifest = owner?.manifest;
        const lists = [manifest?.dependencies, manifest?.peerDependencies, manifest?.optionalDependencies];
        if (isAside(from)) lists.push(manifest?.devDependencies, shared.devDependencies);
        const name = packageOf(specifier) ?? "";
        if (CARRIED[owner?.name ?? ""]?.includes(name)) lists.push(manifest?.devDependencies);
        return manifest !== undefined && name !== manifest.name && !lists.some((list) => list && name in list);
      })
      .map(({ from, specifier }) => `${from} imports ${specifier}, which its manifest does not name`);
  }

  /** Dependencies that no file of a package's `src` imports: whoever installs it pays for them all the same. */
  idle(imports: readonly Import[]): string[] {
    return this.#packages.flatMap(({ name, folder, manifest }) => {
      const own = imports.filter(({ from }) => from.startsWith(`${folder}/src/`));
      const carried = this.#packages.filter((each) => CARRIED[name]?.includes(each.manifest.name));
      const taken = new Set([
        ...own.map(({ specifier }) => packageOf(specifier)),
        ...carried.flatMap((each) => Object.keys(each.manifest.dependencies ?? {})),
      ]);
      return Object.keys(manifest.dependencies ?? {})
        .filter((name) => !taken.has(name) && !(name in RUN))
        .map((name) => `${folder} depends on ${name}, which its src never imports`);
    });
  }

  /** What a package must not know, whatever its floor allows. */
  sighted(imports: readonly Import[]): string[] {
    return imports
      .filter(({ from }) => !isAside(from))
      .flatMap((imported) => {
        const blind = BLIND[this.#ownerOf(imported.from)?.name ?? ""];
        return blind?.to(imported) ? [`${imported.from} imports ${imported.specifier}: ${blind.why}`] : [];
      });
  }

  /** Names of prompts in routing. Taking all of `inference` at once would take them too. */
  prompts(imports: readonly Import[], words: ReadonlySet<string>): string[] {
    return imports
      .filter(({ from, specifier }) => from.startsWith("packages/routing/src/") && specifier === `${SCOPE}inference`)
      .flatMap(({ from, names }) => {
        const seen = names.length === 0 ? ["*"] : names.filter((name) => !words.has(name));
        return seen.map((name) => `${from} imports ${name} of inference`);
      });
  }

  #named(list: Readonly<Record<string, string>> = {}): Package[] {
    return this.#packages.filter(({ manifest }) => manifest.name in list);
  }

  #ownerOf(file: string): Package | undefined {
    return this.#packages.find(({ folder }) => file.startsWith(`${folder}/`));
  }
}

function isBelow(to: Package, from: Package): boolean {
  return (floorOf(to) ?? TOP) < (floorOf(from) ?? 0);
}

/** Tests, benches and the configuration of tools: not what runs in production. */
function isAside(file: string): boolean {
  return /(?:^|\/)test\/|^bench\/|\.config\.ts$/.test(file);
}

/** The first circle in a graph, as its nodes in order with the first one repeated; undefined when there is none. */
export function circleOf(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const walk = (node: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const circle = walk(next, [...trail, node]);
      if (circle) return circle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const circle = walk(node, []);
    if (circle) return circle;
  }
  return undefined;
}
