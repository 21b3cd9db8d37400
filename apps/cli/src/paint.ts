/** Colours, where somebody sees them: a terminal without NO_COLOR (no-color.org), or FORCE_COLOR. */
import { styleText } from "node:util";
import type { Output, Terminal } from "./terminal.ts";

export type Colour = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

export type Paint = (colour: Colour, text: string) => string;

export function paintFor(stream: Output, env: Terminal["env"]): Paint {
  return hasColours(stream, env)
    ? (colour, text) => styleText(colour, text, { validateStream: false })
    : (_, text) => text;
}

export function hasColours({ isTTY }: Output, env: Terminal["env"]): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTTY === true && env["TERM"] !== "dumb";
}
