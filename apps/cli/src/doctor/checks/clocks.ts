/** Whether the gateway's clock and ours agree. */
import { check, failed, ok, skipped, warning } from "../check.ts";
import { given } from "../found.ts";

/** What nobody notices: the header has whole seconds, and the way takes its time. */
const NOTICED_MS = 5_000;
/** For as long as a ticket lives. */
const HARMFUL_MS = 60_000;

export const clocks = check({
  id: "clocks",
  title: "The clocks agree",
  needs: ["gateway"],
  exit: 5,
  faults: {
    "clock-skewed": {
      sees: "Tickets that have expired when they come (503, again and again), keys that end early, receipts from the future.",
      remedy:
        "Set both machines' clocks by NTP (timedatectl): the gateways behind one address must agree within seconds.",
    },
  },
  async run(_context, found) {
    const { date, sentAtMs, gotAtMs, ageSeconds } = given(found, "heard");
    const saidMs = Date.parse(date ?? "");
    if (Number.isNaN(saidMs)) return skipped("the answer has no Date");
    // The header leaves out what is past the second, which is half of one on average.
    const aheadMs = saidMs + 500 + ageSeconds * 1_000 - (sentAtMs + gotAtMs) / 2;
    const seconds = Math.round(Math.abs(aheadMs) / 1_000);
    const what = `The gateway's clock is ${spoken(seconds)} ${aheadMs > 0 ? "ahead of" : "behind"} this machine's; a ticket lives 60 s.`;
    if (Math.abs(aheadMs) >= HARMFUL_MS) return failed("clock-skewed", what);
    if (Math.abs(aheadMs) >= NOTICED_MS) return warning("clock-skewed", what);
    return ok("within seconds");
  },
});

function spoken(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
