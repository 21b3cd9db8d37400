/** Deltas of blocks that only this dialect knows: how the steps make the whole block. */
import { isText, isWire, readJson, type Wire } from "../wire.ts";

/** The block with all its deltas. Pieces of JSON are the input once they are whole; other texts grow. */
export function joinBlock(block: Wire, deltas: readonly unknown[]): Wire {
  const json = deltas.map(jsonOf).join("");
  const input = readJson(json);
  return deltas.filter(isWire).reduce(grow, isWire(input) ? { ...block, input } : block);
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
