/** Whether every stream ended with its last word. */
import { check, failed, ok, skipped } from "../check.ts";
import { nameOf } from "../trip.ts";
import { STREAM_FAULTS } from "./first-token.ts";

export const streamWhole = check({
  id: "stream-whole",
  title: "Streams end whole",
  needs: ["supplier", "balance"],
  exit: 5,
  faults: STREAM_FAULTS,
  async run(_context, { trips = [] }) {
    if (trips.length === 0) return skipped("no stream began");
    for (const { stream, ...trip } of trips) {
      const { ending, events } = stream;
      if (ending.kind === "cut")
        return failed("stream-cut", `On ${nameOf(trip)} the stream ${ending.why}, after ${events} events.`);
      if (ending.kind === "error")
        return failed("stream-failed", `On ${nameOf(trip)} the stream failed: ${ending.message}`);
    }
    return ok(`${trips.length} of ${trips.length}`);
  },
});
