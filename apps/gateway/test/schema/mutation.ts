/** Ways to spoil a body: of its values, of its text, of its bytes. Some leave it in contract; the validator is to tell. */
import fc, { type Arbitrary } from "fast-check";

export interface Spoiled {
  readonly how: string;
  readonly bytes: Buffer;
}

type Path = readonly (string | number)[];

/** A body, spoiled in one way at one place that the numbers choose. */
export function spoiledOf(bodies: Arbitrary<unknown>): Arbitrary<Spoiled> {
  return fc.tuple(bodies, fc.constantFrom(...WAYS), fc.nat(), fc.nat()).map(([body, [how, spoil], where, what]) => ({
    how,
    bytes: spoil(body, where, what),
  }));
}

type Spoil = (body: unknown, where: number, what: number) => Buffer;

const pick = <Item>(items: readonly Item[], which: number): Item => items[which % items.length] as Item;

/** Puts another value in the place of one that is there. */
function replacing(choices: (old: unknown) => readonly unknown[]): Spoil {
  return (body, where, what) => {
    const path = pick(pathsOf(body), where);
    return json(replaced(body, path, pick(choices(at(body, path)), what)));
  };
}

/** Puts text in the place of a value, where no value would do: what it says may be no JSON that we could write. */
function inserting(texts: readonly string[]): Spoil {
  return (body, where, what) => {
    const text = JSON.stringify(replaced(body, pick(pathsOf(body), where), MARK));
    return Buffer.from(text.replace(JSON.stringify(MARK), () => pick(texts, what)));
  };
}

const MARK = "here goes something else";

/** The last is beyond every stack that recurses; the others are read sooner, and there is much else to try. */
const DEPTHS = [10, 100, 1_000, 10_000];

const WAYS: readonly (readonly [how: string, spoil: Spoil])[] = [
  ["drop", (body, where) => json(replaced(body, pick(pathsOf(body), where), DROPPED))],
  ["retype", replacing(() => [null, true, 7, 1.5, "text", [], {}, [[]], { type: "text" }])],
  ["out of range", replacing(() => [-1, 0, 1e308, -1e308, 129, 2.001, -2.001, 1e21, 0.1, 2 ** 53, 5e-324])],
  ["unknown word", replacing(() => ["no-such-word", "", " ", "AUTO", "text\0", "tool_use", "image"])],
  ["odd text", replacing(() => ["\ud800", "\0", "__proto__", "x".repeat(20_000), "\u202e", "%s%n", "{{7*7}}"])],
  ["wrap", replacing((old) => [[old], { value: old }, [old, old], JSON.stringify(old) ?? ""])],
  ["deep", inserting(DEPTHS.flatMap(nests))],
  ["huge number", inserting(["1e999", "-1e999", "9".repeat(400), "1e-999", "-0", `0.${"3".repeat(400)}`])],
  ["odd key", inserting(ODD_OBJECTS())],
  ["no JSON", inserting(["NaN", "undefined", "'text'", "01", "+1", ".5", "0x10", "// no", '"\t"', '"\\x41"', "[1,]"])],
  ["twice the key", (body, where) => twice(body, where)],
  ["something after it", (body, where) => after(body, pick(["{}", "x", "\0", ",", "]", " \n\t", "null"], where))],
  ["cut", (body, where) => cut(json(body), where)],
  ["no UTF-8", (body, where, what) => withByte(json(body), where, pick([0xff, 0xc0, 0x80, 0xed, 0xf8], what))],
  ["another byte", (body, where, what) => withByte(json(body), where, what & 0x7f)],
  ["byte order mark", (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json(body)])],
  ["UTF-16", (body) => Buffer.from(JSON.stringify(body), "utf16le")],
  ["not an object", (_, where) => Buffer.from(pick(["", " ", "null", "[]", "7", '"text"', "[{}]", "true"], where))],
];

/** Names that are numbers are the ones for which JSON is written by recursion. */
function nests(depth: number): readonly string[] {
  const objects = ['{"a":', '{"0":'].map((open) => `${open.repeat(depth)}1${"}".repeat(depth)}`);
  return ["[".repeat(depth) + "]".repeat(depth), ...objects];
}

/** Spelled as text, since an object literal would take some of them for its own. */
function ODD_OBJECTS(): readonly string[] {
  const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "", "length"];
  return names.flatMap((name) => [
    `{${JSON.stringify(name)}:{"type":"text","text":"a"}}`,
    `{"type":"text","text":"a",${JSON.stringify(name)}:null}`,
  ]);
}

function json(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body) ?? "");
}

function after(body: unknown, text: string): Buffer {
  return Buffer.concat([json(body), Buffer.from(text)]);
}

function cut(bytes: Buffer, where: number): Buffer {
  return bytes.subarray(0, where % bytes.length);
}

function withByte(bytes: Buffer, where: number, byte: number): Buffer {
  const spoiled = Buffer.from(bytes);
  spoiled[where % bytes.length] = byte;
  return spoiled;
}

/** One property of the whole is given a second time, with another's value; the last one counts (RFC 8259 §4). */
function twice(body: unknown, where: number): Buffer {
  const entries = Object.entries(body as object);
  const [name] = pick(entries, where);
  const [, value] = pick(entries, where + 1);
  return Buffer.from(`${JSON.stringify(body).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`);
}

/** Every place below the whole. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return path.length === 0 ? [] : [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  const below = entries.flatMap(([step, inner]) => pathsOf(inner, [...path, step as string | number]));
  return path.length === 0 ? below : [path, ...below];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value);
}

const DROPPED = Symbol("dropped");

function replaced(value: unknown, [step, ...rest]: Path, other: unknown): unknown {
  if (step === undefined) return other;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => (index === step ? replaced(item, rest, other) : item));
    return items.filter((item) => item !== DROPPED);
  }
  const copy = {};
  for (const [name, inner] of Object.entries(value as object)) {
    const now: unknown = name === step ? replaced(inner, rest, other) : inner;
    if (now !== DROPPED) Object.defineProperty(copy, name, { value: now, enumerable: true });
  }
  return copy;
}
