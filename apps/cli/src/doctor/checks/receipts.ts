/** Whether every question has a receipt, and it says what the answer said. */
import { check, failed, ok, skipped, warning } from "../check.ts";
import type { Context } from "../context.ts";
import type { Found, Settled } from "../found.ts";
import { platformOf, told } from "../platform.ts";
import type { Receipt } from "../receipt.ts";
import { idOf, nameOf, type Trip } from "../trip.ts";

/** A settlement comes a moment after the answer. */
const SETTLED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

export const receipts = check({
  id: "receipt",
  title: "Receipts agree with the usage",
  needs: ["supplier", "balance"],
  exit: 5,
  faults: {
    "receipt-missing": {
      sees: "404 on /v1/usage/… for a request that was answered.",
      remedy: "Look whether the id is the gateway's own; then whether several gateways share one set of books.",
    },
    "receipt-pending": {
      sees: "A receipt that stays pending after the answer has ended.",
      remedy: "Wait; a hold that nobody settles is given back. If it happens often, the gateway's log says why.",
    },
    "receipt-differs": {
      sees: "Other token counts in the receipt than in the answer's usage.",
      remedy: "Keep the request id and tell the operator; look whether a proxy changes or repeats requests.",
    },
  },
  async run(context, found) {
    const identified = (found.trips ?? []).filter((trip) => idOf(trip) !== undefined);
    if (identified.length === 0) return skipped("no answer with a request id came");
    const settled: Settled[] = [];
    const missing: Trip[] = [];
    for (const trip of identified) {
      const receipt = await settledReceipt(context, found, idOf(trip) ?? "");
      if (receipt === undefined) missing.push(trip);
      else settled.push({ trip, receipt });
    }
    return judge(settled, missing);
  },
});

function judge(settled: readonly Settled[], missing: readonly Trip[]) {
  const found = { receipts: settled };
  const [lost] = missing;
  if (lost !== undefined)
    return failed("receipt-missing", `There is no receipt for ${nameOf(lost)} (${idOf(lost)}).`, found);
  const pending = settled.find(({ receipt }) => receipt.status === "pending");
  if (pending !== undefined) {
    return warning(
      "receipt-pending",
      `The receipt of ${nameOf(pending.trip)} is still pending (${idOf(pending.trip)}).`,
      found,
    );
  }
  for (const each of settled) {
    const difference = differenceIn(each);
    if (difference !== undefined) return failed("receipt-differs", difference, found);
  }
  return ok(`${settled.length} of ${settled.length}`, found);
}

/** As it stands when it is settled, or after some seconds; undefined where there is none, which is so from the start. */
async function settledReceipt(context: Context, found: Partial<Found>, id: string): Promise<Receipt | undefined> {
  const platform = platformOf(context, found);
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const answer = await told(
      context,
      platform.GET("/v1/usage/{request_id}", { params: { path: { request_id: id } } }),
    );
    const receipt = answer.kind === "data" ? answer.data : undefined;
    if (receipt?.status !== "pending" || waitedMs >= SETTLED_WITHIN_MS) return receipt;
    await context.pause(LOOK_EVERY_MS);
  }
}

/** Only what ended whole has said all of its usage. */
function differenceIn({ trip, receipt }: Settled): string | undefined {
  const { usage, ending } = trip.stream;
  if (ending.kind !== "whole" || receipt.usage === null || receipt.usage.estimated) return undefined;
  const { input_tokens, cache_read_tokens, cache_write_tokens, output_tokens } = receipt.usage;
  const kept = { input: input_tokens + cache_read_tokens + cache_write_tokens, output: output_tokens };
  const said = { input: usage.inputTokens ?? kept.input, output: usage.outputTokens ?? kept.output };
  if (said.input === kept.input && said.output === kept.output) return undefined;
  return `On ${nameOf(trip)} the answer says ${said.input} + ${said.output} tokens and the receipt ${kept.input} + ${kept.output} (${idOf(trip)}).`;
}
