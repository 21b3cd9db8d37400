/** The bounds of what callers hand in; outside of them it is a mistake of the program and thrown. */

import { LedgerError } from "./ledger-error.ts";

/** Stands in the store for "no expiry", so that expiries can be compared and sorted without nulls. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

const TEXT_LENGTH_MAX = 256;

/** An integer from `min` up to `max`, which is 2^53 − 1 unless said otherwise. */
export function requireInteger(value: unknown, name: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < min || value > max) {
    throw new LedgerError("bad-input", `${name} must be a whole number from ${min} to ${max}, not ${String(value)}`);
  }
  return value;
}

/** Such an integer, or null where it is absent. */
export function optionalInteger(value: unknown, name: string, min: number, max?: number): number | null {
  return value === undefined ? null : requireInteger(value, name, min, max);
}

export function requireBoolean(value: unknown, name: string): boolean {
  if (typeof value === "boolean") return value;
  throw new LedgerError("bad-input", `${name} must be true or false, not ${String(value)}`);
}

/** Milliseconds since 1970; absent means never. */
export function requireExpiry(value: unknown, name: string): number {
  return value === undefined ? NEVER_MS : requireInteger(value, name, 0);
}

/** A text of 1 to 256 characters, unless said otherwise, that both engines can store: no NUL, no lone surrogate. */
export function requireText(value: unknown, name: string, lengthMax = TEXT_LENGTH_MAX): string {
  const sound = typeof value === "string" && value.length > 0 && value.length <= lengthMax;
  if (!sound || value.includes("\0") || !value.isWellFormed()) {
    throw new LedgerError("bad-input", `${name} must be a text of 1 to ${lengthMax} characters`);
  }
  return value;
}

export function optionalText(value: unknown, name: string): string | null {
  return value === undefined ? null : requireText(value, name);
}

const TEXTS_MAX = 100;

/** At most 100 such texts, as JSON; absent and none are null. */
export function optionalTexts(value: unknown, name: string): string | null {
  if (value === undefined) return null;
  if (!Array.isArray(value) || value.length > TEXTS_MAX) {
    throw new LedgerError("bad-input", `${name} must be a list of at most ${TEXTS_MAX} texts`);
  }
  const texts = value.map((text, index) => requireText(text, `${name}[${index}]`));
  return texts.length === 0 ? null : JSON.stringify(texts);
}

/** Whatever JSON can say in so many characters, as JSON. */
export function requireDocument(document: unknown, name: string, lengthMax: number): string {
  const text = jsonOf(document);
  if (text !== undefined && text.length <= lengthMax) return text;
  throw new LedgerError("bad-input", `${name} must be sayable in at most ${lengthMax} characters of JSON`);
}

/** Undefined when JSON has no word for it. */
function jsonOf(document: unknown): string | undefined {
  try {
    return JSON.stringify(document);
  } catch {
    return undefined;
  }
}

/** A record that JSON can say, as JSON; absent is null. */
export function optionalRecord(value: unknown, name: string): string | null {
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new LedgerError("bad-input", `${name} must be a record`);
  }
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new LedgerError("bad-input", `${name} cannot be said in JSON: ${(error as Error).message}`);
  }
}
