/** Every fault as a row of Markdown, as the guide has it. */
import type { Advice } from "../../src/doctor/check.ts";
import { CHECKS } from "../../src/doctor/checks/index.ts";
import { OWN_FAULTS } from "../../src/doctor/examination.ts";

/** In the order in which they are looked for; one that several checks may name stands once. */
export const FAULTS: ReadonlyMap<string, Advice> = new Map(
  [...CHECKS.map(({ faults }) => faults), OWN_FAULTS].flatMap((faults) => Object.entries<Advice>(faults)),
);

/** Commands, addresses, headers and variables as code. */
const CODE =
  /\binterchange [a-z-]+(?: (?:list|create|show|update|rotate|health|explain))?|https?:\/\/(?:\w[\w.:]*\w)?|--[a-z]+|\b[A-Z]+(?:_[A-Z]+)+\b|\b[a-z]+(?:_[a-z]+)+\b|\bx-[a-z-]+|\brequest-id\b|(?<=\s)\/[a-z]\S*[^\s,.:;)]/g;

export const TABLE = [
  "| fault | what you see | what to do |",
  "| --- | --- | --- |",
  ...[...FAULTS].map(([fault, { sees, remedy }]) => `| \`${fault}\` | ${marked(sees)} | ${marked(remedy)} |`),
  "",
].join("\n");

function marked(text: string): string {
  return text.replaceAll(CODE, "`$&`");
}
