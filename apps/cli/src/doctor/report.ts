/** What the doctor says: a line for each check as it ends, and at the end a sentence. */
import stringWidth from "string-width";
import { duration, grouped } from "../figures.ts";
import type { Colour, Paint } from "../paint.ts";
import { wrapped } from "../wrap.ts";
import type { Cost } from "./cost.ts";
import type { Examination, Outcome, Status } from "./examination.ts";

const WIDTH_MAX = 80;

export interface Sheet {
  /** In columns. */
  readonly width: number;
  readonly paint: Paint;
}

const MARKS: Readonly<Record<Status, readonly [mark: string, colour: Colour]>> = {
  ok: ["✓", "green"],
  warning: ["!", "yellow"],
  failed: ["✗", "red"],
  skipped: ["–", "dim"],
};

/** The mark, the title with the fault's name or what is to know, and the time; below a fault, what it is and what to do. */
export function linesOf(outcome: Outcome, { width, paint }: Sheet): string[] {
  const { status, title, fault, what, do: remedy, ms } = outcome;
  const columns = Math.min(width, WIDTH_MAX);
  const [mark, colour] = MARKS[status];
  const time = status === "skipped" ? "" : duration(ms);
  const remark = remarkOf(outcome);
  const [first = "", ...rest] = wrapped(
    remark === undefined ? title : `${title}: ${remark}`,
    columns - 4 - time.length,
  );
  const gap = " ".repeat(Math.max(1, columns - 2 - stringWidth(first) - time.length));
  const head = `${status === "skipped" ? `${mark} ` : paint(colour, `${mark} `)}${headed(first, fault, paint, colour)}`;
  const lines = [time === "" ? head : `${head}${gap}${paint("dim", time)}`, ...rest.map((line) => `    ${line}`)];
  if (status === "skipped") return lines.map((line) => paint("dim", line));
  if (what === undefined) return lines;
  return [
    ...lines,
    ...wrapped(what, columns - 4).map((line) => `    ${line}`),
    ...wrapped(remedy ?? "", columns - 6).map((line, index) => `    ${index === 0 ? "→" : " "} ${line}`),
  ];
}

function remarkOf({ status, fault, note, why }: Outcome): string | undefined {
  if (status === "skipped") return `skipped, ${why}`;
  return fault ?? note;
}

function headed(line: string, fault: string | undefined, paint: Paint, colour: Colour): string {
  return fault === undefined ? line : line.replace(fault, paint(colour, fault));
}

/** One sentence of how it stands, and one of what asking has cost. */
export function verdictOf({ outcomes, cost }: Examination): string {
  const names = (status: Status) => outcomes.flatMap((each) => (each.status === status ? [each.fault ?? each.id] : []));
  return [verdict(names("failed"), names("warning"), names("skipped").length, outcomes), costSentence(cost)]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function verdict(
  failed: readonly string[],
  warned: readonly string[],
  skipped: number,
  outcomes: readonly Outcome[],
): string {
  if (failed.length > 0) {
    const left = skipped === 0 ? "" : ` ${counted(skipped, "check was", "checks were")} not made.`;
    return `Something is wrong: ${[...new Set(failed)].join(", ")}.${left}`;
  }
  const waited = outcomes.find(({ id, note }) => id.startsWith("first-token-") && note !== undefined)?.note;
  const token = waited === undefined ? "" : ` The first token came ${waited}.`;
  if (warned.length > 0) return `It works, and might not everywhere: ${[...new Set(warned)].join(", ")}.${token}`;
  return `All is well.${token}`;
}

function costSentence({ answered, tokens, usd, unknown }: Cost): string {
  if (answered === 0) return "Nothing was asked that costs anything.";
  const asked = counted(answered, "question", "questions");
  const open = unknown === 0 ? "" : `, and ${unknown} not settled yet`;
  return `Asking cost ${grouped(String(tokens))} tokens (${usd} USD) for ${asked}${open}.`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The same for programs. */
export function documentOf({ outcomes, questions, cost, exit }: Examination): Readonly<Record<string, unknown>> {
  return { ok: exit === 0, exit, checks: outcomes, questions, cost };
}
