/** Blocks that only this dialect knows: what they need, what others may say in their place, and how steps make a whole. */
import type { Feature, OpaquePart } from "@interchange/inference";
import { isSayable } from "../fitting.ts";
import { given, isSaid, isTaggedList, isText, isWire, readJson, type Tagged, type Wire } from "../wire.ts";
import { NAME } from "./name.ts";

export function readOpaque(block: Tagged): OpaquePart {
  const plain = PLAIN.get(block.type)?.(block);
  return given({ type: "opaque" as const, dialect: NAME, wire: block, need: NEEDS.get(block.type), plain });
}

/** Blocks of tools that a supplier runs itself, and blocks that are known but have come in an unknown form. */
const NEEDS: ReadonlyMap<string, Feature> = new Map<string, Feature>([
  ["image", "image"],
  ["document", "document"],
  ["tool_use", "tools"],
  ["tool_result", "tools"],
  ...[
    "server_tool_use",
    "web_search_tool_result",
    "web_fetch_tool_result",
    "code_execution_tool_result",
    "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "tool_search_tool_result",
    "mcp_tool_use",
    "mcp_tool_result",
    "container_upload",
  ].map((type) => [type, "server-tools"] as const),
]);

type ToPlain = (block: Tagged) => string | undefined;

/** Blocks whose meaning a text has as well. Undefined where this one's has not. */
const PLAIN: ReadonlyMap<string, ToPlain> = new Map<string, ToPlain>([
  ["search_result", hitText],
  ["compaction", summaryText],
  ["tool_reference", ({ tool_name: name }) => (isSaid(name) ? `The tool ${name} can be used now.` : undefined)],
  ["tool_addition", ({ tool }) => changeText(tool, "can be used from here on")],
  ["tool_removal", ({ tool }) => changeText(tool, "can no longer be used from here on")],
]);

/** A hit of a search: where it is from, and what it says. */
function hitText({ source, title, content }: Tagged): string | undefined {
  if (!isTaggedList(content)) return undefined;
  const head = [title, isSaid(source) ? `(${source})` : ""].filter(isSaid).join(" ");
  return [head, ...content.map(({ text }) => text)].filter(isSaid).join("\n\n");
}

/** A summary of what was left out; one that only its supplier can read says nothing to others. */
function summaryText({ content, encrypted_content: sealed }: Tagged): string | undefined {
  if (isSaid(content)) return content;
  return isSaid(sealed) ? undefined : "";
}

/** A tool that comes with its definition is more than a text can say. */
function changeText(tool: unknown, news: string): string | undefined {
  if (!isWire(tool) || !isSaid(tool.name) || isWire(tool.input_schema)) return undefined;
  return `The tool ${tool.name} ${news}.`;
}

export function writeOpaque(part: OpaquePart): Wire {
  const block = isWire(part.wire) ? part.wire : {};
  return part.deltas === undefined ? block : joinBlock(block, part.deltas);
}

/** The block with all its deltas. Pieces of JSON are the input once they are whole; other texts grow. */
export function joinBlock(block: Wire, deltas: readonly unknown[]): Wire {
  const json = deltas.map(jsonOf).join("");
  const input = readJson(json);
  return deltas.filter(isWire).reduce(grow, isWire(input) && isSayable(input) ? { ...block, input } : block);
}

function jsonOf(delta: unknown): string {
  return isWire(delta) && isText(delta.partial_json) ? delta.partial_json : "";
}

function grow(block: Wire, delta: Wire): Wire {
  const steps = Object.entries(delta).filter(([key]) => key !== "type" && key !== "partial_json");
  return Object.fromEntries([...Object.entries(block), ...steps.map(([key, step]) => [key, joined(block[key], step)])]);
}

function joined(before: unknown, step: unknown): unknown {
  return isText(before) && isText(step) ? before + step : step === null ? (before ?? null) : step;
}
