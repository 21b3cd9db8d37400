/** Source: the text of the configuration file, its value, and where in it each value stands. YAML, and so JSON too. */

import type { Document } from "yaml";
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import type { Path, Position, Problem } from "./problems.ts";

export interface Source {
  readonly value: unknown;
  /** Where the problem's value stands; that of the nearest enclosing one when it is missing. */
  positionOf(problem: Problem): Position;
}

/** A text that is no YAML: what is wrong with it, and where. */
export interface SyntaxProblem {
  readonly sentence: string;
  readonly position: Position;
}

/** Reads the text; broken YAML, a property given twice and an alias of nothing are syntax problems. */
export function readSource(text: string): Source | readonly SyntaxProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return faults.map((fault) => ({ sentence: notYaml(fault), position: position(lines, fault.pos[0]) }));
  }
  try {
    return { value: document.toJS(), positionOf: (problem) => position(lines, offsetOf(document, problem)) };
  } catch (fault) {
    return [{ sentence: notYaml(fault as Error), position: { line: 1, column: 1 } }];
  }
}

function notYaml({ message }: Error): string {
  return `cannot be read as YAML: ${message}`;
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function offsetOf(document: Document, { path, at }: Problem): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const entry = entryOf(document, node, step);
    if (entry === undefined) break;
    const points = at === "name" && depth === path.length - 1 ? entry.key : entry.value;
    offset = startOf(points) ?? startOf(entry.key) ?? offset;
    node = entry.value;
  }
  return offset;
}

interface Entry {
  readonly key: unknown;
  readonly value: unknown;
}

function entryOf(document: Document, node: unknown, step: Path[number]): Entry | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(target)) return { key: undefined, value: target.items[Number(step)] };
  if (!isMap(target)) return undefined;
  return (target.items as readonly Pair[]).find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
