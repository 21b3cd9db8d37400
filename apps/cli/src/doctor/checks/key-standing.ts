/** Whether the key stays in force, and what it is limited to. */
import { check, ok, warning } from "../check.ts";
import { given, type KeyRecord } from "../found.ts";

const DAY_MS = 86_400_000;
const SOON_DAYS = 7;

export const keyStanding = check({
  id: "key-standing",
  title: "Key stays in force",
  needs: ["key-accepted"],
  exit: 4,
  faults: {
    "key-expires-soon": {
      sees: "Nothing yet; from that day on 401.",
      remedy: "Make its successor now with interchange keys rotate, and let both live for a while.",
    },
  },
  async run({ clock }, found) {
    const { expires_at, limits } = given(found, "keyRecord");
    const days = expires_at === null ? Number.POSITIVE_INFINITY : (Date.parse(expires_at) - clock()) / DAY_MS;
    if (days >= SOON_DAYS) return ok(limitsOf(limits));
    return warning("key-expires-soon", `The key expires at ${expires_at}.`);
  },
});

function limitsOf({ requests_per_minute, tokens_per_minute, running_max }: KeyRecord["limits"]): string {
  const found = [
    ...(requests_per_minute === null ? [] : [`${requests_per_minute} requests a minute`]),
    ...(tokens_per_minute === null ? [] : [`${tokens_per_minute} tokens a minute`]),
    ...(running_max === null ? [] : [`${running_max} at once`]),
  ];
  return found.length === 0 ? "no limit of its own" : found.join(", ");
}
