/** What a caller over a limit reads: which limit, whose, and what to do. */
import type { HoldOutcome } from "@interchange/ledger";
import type { Holder, Limit } from "./limit.ts";

const WHO: Readonly<Record<Holder, string>> = { key: "key", account: "account", instrument: "account" };

export function requestsSpent({ holder, instrument, max }: Limit, waitMs: number): string {
  const what = instrument === undefined ? "" : ` for ${instrument}`;
  return `This ${WHO[holder]} may ask${what} ${max} times a minute; ${againIn(waitMs)}.`;
}

export function tokensSpent(
  limit: Limit,
  need: { readonly left: number; readonly tokens: number },
  waitMs: number,
): string {
  const { holder, max } = limit;
  const left = `and has ${need.left} left, and this request may need ${need.tokens}`;
  return `This ${WHO[holder]} may use ${max} tokens${ofInstrument(limit)} a minute ${left}; ${againIn(waitMs)}.`;
}

export function tooLarge(limit: Limit, tokens: number): string {
  const may = `this ${WHO[limit.holder]} may use ${limit.max}${ofInstrument(limit)} a minute`;
  return `This request may need ${tokens} tokens, and ${may}; ask for a shorter answer.`;
}

export type TooManyRunning = Extract<HoldOutcome, { readonly kind: "too-many-running" }>;

export function tooManyRunning({ of, max }: TooManyRunning, instrument: string): string {
  const what = of === "instrument" ? ` for ${instrument}` : "";
  return `This ${WHO[of]} may have ${max} ${max === 1 ? "request" : "requests"}${what} under way at once; ask again when one has ended.`;
}

function ofInstrument({ instrument }: Limit): string {
  return instrument === undefined ? "" : ` of ${instrument}`;
}

function againIn(waitMs: number): string {
  return `ask again in ${Math.ceil(waitMs / 1_000)} s`;
}
