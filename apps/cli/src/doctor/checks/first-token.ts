/** Whether a first token comes: on each surface through the redirect, and in one leg. Each costs a few tokens. */
import { type Check, check, failed, ok, skipped, warning } from "../check.ts";
import type { Context, SurfaceName } from "../context.ts";
import { type Found, given, SURFACE_TITLES } from "../found.ts";
import { firstSurface, isAsked } from "../question.ts";
import { REFUSALS } from "../refusal.ts";
import { travel } from "../travel.ts";
import { type Asking, nameOf, type Trip } from "../trip.ts";
import { LOCATION_FAULTS } from "./redirect.ts";

const FAULTS = {
  ...REFUSALS,
  ...LOCATION_FAULTS,
  "stream-unwelcome": {
    sees: "A stream was asked for, and one document comes.",
    remedy: "Have the proxy in between pass text/event-stream on as it is.",
  },
  "stream-cut": {
    sees: "A stream that ends without [DONE] or message_stop, or a connection that is reset.",
    remedy: "Raise the idle and total timeouts of the proxy in between; look whether the gateway was stopped.",
  },
  "stream-failed": {
    sees: "An error event in the midst of a stream.",
    remedy:
      "The supplier failed after it had begun; the receipt says whether that is charged. Ask again, and look at interchange suppliers health.",
  },
  "first-token-missing": {
    sees: "A stream that ends well and says nothing.",
    remedy: "Ask again; if it stays, look at the receipt for the supplier that answers so (interchange usage show).",
  },
  "first-token-slow": {
    sees: "A longer wait than the instrument promises.",
    remedy: "Compare with the receipt's ttft_ms: what is more was spent between here and the gateway.",
  },
} as const;

type FirstTokenFault = keyof typeof FAULTS;

export const firstTokenChat = firstToken("chat-completions");
export const firstTokenMessages = firstToken("messages");

function firstToken(surface: SurfaceName): Check {
  return check<FirstTokenFault>({
    id: `first-token-${surface}`,
    title: `First token on ${SURFACE_TITLES[surface]}`,
    needs: ["redirect"],
    exit: 5,
    faults: FAULTS,
    async run(context, found) {
      if (!isAsked(surface, context.surface)) return skipped(`only ${context.surface} is asked for`);
      return look(context, found, { surface, inline: given(found, "target").inline });
    },
  });
}

export const firstTokenInline = check<FirstTokenFault>({
  id: "first-token-inline",
  title: "First token inline",
  needs: ["supplier", "balance"],
  exit: 5,
  faults: FAULTS,
  async run(context, found) {
    if (given(found, "target").inline) return skipped("the base URL is inline already");
    return look(context, found, { surface: firstSurface(context.surface), inline: true });
  },
});

async function look(context: Context, found: Partial<Found>, asking: Asking) {
  const trip = await travel(context, found, asking);
  if (trip.kind === "stumble") return failed(trip.fault, trip.what);
  const trips = { trips: [...(found.trips ?? []), trip] };
  if (trip.firstTokenMs === undefined) return withoutToken(trip, trips);
  const promisedMs = given(found, "instrument").floors.first_token_ms_max;
  if (promisedMs !== null && trip.firstTokenMs > promisedMs) {
    return warning(
      "first-token-slow",
      `It came after ${trip.firstTokenMs} ms, and ${promisedMs} ms are promised.`,
      trips,
    );
  }
  return ok(`after ${trip.firstTokenMs} ms`, trips);
}

function withoutToken({ stream, ...trip }: Trip, found: Partial<Found>) {
  const { ending } = stream;
  if (ending.kind === "error") return failed("stream-failed", `The stream failed: ${ending.message}`, found);
  if (ending.kind === "cut") return failed("stream-cut", `The stream ${ending.why} before the first token.`, found);
  return failed("first-token-missing", `The stream on ${nameOf(trip)} ended well without a token.`, found);
}

export const STREAM_FAULTS = { "stream-cut": FAULTS["stream-cut"], "stream-failed": FAULTS["stream-failed"] } as const;
