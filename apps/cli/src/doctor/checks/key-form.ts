/** Whether there is a key, and whether it looks like one. It is never repeated. */
import { check, failed, ok, warning } from "../check.ts";

/** `ick_`, a public id of 16 signs and a secret of 32, in letters that cannot be mistaken for one another. */
const FORM = /^ick_[0-9a-hjkmnp-tv-z]{16}_[0-9a-hjkmnp-tv-z]{32}$/;
const LENGTH = 53;

export const keyForm = check({
  id: "key-form",
  title: "Key is well formed",
  needs: [],
  exit: 4,
  faults: {
    "key-missing": {
      sees: "401: no key was given.",
      remedy: "Give --key, set INTERCHANGE_KEY, or run interchange login.",
    },
    "key-padded": {
      sees: "401, or a client that refuses the header.",
      remedy: "Take away the spaces, line breaks or quotes around the key; read it with $(cat file), not by hand.",
    },
    "key-of-another-vendor": {
      sees: "401: the key does not have the form of a key.",
      remedy: "Keys of this gateway begin with ick_. Look which variable the client reads: another vendor's may win.",
    },
    "key-misshapen": {
      sees: "401: the key does not have the form of a key.",
      remedy:
        "Copy the whole key again, as it was shown when it was made; a lost one is replaced by interchange keys rotate.",
    },
  },
  async run({ key }) {
    if (key === undefined || key.trim() === "") return failed("key-missing", "No key is given.");
    const bare = key.replace(/^[\s"'`]+|[\s"'`]+$/g, "");
    if (!FORM.test(bare)) return misshapen(bare);
    if (bare === key) return ok(`${bare.slice(0, bare.lastIndexOf("_"))}_…`, { key: bare });
    return warning("key-padded", "There are spaces, line breaks or quotes around the key.", { key: bare });
  },
});

function misshapen(key: string) {
  if (/^(?:sk|pk|xai|gsk|hf|AIza)[-_]?/.test(key)) {
    return failed("key-of-another-vendor", "The key begins as those of another vendor do.");
  }
  if (!key.startsWith("ick_")) return failed("key-misshapen", "The key does not begin with ick_.");
  if (key.length === LENGTH) return failed("key-misshapen", "The key has a sign in it that no key has.");
  return failed("key-misshapen", `The key has ${key.length} characters, and every key has ${LENGTH}.`);
}
