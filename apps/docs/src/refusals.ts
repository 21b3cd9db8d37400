/** The table of errors, said by the dialects themselves: what each surface makes of every way in which we say no. */
import { dialects } from "@interchange/dialects";
import { type Refusal, retryAfterMs, statusOf } from "@interchange/inference";
import { REFUSED, type Samples } from "./refused.ts";
import { codeOf, plainOf, type Row, type Table } from "./table.ts";

/** What a surface says: its `error` object. */
interface Said {
  readonly type: string;
  readonly code?: string | null;
  readonly message: string;
}

/** One row for each refusal, by status; what is said alike stands once. */
export function refusalsTable(samples: Samples = REFUSED): Table {
  const refusals: Refusal[] = Object.values(samples).flat();
  const rows = refusals
    .map((refusal) => ({ status: statusOf(refusal), refusal }))
    .sort((one, other) => one.status - other.status)
    .map(({ status, refusal }) => rowOf(status, refusal));
  const heads = Object.keys(dialects).map((name) => (name === "chat-completions" ? `${name}, platform` : name));
  return { heads: ["status", ...heads, "again?", "for example"], rows, isWide: true };
}

function rowOf(status: number, refusal: Refusal): Row {
  const said = Object.values(dialects).map(({ surface }) => errorOf(surface.writeRefusal(refusal, "req_1")));
  const messages = [...new Set(said.map(({ message }) => plainOf(message)))];
  return { head: String(status), cells: [...said.map(wordsOf), againOf(refusal), messages.join(" Or: ")] };
}

function errorOf(envelope: { readonly error: Said }): Said {
  return envelope.error;
}

/** The type, and the code where the format has one. */
function wordsOf({ type, code }: Said): string {
  return [type, code]
    .filter((word) => word !== undefined && word !== null)
    .map(codeOf)
    .join(", ");
}

/** When the same may be sent again: the gateway tells it in `Retry-After` or `retry-after-ms`. */
function againOf(refusal: Refusal): string {
  const waitMs = retryAfterMs(refusal);
  return waitMs === undefined
    ? "no"
    : waitMs < 1_000
      ? `after\u00a0${waitMs}\u00a0ms`
      : `after\u00a0${waitMs / 1_000}\u00a0s`;
}
