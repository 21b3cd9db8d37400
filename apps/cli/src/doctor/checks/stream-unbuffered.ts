/** Whether streams arrive as they are written: what the gateway wrote over a while must not come all at once. */
import { check, failed, ok, skipped } from "../check.ts";
import type { Settled } from "../found.ts";
import { nameOf } from "../trip.ts";

/** Shorter than that, and pieces may fall together on any way. */
const TELLING_MS = 100;
/** Of the time that the gateway took, at least so much must be seen here too. */
const SHARE_MIN = 0.25;

export const streamUnbuffered = check({
  id: "stream-unbuffered",
  title: "Streams arrive piece by piece",
  needs: ["supplier", "balance"],
  exit: 5,
  faults: {
    "stream-buffered": {
      sees: "Nothing for a while, and then the whole answer at once; the first token comes with the last.",
      remedy:
        "Switch buffering off in the proxy in between (nginx: proxy_buffering off; no compression of text/event-stream).",
    },
  },
  async run(_context, { receipts = [] }) {
    if (receipts.length === 0) return skipped("no stream has a receipt");
    const telling = receipts.filter((settled) => writtenMs(settled) >= TELLING_MS);
    if (telling.length === 0) return skipped("the answers were too quick to tell");
    for (const settled of telling) {
      const [written, arrived] = [writtenMs(settled), arrivedMs(settled)];
      if (arrived < written * SHARE_MIN) {
        return failed(
          "stream-buffered",
          `On ${nameOf(settled.trip)} the gateway wrote for ${written} ms, and all of it came within ${arrived} ms.`,
        );
      }
    }
    return ok(`over ${Math.max(...telling.map(arrivedMs))} ms`);
  },
});

/** From the first part of the answer to its end, as the gateway saw it; 0 where not all of it was to be seen here. */
function writtenMs({ trip, receipt: { timing } }: Settled): number {
  if (trip.stream.ending.kind !== "whole") return 0;
  return timing.duration_ms === null || timing.ttft_ms === null ? 0 : timing.duration_ms - timing.ttft_ms;
}

function arrivedMs({ trip }: Settled): number {
  const { arrivalsMs } = trip.stream;
  return (arrivalsMs.at(-1) ?? 0) - (arrivalsMs[0] ?? 0);
}
