/** Instruments by name, in whatever case they are written. */
import { unknownInstrument } from "../catalogue.ts";
import type { Engine } from "../engine.ts";
import { type Refused, unfit } from "./refused.ts";

/** The canonical name of one that stands in a body or a query. */
export function readInstrument({ market }: Engine, param: string, name: string): string | Refused {
  const known = market.instruments().map((instrument) => instrument.name);
  return market.instrument(name)?.name ?? unfit(param, `names no instrument; known ones are ${known.join(", ")}`);
}

/** The canonical name of one that stands in the path. */
export function findInstrument(engine: Engine, name: string): string | Refused {
  const found = engine.market.instrument(name);
  return found?.name ?? { kind: "refused", refusal: unknownInstrument(engine, name) };
}

/** A filter of a list: also of an instrument that is not sold any more, since what there was of it is kept. */
export function readFilter(engine: Engine, { instrument }: { instrument?: string }): { instrument?: string } | Refused {
  if (instrument === undefined) return {};
  const kept = engine.market.instrumentDocument(instrument);
  const name = kept?.document.name ?? readInstrument(engine, "instrument", instrument);
  return typeof name === "string" ? { instrument: name } : name;
}
