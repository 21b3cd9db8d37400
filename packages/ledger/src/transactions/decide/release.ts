/** Whether a hold is given back. */

import type { ReleaseCommand, ReleaseOutcome } from "../../hold.ts";
import type { Book } from "../book/book.ts";

export function release(book: Book, { requestId, reason }: ReleaseCommand, nowMs: number): ReleaseOutcome {
  const hold = book.holds.get(requestId);
  if (hold === undefined) return { kind: "unknown" };
  if (hold.state === "settled" || hold.state === "expired") return { kind: hold.state };
  if (hold.state !== "released") book.giveBack(hold, { state: "released", reason }, nowMs);
  return { kind: "released", requestId, reason: hold.reason ?? "" };
}
