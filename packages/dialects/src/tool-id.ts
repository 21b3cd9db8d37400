/** Ids of tool calls: what a format does not allow in one is told in a marked form, and read back from it. */
import { digestOf } from "./digest.ts";
import type { ToolIdRule } from "./quirks.ts";

/** What the vendor of the Messages format allows. https://docs.anthropic.com/en/api/messages */
const ALLOWED = /^[A-Za-z0-9_-]{1,64}$/;
const CHARS_MAX = 64;

/** Before the whole id in base64url (RFC 4648 §5). */
const WHOLE = "icw_";
/** Before a digest, where the whole id would be too long: the same every time, but not to be read back. */
const DIGEST = "icd_";

/** The id in letters, digits, `_` and `-`, at most 64 of them: as it is when that is what it is already. */
export function writeCallId(id: string): string {
  if (ALLOWED.test(id) && readCallId(id) === id) return id;
  const whole = WHOLE + Buffer.from(id).toString("base64url");
  return whole.length <= CHARS_MAX && decoded(whole) === id ? whole : DIGEST + digestOf(id, "base64url");
}

/** The id that was told in that form; any other is as it came. */
export function readCallId(told: string): string {
  const id = decoded(told);
  return id !== undefined && writeCallId(id) === told ? id : told;
}

function decoded(told: string): string | undefined {
  return told.startsWith(WHOLE) ? Buffer.from(told.slice(WHOLE.length), "base64url").toString() : undefined;
}

const ALPHABETS: Readonly<Record<ToolIdRule["alphabet"], RegExp>> = {
  alphanumeric: /^[A-Za-z0-9]+$/,
  word: /^[A-Za-z0-9_-]+$/,
};

/**
 * The id as a supplier with such a rule takes it: another id becomes the beginning of its digest, the same every time. The
 * digest has 64 characters.
 */
export function narrowToolId(id: string, rule: ToolIdRule | undefined): string {
  if (rule === undefined || isNarrow(id, rule)) return id;
  return digestOf(id, "hex").slice(0, rule.charsMax);
}

function isNarrow(id: string, { alphabet, charsMin = 1, charsMax }: ToolIdRule): boolean {
  return id.length >= charsMin && id.length <= charsMax && ALPHABETS[alphabet].test(id);
}
