/** The table of errors, taken from the contract's own examples, so that it cannot say anything else. */
import { readdir, readFile } from "node:fs/promises";
import { parse } from "yaml";
import { inlineOf } from "./article.ts";
import { escapeHtml } from "./page.ts";

/** What one document says for one status. */
export interface ErrorExample {
  readonly document: string;
  readonly status: number;
  /** The envelope's `error.type`. */
  readonly type: string;
  /** What happened, in a sentence. */
  readonly message: string;
}

const SPEC = new URL("../../../spec/", import.meta.url);

/** The examples `error-<status>.yaml` of every document that has some. */
export async function readErrors(documents: readonly string[], spec = SPEC): Promise<ErrorExample[]> {
  const lists = await Promise.all(
    documents.map(async (document) => {
      const folder = new URL(`${document}/examples/`, spec);
      const files = (await readdir(folder).catch(() => [])).filter((file) => /^error-\d{3}\.yaml$/.test(file)).sort();
      return Promise.all(files.map((file) => readError(document, new URL(file, folder))));
    }),
  );
  return lists.flat();
}

async function readError(document: string, file: URL): Promise<ErrorExample> {
  const example = parse(await readFile(file, "utf8")) as { error?: { value?: { error?: Record<string, unknown> } } };
  const { type, message } = example.error?.value?.error ?? {};
  if (typeof type !== "string" || typeof message !== "string") throw new Error(`${file.pathname} shows no error`);
  return { document, status: Number(/(\d{3})\.yaml$/.exec(file.pathname)?.[1]), type, message };
}

/** One row for each status. A type is followed by the documents that say so, unless all do. */
export function tableOf(errors: readonly ErrorExample[]): string {
  const documents = new Set(errors.map(({ document }) => document)).size;
  const byStatus = Map.groupBy(errors, ({ status }) => status);
  const rows = [...byStatus]
    .sort(([one], [other]) => one - other)
    .map(([status, alike]) => {
      const types = typesOf(alike, documents);
      return `<tr><th scope="row">${status}</th><td>${types}</td><td>${inlineOf(alike[0]?.message ?? "")}</td></tr>`;
    });
  const heads = ["status", "type", "for example"].map((head) => `<th scope="col">${head}</th>`);
  return `<div class="scroll"><table><thead><tr>${heads.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function typesOf(alike: readonly ErrorExample[], documents: number): string {
  return [...Map.groupBy(alike, ({ type }) => type)]
    .map(([type, saying]) => {
      const who = saying.map(({ document }) => document).join(", ");
      return `<code>${escapeHtml(type)}</code>${saying.length === documents ? "" : `<small>${who}</small>`}`;
    })
    .join("");
}
