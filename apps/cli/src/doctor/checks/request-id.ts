/** Whether the id of a request comes through, the same on both legs and under both names. */
import { check, failed, ok, skipped } from "../check.ts";
import { nameOf } from "../trip.ts";

export const requestId = check({
  id: "request-id",
  title: "Request ids come through",
  needs: ["supplier", "balance"],
  exit: 5,
  faults: {
    "request-id-lost": {
      sees: "Answers without x-request-id and request-id: no receipt can be found for them.",
      remedy: "Have the proxy in between pass both headers on.",
    },
    "request-id-changed": {
      sees: "An id that the gateway does not know: no receipt can be found by it.",
      remedy: "Keep the proxy in between from writing an x-request-id of its own into answers.",
    },
  },
  async run(_context, { trips = [] }) {
    if (trips.length === 0) return skipped("no question was answered");
    for (const trip of trips) {
      const values = trip.ids.flatMap((ids) => [ids["x-request-id"], ids["request-id"]]);
      if (values.includes(null)) return failed("request-id-lost", `On ${nameOf(trip)} an answer has no request id.`);
      const different = new Set(values);
      if (different.size > 1)
        return failed("request-id-changed", `On ${nameOf(trip)} there are ${different.size} ids for one request.`);
    }
    return ok(`${trips.length} of ${trips.length}`);
  },
});
