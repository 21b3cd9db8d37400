/** Floor: all desks, and how their asks move. They move by the seed alone, whoever sells. */
import { Desk } from "./desk.ts";
import { Draws } from "./draws.ts";
import type { Queue } from "./queue.ts";
import { ASKING_MS, type Settings } from "./settings.ts";
import { Supplier } from "./trouble.ts";

export interface Floor {
  readonly suppliers: readonly Supplier[];
  readonly desks: readonly Desk[];
  /** Of each instrument, the cheapest first. */
  readonly byInstrument: readonly (readonly Desk[])[];
}

/** What a supplier asks beyond the cost that all share, on average: those that ask little more are many. */
const MARGIN_MEAN = 0.4;

/** Asks are multiples of this share of the instrument's first cost, so that many are equal. */
const STEP = 0.005;

/** At each moment of asking this share of suppliers ask anew. */
const ASKING_ANEW = 0.1;

/** By how much the shared cost and each margin stray from one asking to the next. */
const COST_SIGMA = 0.003;
const MARGIN_SIGMA = 0.1;

export function createFloor({ seed, suppliers: count, instruments, sells }: Settings): Floor {
  const suppliers = Array.from({ length: count }, (_, place) => new Supplier(`s${String(place).padStart(4, "0")}`));
  const desks = suppliers.flatMap((supplier, place) =>
    Array.from(
      { length: sells },
      (_, nth) => new Desk(supplier, (place * sells + nth) % instruments, place * sells + nth, seed),
    ),
  );
  const byInstrument = Array.from({ length: instruments }, (_, instrument) =>
    desks.filter((desk) => desk.instrument === instrument),
  );
  return { suppliers, desks, byInstrument };
}

interface Cost {
  readonly stepMicros: number;
  micros: number;
}

/** Calls `before` when asks are about to move, and `after` when they have, and once at the beginning. */
export function beginAsking(
  floor: Floor,
  settings: Settings,
  queue: Queue,
  before: () => void,
  after: () => void,
): void {
  const draws = new Draws(settings.seed, 0xa5c5);
  const costs = floor.byInstrument.map((): Cost => {
    const micros = draws.logBetween(100_000, 2_000_000);
    return { micros, stepMicros: Math.round(micros * STEP) };
  });
  const margins = floor.desks.map(() => draws.exponential(MARGIN_MEAN));
  const ask = (share: number): void => {
    for (const cost of costs) cost.micros *= draws.logNormal(1, COST_SIGMA);
    for (const [place, desk] of floor.desks.entries()) {
      if (draws.next() >= share) continue;
      const margin = (margins[place] as number) * draws.logNormal(1, MARGIN_SIGMA);
      margins[place] = margin;
      desk.askMicros = askOf(costs[desk.instrument] as Cost, margin);
    }
    for (const desks of floor.byInstrument) (desks as Desk[]).sort(byAsk);
  };
  ask(1);
  after();
  queue.every(ASKING_MS, () => {
    before();
    ask(ASKING_ANEW);
    after();
  });
}

function askOf({ micros, stepMicros }: Cost, margin: number): number {
  return Math.max(1, Math.round((micros * (1 + margin)) / stepMicros)) * stepMicros;
}

function byAsk(one: Desk, other: Desk): number {
  return one.askMicros - other.askMicros || one.id - other.id;
}
