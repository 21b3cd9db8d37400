/** Whether there is such an instrument, it can be bought, and the key may buy it. */
import { check, failed, ok } from "../check.ts";
import type { Context } from "../context.ts";
import { type Found, given, type InstrumentRecord } from "../found.ts";
import { platformOf, told } from "../platform.ts";

export const instrument = check({
  id: "instrument",
  title: "Instrument can be bought",
  needs: ["key-accepted"],
  exit: 5,
  faults: {
    "instrument-unknown": {
      sees: "404, and the message names the instrument.",
      remedy: "Choose one of the names of interchange instruments list, and write it in model.",
    },
    "instrument-retired": {
      sees: "404: the instrument has been retired.",
      remedy: "Choose another; interchange instruments show tells since when.",
    },
    "instrument-scheduled": {
      sees: "404 until a certain day.",
      remedy: "Wait for the day from which it can be bought, or choose another.",
    },
    "instrument-forbidden": {
      sees: "403: this key may not use the instrument.",
      remedy: "Ask for one of the key's instruments, or make a key without that list.",
    },
    "instrument-untold": {
      sees: "Neither an instrument nor a refusal that can be read.",
      remedy: "Ask again; if it stays, the gateway's log has the reason under the request id.",
    },
  },
  async run(context, found) {
    const name = context.instrument ?? (await usual(context, found)) ?? (await firstFunded(context, found));
    if (name === undefined) return failed("instrument-unknown", "There is no instrument to ask for.");
    const answer = await told(
      context,
      platformOf(context, found).GET("/v1/instruments/{instrument}", { params: { path: { instrument: name } } }),
    );
    if (answer.kind === "data") return judge(answer.data, found);
    if (answer.status !== 404) return failed("instrument-untold", answer.what);
    return failed(
      "instrument-unknown",
      `There is no instrument “${name}”. There are ${given(found, "catalogue").join(", ")}.`,
    );
  },
});

/** What the account buys where a request names nothing, if it has said so and the key may buy it. */
async function usual(context: Context, found: Partial<Found>): Promise<string | undefined> {
  const path = { account_id: "me" };
  const answer = await told(context, platformOf(context, found).GET("/v1/accounts/{account_id}", { params: { path } }));
  const name = answer.kind === "data" ? answer.data.default_instrument : null;
  return name !== null && mayBuy(found, name) ? name : undefined;
}

function mayBuy(found: Partial<Found>, name: string): boolean {
  const { instruments } = given(found, "keyRecord");
  return instruments === null || instruments.includes(name);
}

/** The first of the catalogue that the account has tokens of; the first of all where it has none. */
async function firstFunded(context: Context, found: Partial<Found>): Promise<string | undefined> {
  const path = { account_id: "me" };
  const answer = await told(
    context,
    platformOf(context, found).GET("/v1/accounts/{account_id}/balances", { params: { path } }),
  );
  const balances = answer.kind === "data" ? answer.data.data : [];
  const funded = new Set(balances.flatMap(({ instrument: name, available }) => (Number(available) > 0 ? [name] : [])));
  const names = given(found, "catalogue").filter((name) => mayBuy(found, name));
  return names.find((name) => funded.has(name)) ?? names[0];
}

function judge(record: InstrumentRecord & { status: string; effective_at: string }, found: Partial<Found>) {
  const { name, status, effective_at } = record;
  if (status === "retired") return failed("instrument-retired", `${name} was retired at ${effective_at}.`);
  if (status === "scheduled") return failed("instrument-scheduled", `${name} can be bought from ${effective_at} on.`);
  const { instruments } = given(found, "keyRecord");
  if (instruments !== null && !instruments.includes(name)) {
    return failed("instrument-forbidden", `The key may buy ${instruments.join(", ")}, and not ${name}.`);
  }
  return ok(name, { instrument: record });
}
