/** Problems: what is wrong with a configuration, each with the path of the wrong value and where it stands. */

/** Property names and list indexes from the root down. */
export type Path = readonly (string | number)[];

export interface Problem {
  readonly path: Path;
  /** Goes on from the path: `must be …`, `is missing`. */
  readonly sentence: string;
  /** The part of the text to point at: the value, or the name of the property. The value unless said. */
  readonly at?: "name";
}

/** A place in a text; lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `suppliers[0].offers[1].model`. */
export function writePath(path: Path): string {
  return path
    .map((step, depth) => (typeof step === "number" ? `[${step}]` : `${depth === 0 ? "" : "."}${step}`))
    .join("");
}

/** The whole sentence, with the place in parentheses. */
export function writeProblem(problem: Problem, file: string, position: Position): string {
  const subject = problem.path.length === 0 ? "The file" : writePath(problem.path);
  return `${subject} ${problem.sentence} (${file}:${position.line}:${position.column})`;
}

/** A value of JSON as it can be shown in a sentence: short, and on one line. */
export function show(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
