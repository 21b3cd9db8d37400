/** Whether a question is redirected, and the Location leads back to the gateway from here. Nothing runs yet. */
import { isIP } from "node:net";
import { check, failed, ok, skipped, warning } from "../check.ts";
import type { Context } from "../context.ts";
import { given } from "../found.ts";
import { placeOf } from "../network.ts";
import { firstSurface } from "../question.ts";
import { REFUSALS } from "../refusal.ts";
import { ask } from "../reply.ts";
import { begin } from "../travel.ts";
import type { Redirected } from "../trip.ts";

export const LOCATION_FAULTS = {
  "location-missing": {
    sees: "A 307 that clients do not follow, or an error about a redirect.",
    remedy: "Have the proxy in between pass the Location header on.",
  },
  "location-unreachable": {
    sees: "The first leg is a 307, and then ECONNREFUSED, ENOTFOUND or a timeout at another host.",
    remedy:
      "Set the gateway's publicUrl to an address that its callers can reach, or leave it out. Until then ask below /inline.",
  },
} as const;

export const redirect = check({
  id: "redirect",
  title: "Redirect leads back here",
  needs: ["supplier", "balance"],
  exit: 5,
  faults: {
    ...REFUSALS,
    ...LOCATION_FAULTS,
    "location-downgraded": {
      sees: "Browsers block the second leg; others send the prompt unencrypted.",
      remedy: "Set the gateway's publicUrl to its https:// address.",
    },
    "location-elsewhere": {
      sees: "The first leg is a 307, and the second a page, a 404 or a 403.",
      remedy:
        "Set the gateway's publicUrl to its own address, with whatever path a proxy puts in front, and have /r passed on.",
    },
    "redirect-followed": {
      sees: "200 at once where a 307 should be; streams may arrive in one piece.",
      remedy: "Have the proxy pass a 307 on to its caller rather than follow it; or use /inline on purpose.",
    },
  },
  async run(context, found) {
    const { inline, base } = given(found, "target");
    if (inline) return skipped("the base URL is inline, and answers in one leg");
    if (given(found, "keyRecord").inline) return skipped("the key is marked inline, and is answered in one leg");
    const begun = await begin(context, found, { surface: firstSurface(context.surface), inline: false });
    if (begun.kind === "stumble") return failed(begun.fault, begun.what);
    if (begun.kind === "answering") {
      await begun.response.body?.cancel();
      return warning(
        "redirect-followed",
        "The question was answered at once: something in between follows redirects itself.",
      );
    }
    return follow(context, begun.redirected, new URL(base));
  },
});

async function follow(context: Context, redirected: Redirected, from: URL) {
  const { location } = redirected;
  if (location === undefined) return failed("location-missing", "The 307 does not say where to.");
  if (from.protocol === "https:" && location.protocol !== "https:") {
    return failed("location-downgraded", `The Location leads from https:// to ${location.protocol}//.`);
  }
  const unreachable = await obstacle(context, location);
  if (unreachable !== undefined) {
    return failed("location-unreachable", `The Location leads to ${location.origin}, which ${unreachable}.`);
  }
  const stranger = await strangerAt(context, location);
  if (stranger !== undefined) {
    return failed("location-elsewhere", `The Location leads to ${location.origin}, where ${stranger}.`);
  }
  return ok(location.origin === from.origin ? "on the same origin" : `to ${location.origin}`, { redirected });
}

/** What is in the way to there, below HTTP. */
async function obstacle({ network, patienceMs }: Context, location: URL): Promise<string | undefined> {
  const place = placeOf(location);
  const resolved = isIP(place.host) === 0 ? await network.resolve(place.host) : undefined;
  if (resolved?.kind === "unknown") return `has a name that is not known here (${resolved.code})`;
  const door = await network.connect(place, patienceMs);
  if (door.kind === "closed") return `does not answer (${door.code})`;
  if (!place.secure) return undefined;
  const seen = await network.certificate(place, patienceMs);
  return seen.kind === "valid" ? undefined : `has no valid certificate (${seen.code})`;
}

/**
 * A preflight uses no ticket, and our relay answers it. A proxy may answer in its place or refuse it, which says nothing about
 * the question itself; only what cannot be on the way to a relay is a stranger.
 */
async function strangerAt(context: Context, location: URL): Promise<string | undefined> {
  const headers = { origin: "null", "access-control-request-method": "POST" };
  const reply = await ask(context, location.href, { method: "OPTIONS", headers });
  if (reply.kind === "silence") return `nothing answers: it ${reply.why}`;
  const { status, isPage } = reply;
  const isStrange = status === 404 || (status < 400 && !reply.headers.has("access-control-allow-origin"));
  return isStrange ? `something else answers (${isPage ? "a web page" : "no relay"}, of status ${status})` : undefined;
}
