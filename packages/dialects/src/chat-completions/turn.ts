/** All turns together: in the order and the form in which servers of this format take a conversation. */
import type { DocumentPart, Message, Part, TextPart, ToolResultPart } from "@interchange/inference";
import type { Telling } from "../telling.ts";
import { bagOf, isWireList, type Wire } from "../wire.ts";
import { marksCache } from "./cache.ts";
import { isContentPart, isMarked, joined, writeResult, writeTurn } from "./message.ts";
import { NAME } from "./name.ts";
import type { ContentPart } from "./part.ts";

/** The turns of a request. One that came in this format is said back turn by turn. */
export function writeTurns(messages: readonly Message[], how: Telling): readonly Wire[] {
  const asked = how.own ? messages : messages.map(crossTurn);
  const turns = how.quirks.laterSystemTurns === false ? joinSystem(asked, how) : asked;
  return how.own ? turns.flatMap((turn) => writeOwn(turn, how)) : writeCrossed(turns, how);
}

function writeOwn(message: Message, how: Telling): readonly Wire[] {
  const [results, rest] = split(message);
  const written = results.map((result) =>
    writeResult(result, result.content.filter(isContentPart), bagOf(NAME, message), how),
  );
  return results.length > 0 && rest.length === 0 ? written : [...written, writeTurn(message, rest, how)];
}

function split({ content }: Message): readonly [readonly ToolResultPart[], readonly Part[]] {
  return [content.filter((part) => part.type === "tool-result"), content.filter((part) => part.type !== "tool-result")];
}

/** Thoughts are the assistant's own. */
function crossTurn(message: Message): Message {
  const content = crossParts(message.content);
  if (message.role === "assistant") return { ...message, content };
  return { ...message, content: content.filter((part) => part.type !== "reasoning") };
}

/** What the words say, in parts that this format has: nothing that is empty, and nothing that only another can say. */
function crossParts(parts: readonly Part[]): readonly Part[] {
  return parts.flatMap((part): readonly Part[] => {
    if (part.type === "text") return part.text === "" ? [] : [part];
    if (part.type === "opaque") return part.plain ? [{ type: "text", text: part.plain }] : [];
    if (part.type === "tool-result") return [{ ...part, content: crossParts(part.content) }];
    return part.type === "document" ? crossDocument(part) : [part];
  });
}

/** A document in words is told in words, under its title; what is to be known about one, before it. */
function crossDocument(part: DocumentPart): readonly Part[] {
  const { source, title, context } = part;
  const known = context === undefined ? [] : [text(context)];
  const parts = source.kind === "text" ? [text(source.text)] : source.kind === "parts" ? source.parts : undefined;
  if (parts === undefined) return [...crossParts(known), part];
  const told = crossParts([...(title === undefined ? [] : [text(title)]), ...known, ...parts]);
  return part.cache === undefined ? told : markLast(told, part);
}

function text(said: string): TextPart {
  return { type: "text", text: said };
}

/** The mark of a whole stands at its end. */
function markLast(parts: readonly Part[], { cache }: { readonly cache?: DocumentPart["cache"] }): readonly Part[] {
  const last = parts.at(-1);
  if (cache === undefined || last === undefined || !CAN_MARK.has(last.type)) return parts;
  return [...parts.slice(0, -1), { cache, ...last } as Part];
}

const CAN_MARK: ReadonlySet<Part["type"]> = new Set<Part["type"]>(["text", "image", "document"]);

/** All that the system says, in order, as one turn at the start. */
function joinSystem(messages: readonly Message[], how: Telling): readonly Message[] {
  const spoken = messages.filter(isOfSystem);
  const isFirst = spoken.length === 1 && spoken[0] === messages[0];
  if (spoken.length === 0 || (isFirst && messages[0]?.role === "system")) return messages;
  const texts = spoken.flatMap(({ content }) => content).filter((part) => part.type === "text");
  const kept = marksCache(how) && texts.some(isMarked);
  const content = kept ? texts : [text(joined(texts, "\n\n"))];
  return [{ role: "system", content }, ...messages.filter((message) => !isOfSystem(message))];
}

function isOfSystem({ role }: Message): boolean {
  return role === "system" || role === "developer";
}

/** Turns of another format: results follow the calls that they answer, and turns that say nothing are left out. */
function writeCrossed(messages: readonly Message[], how: Telling): readonly Wire[] {
  const stretches: Stretch[] = [{ results: [], rest: [] }];
  for (const message of messages) {
    const [results, rest] = split(message);
    const shown = results.flatMap((result) => attachments(result, how));
    for (const result of results) answer(stretches, crossResult(result, how));
    if (shown.length + rest.length === 0) continue;
    const turn = writeTurn({ ...message, role: results.length > 0 ? "user" : message.role }, [...shown, ...rest], how);
    if (isWireList(turn.tool_calls)) stretches.push({ caller: turn, results: [], rest: [] });
    else if (saysSomething(turn)) stretches.at(-1)?.rest.push(turn);
  }
  const written = stretches.flatMap(({ caller, results, rest }) => [...(caller ? [caller] : []), ...results, ...rest]);
  return written.some(({ role }) => role !== "system" && role !== "developer")
    ? written
    : [...written, { role: "user", content: "" }];
}

/** A turn whose thoughts are left out may have nothing left. */
function saysSomething({ role, content, ...rest }: Wire): boolean {
  return (content !== undefined && content !== "" && content !== null) || Object.keys(rest).length > 0;
}

/** From a turn that calls tools to the next: what its calls gave stands behind it, whatever was said in between. */
interface Stretch {
  /** Absent before the first call. */
  readonly caller?: Wire;
  readonly results: Wire[];
  readonly rest: Wire[];
}

function answer(stretches: readonly Stretch[], result: Wire): void {
  const latest = stretches.at(-1);
  (latest?.caller === undefined ? latest?.rest : latest.results)?.push(result);
}

/** That it went wrong has no property here: the text says it. */
function crossResult(result: ToolResultPart, how: Telling): Wire {
  const parts = markLast(result.content.filter(isContentPart), result).filter(isContentPart);
  const texts = how.quirks.toolResultMedia ? parts : parts.filter((part) => part.type === "text");
  const said = texts.length < parts.length ? [...texts, text("(What the tool showed follows.)")] : texts;
  const marked = result.isError ? markError(said) : said;
  return { content: "", ...writeResult(result, marked, {}, how) };
}

function markError(parts: readonly ContentPart[]): readonly ContentPart[] {
  const [first, ...rest] = parts;
  if (first?.type !== "text") return [text("Error"), ...parts];
  return [{ ...first, text: `Error: ${first.text}` }, ...rest];
}

/** What a result shows besides its text, for suppliers whose tools can only say something. */
function attachments(result: ToolResultPart, { quirks }: Telling): readonly ContentPart[] {
  if (quirks.toolResultMedia) return [];
  const shown = result.content.filter(isContentPart).filter((part) => part.type !== "text");
  return shown.length === 0 ? [] : [text(`Shown by the tool in its result ${result.callId}:`), ...shown];
}
