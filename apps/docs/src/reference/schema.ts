/** What the parts of a document say of themselves, in words: references followed, types named. */
import type { Json, OpenApiDocument } from "@interchange/contract";

/** A part of a document. */
export type Node = { readonly [name: string]: Json };

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function nodesOf(value: Json | undefined): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value.trim() : "";
}

/** What a reference leads to, however many lie between; the part itself when it is none. Words beside a `$ref` win. */
export function follow(document: OpenApiDocument, node: Json | undefined): Node {
  if (!isNode(node)) return {};
  const { $ref, ...beside } = node;
  if (typeof $ref !== "string") return node;
  const path = $ref.replace(/^#\//, "").split("/");
  const target = path.reduce<unknown>(
    (at, name) => (isNode(at) ? at[name.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined),
    document,
  );
  if (!isNode(target)) throw new Error(`${document.info.title}: ${$ref} leads nowhere`);
  return { ...follow(document, target), ...beside };
}

/** The name of the schema that is referred to. */
export function nameOf(node: Json | undefined): string | undefined {
  const ref = isNode(node) ? node["$ref"] : undefined;
  return typeof ref === "string" ? ref.split("/").at(-1) : undefined;
}

/** A type in words: `string`, `list of Message`, `"a" or "b"`. `link` says how a schema with a name is shown. */
export function typeOf(schema: Json | undefined, link: (name: string) => string = (name) => name): string {
  const name = nameOf(schema);
  if (name !== undefined) return link(name);
  if (!isNode(schema)) return "anything";
  const { const: one, enum: words, items, type } = schema;
  if (one !== undefined) return wordOf(one);
  if (Array.isArray(words)) return words.map(wordOf).join(" or ");
  const members = ["oneOf", "anyOf", "allOf"].flatMap((key) => memberTypes(schema[key], link));
  if (members.length > 0) return [...new Set(members)].join(" or ");
  if (type === "array") return `list of ${typeOf(items, link)}`;
  return Array.isArray(type) ? type.map(String).join(" or ") : textOf(type) || "anything";
}

function memberTypes(members: Json | undefined, link: (name: string) => string): string[] {
  return Array.isArray(members) ? (members as readonly Json[]).map((member) => typeOf(member, link)) : [];
}

function wordOf(value: Json): string {
  return `\`${JSON.stringify(value)}\``;
}
