/** Whether a supplier would take the doctor's question, and if none, why by each. */
import { check, failed, ok } from "../check.ts";
import { given } from "../found.ts";
import { platformOf, told } from "../platform.ts";
import { firstSurface, QUESTIONS } from "../question.ts";
import { REFUSALS } from "../refusal.ts";

export const supplier = check({
  id: "supplier",
  title: "A supplier would answer",
  needs: ["instrument"],
  exit: 5,
  faults: {
    "suppliers-down": REFUSALS["suppliers-down"],
    "suppliers-unfit": {
      sees: "400: no supplier can fill the request, with the reason of each.",
      remedy: "Add an offer for the instrument (interchange offers create) whose features and dialect fit.",
    },
    "route-untold": {
      sees: "A route that cannot be explained.",
      remedy:
        "Ask interchange route explain; if that fails too, the gateway's log has the reason under the request id.",
    },
  },
  async run(context, found) {
    const surface = firstSurface(context.surface);
    const request = QUESTIONS[surface].body(given(found, "instrument").name);
    const answer = await told(
      context,
      platformOf(context, found).POST("/v1/route:explain", { body: { surface, request } }),
    );
    if (answer.kind === "refused") return failed("route-untold", answer.what);
    const { decision, supplier: chosen, reason, status, tokens_held } = answer.data;
    if (decision === "refusal") return failed(status >= 500 ? "suppliers-down" : "suppliers-unfit", reason);
    return ok(`${chosen}, ${reason}`, { tokensHeld: Number(tokens_held ?? 0) });
  },
});
