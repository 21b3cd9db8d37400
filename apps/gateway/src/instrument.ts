/** The instrument that a request buys. */
import type { InferenceRequest, Refusal } from "@interchange/inference";
import type { Bearer } from "@interchange/ledger";
import type { Instrument } from "@interchange/routing";
import { unknownInstrument } from "./catalogue.ts";
import type { Engine } from "./engine.ts";

/** What was asked for, else what the account buys by default; a refusal where that is nothing that this key may buy. */
export function findInstrument(
  engine: Engine,
  key: Bearer,
  request: InferenceRequest,
): { readonly kind: "found"; readonly instrument: Instrument } | Refusal {
  const name = request.instrument ?? key.account.defaultInstrument;
  if (name === undefined) return modelMissing("this account has no default instrument");
  const instrument = engine.market.instrument(name);
  if (instrument === undefined && request.instrument === undefined) {
    return modelMissing(`this account's default instrument, ${JSON.stringify(name)}, is not known`);
  }
  if (instrument === undefined) return unknownInstrument(engine, name);
  if (key.instruments !== undefined && !key.instruments.includes(instrument.name)) {
    return { kind: "key-forbidden", problem: `This key may not buy ${instrument.name}.` };
  }
  return { kind: "found", instrument };
}

function modelMissing(why: string): Refusal {
  return { kind: "request-invalid", fault: "value", param: "model", problem: `is missing, and ${why}` };
}
