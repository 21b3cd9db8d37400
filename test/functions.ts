/** How long the functions of a file are, and which of the long ones say why. */
import { parseSync, Visitor } from "oxc-parser";
import { readText } from "./workspace.ts";

export interface Fn {
  readonly file: string;
  readonly line: number;
  readonly lines: number;
  /** Whether a comment stands above it. */
  readonly isExplained: boolean;
}

/** Every function of the file that has a body in braces: those within others too. */
export function readFunctions(file: string): readonly Fn[] {
  return functionsOf(file, readText(file));
}

export function functionsOf(file: string, text: string): readonly Fn[] {
  const { program, errors, comments } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const commented = new Set(comments.map(({ end }) => lineAt(text, end)));
  const found: Fn[] = [];
  const keep = ({ start, end, body }: { start: number; end: number; body: { type: string } | null }): void => {
    if (body?.type !== "BlockStatement" && body?.type !== "FunctionBody") return;
    const line = lineAt(text, start);
    found.push({ file, line, lines: lineAt(text, end) - line + 1, isExplained: commented.has(line - 1) });
  };
  new Visitor({
    FunctionDeclaration: keep,
    FunctionExpression: keep,
    ArrowFunctionExpression: keep,
  }).visit(program);

  return found;
}

/** From 1. */
function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
