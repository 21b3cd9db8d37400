/** Which features a request needs of whoever fills it. */
import type { Feature, Wish } from "./feature.ts";
import type { Part, Source } from "./part.ts";
import type { InferenceRequest, Message, OpaqueTool, OutputFormat, Tool } from "./request.ts";

/**
 * The features without which the request would be answered wrongly or not at all. What a supplier may leave out without
 * harm (thinking, caching, metadata) is a wish and is not among them.
 */
export function needsOf(request: InferenceRequest): ReadonlySet<Feature> {
  const needs = new Set<Feature>(request.extraNeeds);
  for (const message of request.messages) addMessageNeeds(needs, message);
  for (const tool of request.tools ?? []) needs.add(toolNeed(tool));
  for (const [feature, asked] of SCALAR_NEEDS) if (asked(request)) needs.add(feature);
  return needs;
}

const SCALAR_NEEDS: readonly (readonly [Feature, (request: InferenceRequest) => boolean])[] = [
  ["several-answers", (request) => (request.answers ?? 1) > 1],
  ["seed", (request) => request.seed !== undefined],
  ["top-k", (request) => (request.topK ?? 0) > 0],
  ["structured-output", ({ outputFormat }) => outputFormat !== undefined && hasSchema(outputFormat)],
  ["json-object", ({ outputFormat }) => outputFormat !== undefined && !hasSchema(outputFormat)],
  ["high-temperature", (request) => (request.temperature ?? 0) > 1],
  ["temperature-with-top-p", (request) => isSaid(request.temperature) && isSaid(request.topP)],
  ["many-stop-sequences", (request) => (request.stopSequences?.length ?? 0) > STOP_SEQUENCES_FEW],
  ["blank-stop-sequences", (request) => (request.stopSequences ?? []).some((sequence) => sequence.trim() === "")],
];

function hasSchema(format: OutputFormat): boolean {
  return format.kind === "json-schema" && format.schema !== undefined;
}

/** Both of them are 1 where nobody says otherwise. */
function isSaid(value: number | undefined): boolean {
  return value !== undefined && value !== 1;
}

/** What every format can say. */
const STOP_SEQUENCES_FEW = 4;

/** Some chat templates refuse a history in which one turn calls several tools. */
function addMessageNeeds(needs: Set<Feature>, message: Message): void {
  addPartNeeds(needs, message.content);
  if (message.content.filter((part) => part.type === "tool-call").length > 1) needs.add("parallel-tools");
}

function addPartNeeds(needs: Set<Feature>, parts: readonly Part[]): void {
  for (const part of parts) {
    const need = part.type === "opaque" ? part.need : PART_NEEDS[part.type];
    if (need !== undefined) needs.add(need);
    if (part.type === "tool-result") addPartNeeds(needs, part.content);
    if ("source" in part) addSourceNeeds(needs, part.source);
  }
}

const PART_NEEDS: Readonly<Record<Exclude<Part["type"], "opaque">, Feature | undefined>> = {
  text: undefined,
  image: "image",
  document: "document",
  audio: "audio",
  reasoning: undefined,
  "tool-call": "tools",
  "tool-result": "tools",
  refusal: undefined,
};

function addSourceNeeds(needs: Set<Feature>, source: Source): void {
  if (source.kind === "file") needs.add("files");
  if (source.kind === "parts") addPartNeeds(needs, source.parts);
}

/** What the request asks for and a supplier may leave out, as long as the caller is told. */
export function wishesOf(request: InferenceRequest): ReadonlySet<Wish> {
  return new Set(WISHES.flatMap(([wish, asked]) => (asked(request) ? [wish] : [])));
}

const WISHES: readonly (readonly [Wish, (request: InferenceRequest) => boolean])[] = [
  ["reasoning", ({ reasoning }) => reasoning !== undefined && reasoning.mode !== "off"],
  ["single-tool-calls", ({ parallelToolCalls, ...request }) => parallelToolCalls === false && mayCallTools(request)],
];

function mayCallTools({ tools = [], toolChoice }: Pick<InferenceRequest, "tools" | "toolChoice">): boolean {
  return tools.length > 0 && toolChoice?.kind !== "none";
}

/**
 * What in the request needs the feature and is told by its own format's word for it, e.g. a tool of a type that the
 * supplier runs itself. Each is named as the caller would recognise it.
 */
export function kindsNeeding(feature: Feature, request: InferenceRequest): readonly string[] {
  const kinds = new Set<string>();
  for (const tool of request.tools ?? []) {
    if ("wire" in tool && tool.need === feature) kinds.add(kindOf(tool.wire));
  }
  for (const { content } of request.messages) addPartKinds(kinds, feature, content);
  return [...kinds];
}

function addPartKinds(kinds: Set<string>, feature: Feature, parts: readonly Part[]): void {
  for (const part of parts) {
    if (part.type === "opaque" && part.need === feature) kinds.add(kindOf(part.wire));
    if (part.type === "tool-result") addPartKinds(kinds, feature, part.content);
  }
}

/**
 * What only the format in which the request came can say, each as the caller would recognise it. A supplier that speaks
 * another format cannot fill a request that has any.
 */
export function bondsOf(request: InferenceRequest): readonly string[] {
  const bonds = new Set<string>(request.extraBonds);
  for (const message of request.messages) addPartBonds(bonds, message.content);
  for (const tool of request.tools ?? []) if ("wire" in tool) bonds.add(kindOf(tool.wire));
  return [...bonds];
}

function addPartBonds(bonds: Set<string>, parts: readonly Part[]): void {
  for (const part of parts) {
    if (part.type === "opaque" && part.plain === undefined) bonds.add(kindOf(part.wire));
    // Not every format fetches documents, and none says so of another.
    if (part.type === "document" && part.source.kind === "url") bonds.add("document url");
    if (part.type === "image" && isOddAddress(part.source)) bonds.add("image url");
    if (part.type === "tool-result") addPartBonds(bonds, part.content);
    if ("source" in part) addSourceBonds(bonds, part.source);
  }
}

/** Only where the web is do all formats look for pictures. */
function isOddAddress(source: Source): boolean {
  return source.kind === "url" && !/^https?:\/\//i.test(source.url);
}

/** A file that lies at a supplier is known to that one alone, and by no other format's name. */
function addSourceBonds(bonds: Set<string>, source: Source): void {
  if (source.kind === "file") bonds.add("file_id");
  if (source.kind === "parts") addPartBonds(bonds, source.parts);
}

/** The kind that a thing of one format says it is, or else its properties. */
function kindOf(wire: unknown): string {
  const { type } = wire as { readonly type?: unknown };
  return typeof type === "string" ? type : Object.keys(wire as object).join(", ");
}

function toolNeed(tool: Tool | OpaqueTool): Feature {
  return "wire" in tool ? (tool.need ?? "tools") : "tools";
}
