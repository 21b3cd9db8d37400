/** Keys: by what callers are known. */

import { type Block, record } from "../layout.ts";
import { flag, integer, list, orNone, text, words } from "../option.ts";
import { row } from "../row.ts";
import { EXPIRES, KEY, LIMITS, OF_ACCOUNT } from "./shared.ts";

const SECRET = "The secret is shown this once and never again: keep it where it is safe.";

/** The secret stands on a line of its own, so that it can be copied whole. */
function withSecret({ secret, ...key }: { readonly secret: string }): readonly Block[] {
  return [record(key), { kind: "text", text: secret }];
}

const NAME = orNone(text("--name <name>", "what it is for"));

export const keys = [
  row("listKeys", {
    words: "keys list",
    text: "list the keys of an account, newest first",
    path: { account_id: OF_ACCOUNT },
    columns: [
      ["ID", "id", "id"],
      ["NAME", "name", "text"],
      ["ROLE", "role", "text"],
      ["STATUS", "status", "text"],
      ["CREATED", "created_at", "instant"],
      ["EXPIRES", "expires_at", "instant"],
    ],
    empty: "The account has no keys: `interchange keys create` makes one.",
  }),
  row("createKey", {
    words: "keys create",
    text: "make a key; its secret is shown once",
    path: { account_id: OF_ACCOUNT },
    body: {
      name: NAME,
      role: words("--role <role>", "what it may do", ["consumption", "operator"]),
      inline: flag("--inline", "may ask below /inline, without the redirect"),
      instruments: orNone(list("--instruments <names>", "only these instruments, with commas")),
      expires_at: EXPIRES,
      ...LIMITS,
    },
    show: withSecret,
    note: SECRET,
  }),
  row("retrieveKey", { words: "keys show", text: "show a key, without its secret", path: { key_id: KEY } }),
  row("updateKey", {
    words: "keys update",
    text: "change the name or the limits of a key",
    path: { key_id: KEY },
    body: { name: NAME, ...LIMITS },
  }),
  row("rotateKey", {
    words: "keys rotate",
    text: "replace a key by a new one; its secret is shown once",
    path: { key_id: KEY },
    body: { overlap_seconds: integer("--overlap-seconds <n>", "how long the old one goes on working") },
    show: withSecret,
    note: SECRET,
  }),
  row("revokeKey", {
    words: "keys revoke",
    text: "revoke a key at once, for good",
    path: { key_id: KEY },
    confirm: "Revoke key {key_id}? Whoever uses it is refused from now on.",
  }),
];
