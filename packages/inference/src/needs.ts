/** Which features a request needs of whoever fills it. */
import type { Feature } from "./feature.ts";
import type { Part, Source } from "./part.ts";
import type { InferenceRequest, Message, OpaqueTool, Tool } from "./request.ts";

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
  ["structured-output", (request) => request.outputFormat !== undefined],
];

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
    if (part.type === "document") addSourceNeeds(needs, part.source);
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
  if (source.kind === "parts") addPartNeeds(needs, source.parts);
}

function toolNeed(tool: Tool | OpaqueTool): Feature {
  return "wire" in tool ? (tool.need ?? "tools") : "tools";
}
