/** A small reader of Go's templates, as much of them as the chart uses; whatever it does not know is an error. https://pkg.go.dev/text/template */

/** Called with what stands behind its name, and with what was piped into it last. */
export type TemplateFunction = (...args: never[]) => unknown;

export interface TemplateOptions {
  readonly functions: Readonly<Record<string, TemplateFunction>>;
}

/** What runs a template by the name that `define` gave it. */
export type Include = (name: string, dot: unknown) => string;

type Operand =
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "field"; readonly root: string; readonly path: readonly string[] }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "group"; readonly pipe: Pipe };
type Pipe = readonly (readonly Operand[])[];

type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "write"; readonly pipe: Pipe }
  | { readonly kind: "set"; readonly name: string; readonly pipe: Pipe }
  | {
      readonly kind: "if" | "with";
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly other: readonly Node[];
    }
  | { readonly kind: "range"; readonly names: readonly string[]; readonly pipe: Pipe; readonly body: readonly Node[] };

interface Scope {
  readonly dot: unknown;
  readonly variables: Map<string, unknown>;
}

/** Templates that know one another by what they define. */
export class Templates {
  readonly #functions: TemplateOptions["functions"];
  readonly #defined = new Map<string, readonly Node[]>();

  constructor({ functions }: TemplateOptions) {
    const include: Include = (name, dot) => this.#include(name, dot);
    this.#functions = { ...functions, include: include as TemplateFunction };
  }

  /** Reads a file; what it defines may be included by any other. Throws on what Go would not take, or this does not know. */
  read(text: string): readonly Node[] {
    return new Reader(text, this.#defined).read();
  }

  write(nodes: readonly Node[], dot: unknown): string {
    return this.#writeAll(nodes, { dot, variables: new Map([["$", dot]]) });
  }

  #include(name: string, dot: unknown): string {
    const nodes = this.#defined.get(name);
    if (nodes === undefined) throw new Error(`nothing defines ${name}`);
    return this.write(nodes, dot);
  }

  #writeAll(nodes: readonly Node[], scope: Scope): string {
    return nodes.map((node) => this.#write(node, scope)).join("");
  }

  #write(node: Node, scope: Scope): string {
    if (node.kind === "text") return node.text;
    const value = this.#pipe(node.pipe, scope);
    switch (node.kind) {
      case "write":
        return show(value);
      case "set":
        scope.variables.set(node.name, value);
        return "";
      case "if":
      case "with": {
        const dot = node.kind === "with" ? value : scope.dot;
        return isTrue(value) ? this.#writeAll(node.body, inner(scope, dot)) : this.#writeAll(node.other, inner(scope));
      }
      case "range":
        return entriesOf(value)
          .map(([key, each]) => this.#writeAll(node.body, inner(scope, each, named(node.names, key, each))))
          .join("");
    }
  }

  #pipe(pipe: Pipe, scope: Scope): unknown {
    let piped: readonly unknown[] = [];
    for (const command of pipe) piped = [this.#run(command, scope, piped)];
    return piped[0];
  }

  #run([first, ...rest]: readonly Operand[], scope: Scope, piped: readonly unknown[]): unknown {
    if (first?.kind === "name") {
      const run = this.#functions[first.name];
      if (run === undefined) throw new Error(`there is no function ${first.name}`);
      return run(...([...rest.map((each) => this.#value(each, scope)), ...piped] as never[]));
    }
    if (first === undefined || rest.length > 0 || piped.length > 0) throw new Error("a value was called as a function");
    return this.#value(first, scope);
  }

  #value(operand: Operand, scope: Scope): unknown {
    switch (operand.kind) {
      case "literal":
        return operand.value;
      case "group":
        return this.#pipe(operand.pipe, scope);
      case "name":
        return this.#run([operand], scope, []);
      case "field":
        return operand.path.reduce(field, operand.root === "." ? scope.dot : variable(operand.root, scope));
    }
  }
}

/** Stricter than Go, for which a key that is not there is nothing: here it is a word that somebody misspelt. */
function field(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !(key in value)) throw new Error(`there is no ${key}`);
  return (value as Record<string, unknown>)[key];
}

function variable(name: string, { variables }: Scope): unknown {
  if (!variables.has(name)) throw new Error(`there is no variable ${name}`);
  return variables.get(name);
}

function inner(scope: Scope, dot: unknown = scope.dot, more: readonly (readonly [string, unknown])[] = []): Scope {
  return { dot, variables: new Map([...scope.variables, ...more]) };
}

function named(names: readonly string[], key: unknown, value: unknown): [string, unknown][] {
  const values = names.length === 2 ? [key, value] : [value];
  return names.map((name, index) => [name, values[index]]);
}

/** Keys of maps in order, as Go walks them. */
function entriesOf(value: unknown): [unknown, unknown][] {
  if (Array.isArray(value)) return value.map((each, index) => [index, each]);
  return Object.entries(value as object).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** As Go judges: nothing, none and empty are false. */
export function isTrue(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function show(value: unknown): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error(`${JSON.stringify(value)} was to be written as it stands`);
}

const ACTION = /\{\{(-(?=\s))?([\s\S]*?)((?<=\s)-)?\}\}/g;
const COMMENT = /^\s*\/\*[\s\S]*\*\/\s*$/;

interface Piece {
  readonly kind: "text" | "action";
  readonly text: string;
}

/** Text and actions in turn, with the blanks gone that a `-` eats. */
function piecesOf(source: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let isEaten = false;
  const text = (until: number, eatsEnd: boolean): void => {
    const raw = source.slice(from, until);
    const begun = isEaten ? raw.trimStart() : raw;
    pieces.push({ kind: "text", text: eatsEnd ? begun.trimEnd() : begun });
  };
  for (const match of source.matchAll(ACTION)) {
    text(match.index, match[1] !== undefined);
    if (!COMMENT.test(match[2] ?? "")) pieces.push({ kind: "action", text: (match[2] ?? "").trim() });
    from = match.index + match[0].length;
    isEaten = match[3] !== undefined;
  }
  text(source.length, false);
  return pieces.filter((piece) => piece.kind === "action" || piece.text !== "");
}

/** Reads one file, action by action. */
class Reader {
  readonly #pieces: Piece[];
  readonly #defined: Map<string, readonly Node[]>;
  #at = 0;

  constructor(source: string, defined: Map<string, readonly Node[]>) {
    this.#pieces = piecesOf(source);
    this.#defined = defined;
  }

  read(): readonly Node[] {
    const { nodes, end } = this.#until();
    if (end !== undefined) throw new Error(`{{ ${end} }} ends nothing`);
    return nodes;
  }

  /** Up to the `end` or `else` of what is open, or to the end of the file. */
  #until(): { nodes: Node[]; end: string | undefined } {
    const nodes: Node[] = [];
    for (let piece = this.#pieces[this.#at++]; piece !== undefined; piece = this.#pieces[this.#at++]) {
      if (piece.kind === "text") nodes.push({ kind: "text", text: piece.text });
      else if (/^(?:end|else)\b/.test(piece.text)) return { nodes, end: piece.text };
      else nodes.push(...this.#action(piece.text));
    }
    return { nodes, end: undefined };
  }

  #action(text: string): Node[] {
    const [, word = "", rest = ""] = /^(define|if|with|range)\s+([\s\S]*)$/.exec(text) ?? [];
    switch (word) {
      case "define":
        this.#defined.set(JSON.parse(rest) as string, this.#body());
        return [];
      case "if":
      case "with":
        return [this.#choice(word, rest)];
      case "range": {
        const [, names = "", over = rest] = /^((?:\$\w+\s*,\s*)?\$\w+)\s*:=\s*([\s\S]*)$/.exec(rest) ?? [];
        return [{ kind: "range", names: names.match(/\$\w+/g) ?? [], pipe: readPipe(over), body: this.#body() }];
      }
      default: {
        const [, name, value] = /^(\$\w+)\s*:=\s*([\s\S]*)$/.exec(text) ?? [];
        if (name === undefined || value === undefined) return [{ kind: "write", pipe: readPipe(text) }];
        return [{ kind: "set", name, pipe: readPipe(value) }];
      }
    }
  }

  #choice(kind: "if" | "with", condition: string): Node {
    const pipe = readPipe(condition);
    const { nodes: body, end } = this.#until();
    if (end === "end") return { kind, pipe, body, other: [] };
    const next = /^else\s+if\s+([\s\S]*)$/.exec(end ?? "")?.[1];
    if (next !== undefined) return { kind, pipe, body, other: [this.#choice("if", next)] };
    if (end !== "else") throw new Error(`{{ ${kind} ${condition} }} is not ended`);
    return { kind, pipe, body, other: this.#body() };
  }

  #body(): readonly Node[] {
    const { nodes, end } = this.#until();
    if (end !== "end") throw new Error(`an end is missing, and there is ${end ?? "the end of the file"}`);
    return nodes;
  }
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|\$?\w*(?:\.\w+)+|\$\w*|\.|\w+|[()|])/y;

function readPipe(text: string): Pipe {
  const tokens = tokensOf(text);
  const pipe = pipeOf(tokens);
  if (tokens.length > 0) throw new Error(`${tokens[0]} stands where nothing may, in {{ ${text} }}`);
  return pipe;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined)
      throw new Error(`{{ ${text} }} is not understood from ${JSON.stringify(text.slice(at))} on`);
    tokens.push(token);
  }
  return tokens;
}

/** Takes what it reads from the tokens. */
function pipeOf(tokens: string[]): Pipe {
  const pipe: Operand[][] = [[]];
  while (tokens.length > 0 && tokens[0] !== ")") {
    const token = tokens.shift() as string;
    if (token === "|") pipe.push([]);
    else pipe.at(-1)?.push(operandOf(token, tokens));
  }
  if (pipe.some((command) => command.length === 0)) throw new Error("a pipe has an empty part");
  return pipe;
}

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, nil: undefined };

function operandOf(token: string, tokens: string[]): Operand {
  if (token === "(") {
    const pipe = pipeOf(tokens);
    if (tokens.shift() !== ")") throw new Error("a parenthesis is not closed");
    return { kind: "group", pipe };
  }
  if (/^["\d-]/.test(token)) return { kind: "literal", value: JSON.parse(token) as unknown };
  if (token in WORDS) return { kind: "literal", value: WORDS[token] };
  if (!/[.$]/.test(token)) return { kind: "name", name: token };
  const [root = "", ...path] = token.split(".").filter((step, index) => index === 0 || step !== "");
  return { kind: "field", root: root === "" ? "." : root, path };
}
