/** What the format can carry, and what nobody else can. */
import type { Feature } from "@interchange/inference";
import { isText, isWire, isWireList, type Wire } from "../wire.ts";

export const CARRIES: ReadonlySet<Feature> = new Set<Feature>([
  "tools",
  "parallel-tools",
  "image",
  "document",
  "reasoning",
  "structured-output",
  "top-k",
  "citations",
  "files",
  "server-tools",
  "temperature-with-top-p",
  "many-stop-sequences",
  "single-tool-calls",
]);

/** What the body is bound by, beyond what its parts are: names and places that only this format has. */
export function readBonds({ messages, tools, tool_choice: choice }: Wire): readonly string[] {
  const names = [...(isWireList(tools) ? tools.filter(isOwn) : []), ...(isWire(choice) ? [choice] : [])];
  const odd = names.some(({ name }) => isText(name) && !NAME_ELSEWHERE.test(name)) ? [ODD_NAME] : [];
  return [...new Set([...odd, ...(isWireList(messages) ? messages.flatMap(misplacedIn) : [])])];
}

/** What others allow in the name of a tool. */
const NAME_ELSEWHERE = /^[A-Za-z0-9_-]{1,64}$/;
const ODD_NAME = "tool names of other than 1 to 64 letters, digits, _ and -";

function isOwn({ type }: Wire): boolean {
  return type === undefined || type === null || type === "custom";
}

/** Blocks in a turn of a role that says no such thing elsewhere. */
function misplacedIn({ role, content }: Wire): readonly string[] {
  const misplaced = MISPLACED.get(role);
  if (misplaced === undefined || !isWireList(content)) return [];
  return content.flatMap(({ type }) => (isText(type) && misplaced.has(type) ? [`${type} of the ${role}`] : []));
}

const MISPLACED: ReadonlyMap<unknown, ReadonlySet<string>> = new Map([
  ["user", new Set(["tool_use"])],
  ["assistant", new Set(["image", "document", "tool_result"])],
  ["system", new Set(["image", "document", "tool_use", "tool_result"])],
]);
