/** Quirks: what contradicts itself in those of a row, such as a habit of a format that the supplier does not speak. */
import type { Quirks } from "@interchange/dialects";
import type { Format } from "./config.ts";
import type { SupplierEntry } from "./file.ts";
import type { Path, Problem } from "./problems.ts";

/** The format whose requests a quirk changes. */
export const QUIRK_FORMATS: Readonly<Record<keyof Quirks, Format | "either">> = {
  content: "chat-completions",
  emptyContent: "chat-completions",
  developerRole: "chat-completions",
  laterSystemTurns: "chat-completions",
  outputCap: "chat-completions",
  streamOptions: "chat-completions",
  parallelToolCalls: "chat-completions",
  userId: "chat-completions",
  pastReasoning: "chat-completions",
  toolResultMedia: "chat-completions",
  cacheControl: "chat-completions",
  systemTurns: "messages",
  thinking: "messages",
  efforts: "either",
  toolIds: "either",
};

/** `path` is that of the quirks. */
export function quirkProblems({ dialect, quirks = {} }: SupplierEntry, path: Path): readonly Problem[] {
  const spoken: readonly unknown[] = ["either", dialect].flat();
  const foreign = (Object.keys(quirks) as (keyof Quirks)[]).filter((name) => !spoken.includes(QUIRK_FORMATS[name]));
  const problems = foreign.map((name): Problem => {
    const sentence = `belongs to the ${QUIRK_FORMATS[name]} format, which this supplier does not speak`;
    return { path: [...path, name], sentence, at: "name" };
  });
  return [...problems, ...toolIdProblems(quirks, [...path, "toolIds"])];
}

function toolIdProblems({ toolIds }: Quirks, path: Path): readonly Problem[] {
  const { charsMin = 1, charsMax = charsMin } = toolIds ?? {};
  if (charsMin <= charsMax) return [];
  return [{ path: [...path, "charsMin"], sentence: `is ${charsMin}, which is over charsMax, ${charsMax}` }];
}
