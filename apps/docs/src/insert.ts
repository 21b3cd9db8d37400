/** What a guide asks for by a comment where it should stand: a table, a row of the configuration, the events of a stream. */
import { codeBlockOf } from "./article.ts";
import { htmlOfTable, markdownOfTable, type Table } from "./table.ts";

/** The same for a page and for its Markdown twin. */
export interface Insert {
  readonly html: string;
  readonly markdown: string;
}

/** By what a comment says: `table of errors`. */
export type Inserts = Readonly<Record<string, Insert>>;

export function insertOfTables(...tables: readonly Table[]): Insert {
  return {
    html: tables.map(htmlOfTable).join("\n"),
    markdown: `\n${tables.map(markdownOfTable).join("\n\n")}\n`,
  };
}

export function insertOfCode(code: string, language: string): Insert {
  return {
    html: codeBlockOf(code, language),
    markdown: `\n\`\`\`${language}\n${code.replace(/\n$/, "")}\n\`\`\`\n`,
  };
}

/** Throws on a comment that asks for what there is not. */
export function withInserts(text: string, inserts: Inserts, form: keyof Insert): string {
  return text.replaceAll(/<!-- ((?:table|row|events) of [\w-]+) -->/g, (_, name: string) => {
    const insert = inserts[name];
    if (insert === undefined) throw new Error(`there is no ${name}`);
    return insert[form];
  });
}
