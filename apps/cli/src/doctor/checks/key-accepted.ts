/** Whether the gateway takes the key. */
import { check, failed, ok } from "../check.ts";
import type { Context } from "../context.ts";
import { type Found, given } from "../found.ts";
import { platformOf, told } from "../platform.ts";
import { ask } from "../reply.ts";

export const keyAccepted = check({
  id: "key-accepted",
  title: "Key is accepted",
  needs: ["gateway", "key-form"],
  exit: 4,
  faults: {
    "key-unknown": {
      sees: "401: the key is not known.",
      remedy:
        "Look whether the key is of this gateway and not of another, such as the demo; make one with interchange keys create.",
    },
    "key-revoked": {
      sees: "401: the key has been revoked.",
      remedy: "Make another with interchange keys create; a revoked key stays so.",
    },
    "key-expired": {
      sees: "401: the key has expired.",
      remedy: "Make another with interchange keys create, with a later expiry or none.",
    },
    "account-closed": {
      sees: "401: the account of this key is closed.",
      remedy: "Ask the operator, or use a key of another account.",
    },
    "authorization-stripped": {
      sees: "401: no key was given, though one was sent.",
      remedy: "Have the proxy pass Authorization on. Until then send the key as x-api-key, where that comes through.",
    },
    "proxy-login": {
      sees: "401, 403 or 407 that is not in the gateway's envelope.",
      remedy: "Something in front asks for a login of its own: let it pass requests that bear a key.",
    },
    "key-not-judged": {
      sees: "An answer to a look at one's own key that is neither yes nor no.",
      remedy: "Ask again; if it stays, the gateway's log has the reason under the request id.",
    },
  },
  async run(context, found) {
    const publicId = given(found, "key").split("_")[1] ?? "";
    const answer = await told(
      context,
      platformOf(context, found).GET("/v1/keys/{key_id}", { params: { path: { key_id: publicId } } }),
    );
    if (answer.kind === "data") return ok(answer.data.name ?? undefined, { keyRecord: answer.data });
    if (answer.status === 401 && answer.isOurs) return refused(context, found, answer.what);
    if ([401, 403, 407].includes(answer.status))
      return failed("proxy-login", `Something before the gateway says ${answer.status}.`);
    return failed("key-not-judged", answer.what);
  },
});

/** The document gives one type to all of them, so the sentence tells them apart. */
const SENTENCES = [
  [/revoked/, "key-revoked"],
  [/expired/, "key-expired"],
  [/account .*closed/, "account-closed"],
  [/not known|form of a key/, "key-unknown"],
] as const;

async function refused(context: Context, found: Partial<Found>, what: string) {
  for (const [sentence, fault] of SENTENCES) if (sentence.test(what)) return failed(fault, what);
  const { base } = given(found, "target");
  const other = await ask(context, `${base}/v1/accounts/me/balances`, {
    headers: { "x-api-key": given(found, "key") },
  });
  const passes = other.kind === "reply" && other.status === 200;
  const also = passes ? "x-api-key comes through." : "x-api-key does not come through either.";
  return failed("authorization-stripped", `The key was sent, and the gateway says: ${what} ${also}`);
}
