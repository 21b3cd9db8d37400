/** Policy: who is asked next. Those of this file know no health and no caches, and are what ours is held against. */
import type { Attempt } from "@interchange/routing";
import type { Desk } from "./desk.ts";
import { bitsOf } from "./draws.ts";
import type { Floor } from "./floor.ts";
import type { Turn } from "./turn.ts";

export interface Policy {
  /** Who is asked by the turn, after those that were tried for it and failed; undefined when nobody may be. */
  choose(turn: Turn, tried: ReadonlySet<string>, nowMs: number): Begun | undefined;
  /** Asks have moved. */
  reprice?(): void;
  /** A second has gone by. */
  refresh?(nowMs: number): void;
}

export interface Begun {
  readonly desk: Desk;
  /** Hears what becomes of it. */
  readonly attempt: Attempt;
}

/** One of those that may be asked; undefined when nobody may be. `all` has the cheapest first. */
type Pick = (all: readonly Desk[], may: (desk: Desk) => boolean, turn: Turn, attempt: number) => Desk | undefined;

const UNHEARD: Attempt = {
  isProbe: false,
  answered: () => undefined,
  failed: () => undefined,
  left: () => undefined,
};

/** Over all that were not tried and are not known to be full. */
function plain({ byInstrument }: Floor, pick: Pick): Policy {
  return {
    choose(turn, tried) {
      const may = (desk: Desk): boolean => !desk.isFull && !tried.has(desk.supplier.name);
      const desk = pick(byInstrument[turn.instrument] ?? [], may, turn, tried.size);
      return desk && { desk, attempt: UNHEARD };
    },
  };
}

export function random(floor: Floor): Policy {
  return plain(floor, (all, may, { draw }, attempt) => firstFrom(bitsOf(draw, attempt) % all.length, all, may));
}

export function cheapestOnly(floor: Floor): Policy {
  return plain(floor, (all, may) => all.find(may));
}

/** The one with the fewest requests under way; among several one by chance. */
export function leastConnections(floor: Floor): Policy {
  return plain(floor, (all, may, { draw }, attempt) => {
    const start = bitsOf(draw, attempt) % all.length;
    const isFree = (desk: Desk): boolean => desk.running === 0 && may(desk);
    return firstFrom(start, all, isFree) ?? leastBusy(all.filter(may));
  });
}

export function roundRobin(floor: Floor): Policy {
  const rows = floor.byInstrument.map((desks) => desks.toSorted((one, other) => one.id - other.id));
  const last = rows.map(() => -1);
  return plain(floor, (all, may, { instrument }) => {
    const row = rows[instrument] ?? [];
    const picked = firstFrom(((last[instrument] ?? -1) + 1) % all.length, row, may);
    if (picked !== undefined) last[instrument] = row.indexOf(picked);
    return picked;
  });
}

/** Asks that differ by less are as good as equal to ours, too. */
const PRICE_BAND = 1.02;

/** Among those whose asks are near the lowest: what round robin has to pay is then what ours has to. */
export function roundRobinAmongCheapest(floor: Floor): Policy {
  const last = floor.byInstrument.map(() => -1);
  return plain(floor, (all, may, { instrument }) => {
    const eligible = nearLowest(all, may).sort((one, other) => one.id - other.id);
    const picked = eligible.find(({ id }) => id > (last[instrument] ?? -1)) ?? eligible[0];
    if (picked !== undefined) last[instrument] = picked.id;
    return picked;
  });
}

function nearLowest(all: readonly Desk[], may: (desk: Desk) => boolean): Desk[] {
  const eligible: Desk[] = [];
  for (const desk of all) {
    if (eligible[0] !== undefined && desk.askMicros > eligible[0].askMicros * PRICE_BAND) break;
    if (may(desk)) eligible.push(desk);
  }
  return eligible;
}

/** The first that may be asked, from that place on and round again. */
function firstFrom(start: number, all: readonly Desk[], may: (desk: Desk) => boolean): Desk | undefined {
  for (let step = 0; step < all.length; step += 1) {
    const desk = all[(start + step) % all.length] as Desk;
    if (may(desk)) return desk;
  }
  return undefined;
}

function leastBusy(desks: readonly Desk[]): Desk | undefined {
  return desks.reduce<Desk | undefined>(
    (best, desk) => (best && best.running <= desk.running ? best : desk),
    undefined,
  );
}
