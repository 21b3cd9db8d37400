/** The counters of a message in a stream. */
import { isNode, type Node, overlay } from "../growth.ts";

/** Those of a later event are totals of the whole message: each that is told takes the place of what was there before. */
export function addUsage(message: Node, told: Node): void {
  const usage = isNode(message["usage"]) ? message["usage"] : {};
  overlay(usage, told);
  message["usage"] = usage;
}
