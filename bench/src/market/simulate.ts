/** Simulate: one policy in one market, from the first request to the last. The same settings always come to the same figures. */
import { beginAsking, createFloor, type Floor } from "./floor.ts";
import { setOut } from "./journey.ts";
import { ours } from "./ours.ts";
import { cheapestOnly, leastConnections, type Policy, random, roundRobin, roundRobinAmongCheapest } from "./policy.ts";
import { Queue } from "./queue.ts";
import type { Settings } from "./settings.ts";
import { type Figures, Tally } from "./tally.ts";
import { beginTroubles } from "./trouble.ts";
import { beginConversations, type Turn } from "./turn.ts";

/** By the names under which they are shown. All meet with the same requests, asks and troubles. */
export const POLICIES = {
  ours,
  "round robin near the lowest ask": roundRobinAmongCheapest,
  "round robin": roundRobin,
  random,
  "least connections": leastConnections,
  "cheapest only": cheapestOnly,
} as const satisfies Record<string, (floor: Floor) => Policy>;

export type PolicyName = keyof typeof POLICIES;

/** `progress` hears now and then how many requests are behind it. */
export function simulate(name: PolicyName, settings: Settings, progress?: (requests: number) => void): Figures {
  const queue = new Queue();
  const floor = createFloor(settings);
  const policy = POLICIES[name](floor);
  const tally = new Tally();
  beginTroubles(floor.suppliers, settings, queue);
  beginAsking(
    floor,
    settings,
    queue,
    () => tally.share(floor.byInstrument),
    () => policy.reprice?.(),
  );
  queue.every(1_000, () => policy.refresh?.(queue.nowMs));
  beginConversations(settings, queue, (turn) => {
    const least = leastAsk(floor, turn, queue.nowMs);
    setOut(turn, policy, queue, (outcome) => tally.note(outcome, least));
  });
  while (tally.requests < settings.requests && queue.step()) {
    if (progress && tally.requests % PROGRESS_EVERY === 0) progress(tally.requests);
  }
  return tally.figures();
}

const PROGRESS_EVERY = 50_000;

/** What whoever knows everything would pay. */
function leastAsk({ byInstrument }: Floor, { instrument }: Turn, nowMs: number): number | undefined {
  return byInstrument[instrument]?.find((desk) => desk.wouldAnswer(nowMs))?.askMicros;
}
