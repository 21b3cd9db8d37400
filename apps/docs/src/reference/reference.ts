/** The documents of the contract, as the site shows them. */
import { readFile } from "node:fs/promises";
import * as contract from "@interchange/contract";
import { parse } from "yaml";

export interface Reference {
  /** The document's name in the list, and of its page: `chat-completions`. */
  readonly name: string;
  /** The document's own title, without the name of the house. */
  readonly title: string;
  /** The document's own summary, or the first sentence of its description. */
  readonly summary: string;
  /** The whole document, every reference inside it. */
  readonly document: contract.OpenApiDocument;
}

const CONFIG = new URL("../../../../spec/redocly.yaml", import.meta.url);

/** Every document that the contract lists, in its order. Throws on one that has not been generated. */
export async function readReferences(config = CONFIG): Promise<Reference[]> {
  const { apis } = parse(await readFile(config, "utf8")) as { apis: object };
  return Object.keys(apis).map((name) => referenceOf(name, documentOf(name)));
}

function documentOf(name: string): contract.OpenApiDocument {
  const generated: Readonly<Record<string, unknown>> = contract;
  const camel = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const found = generated[camel] as { readonly document: contract.OpenApiDocument } | undefined;
  if (found === undefined) throw new Error(`the document ${name} has not been generated; run \`pnpm generate\``);
  return found.document;
}

function referenceOf(name: string, document: contract.OpenApiDocument): Reference {
  const { title, summary, description } = document.info;
  return {
    name,
    title: title.replace(/^Interchange\W*/, ""),
    summary: typeof summary === "string" ? summary : firstSentence(String(description ?? "")),
    document,
  };
}

function firstSentence(text: string): string {
  const line =
    text
      .trim()
      .split(/\n\s*\n/, 1)[0]
      ?.replaceAll(/\s+/g, " ") ?? "";
  return /^.*?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
}
