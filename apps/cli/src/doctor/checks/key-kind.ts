/** Whether the key is of the kind that buys inference. */
import { check, failed, ok } from "../check.ts";
import { given } from "../found.ts";

export const keyKind = check({
  id: "key-kind",
  title: "Key is of the right kind",
  needs: ["key-accepted"],
  exit: 4,
  faults: {
    "key-of-operator": {
      sees: "403: this is an operator key; inference needs a Consumption key.",
      remedy: "Make a Consumption key for the account (interchange keys create) and keep the operator's for managing.",
    },
    "key-of-another-kind": {
      sees: "403 on every question.",
      remedy: "Ask with a Consumption key of the account that pays.",
    },
  },
  async run(_context, found) {
    const { role, inline } = given(found, "keyRecord");
    if (role === "consumption") return ok(inline ? "consumption, answered inline" : "consumption");
    if (role === "operator")
      return failed("key-of-operator", "This is an operator key, and inference needs a Consumption key.");
    return failed("key-of-another-kind", `This is a key of the kind ${role}, and inference needs a Consumption key.`);
  },
});
