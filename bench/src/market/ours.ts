/** Ours: the policy of packages/routing, told what a gateway would tell it. */
import {
  createHealth,
  createMarket,
  type Health,
  type HealthOptions,
  type Instrument,
  type Market,
  type Offer,
  route,
} from "@interchange/routing";
import type { Desk } from "./desk.ts";
import type { Floor } from "./floor.ts";
import type { Policy } from "./policy.ts";
import { FIRST_TOKEN_MS_MAX } from "./settings.ts";
import type { Turn } from "./turn.ts";

const SURFACE = "chat-completions";
const NOTHING: ReadonlySet<never> = new Set();

export function ours(floor: Floor, options?: HealthOptions): Policy {
  const health = createHealth(options);
  const instruments = floor.byInstrument.map((_, place) => instrumentAt(place));
  const desks = floor.byInstrument.map((all) => new Map(all.map((desk) => [desk.supplier.name, desk])));
  let market: Market;
  return {
    choose(turn, tried, nowMs) {
      const { name } = instruments[turn.instrument] as Instrument;
      const asked = { instrument: name, surface: SURFACE, needs: NOTHING, bonds: [], avoid: NOTHING };
      const routed = route({ ...asked, ...conversationOf(turn), tried }, market, { nowMs });
      if (routed.kind !== "route") return undefined;
      const desk = desks[turn.instrument]?.get(routed.offer.supplier);
      return desk && { desk, attempt: health.begin(routed.standing, nowMs) };
    },
    reprice() {
      market = marketOf(floor.desks, instruments, health);
    },
    refresh: (nowMs) => health.refresh(nowMs),
  };
}

/** As the gateway tells it: a prompt that is too short to be cached goes back to nobody, and chance is that of the conversation. */
function conversationOf({ conversationBits: draw, promptTokens: inputTokens }: Turn) {
  return { inputTokens, draw, ...(inputTokens >= PREFIX_TOKENS_MIN && { affinity: draw }) };
}

const PREFIX_TOKENS_MIN = 1_024;

function instrumentAt(place: number): Instrument {
  return {
    name: `text-${place}`,
    tier: "prime",
    description: "Text.",
    floors: { firstTokenMsMax: FIRST_TOKEN_MS_MAX },
    contextTokens: 10_000_000,
    outputTokensMax: 100_000,
    modalities: ["text"],
    features: [],
  };
}

function marketOf(desks: readonly Desk[], instruments: readonly Instrument[], health: Health): Market {
  return createMarket({
    instruments,
    offers: desks.map((desk) => offerOf(desk, instruments[desk.instrument] as Instrument)),
    standing: (supplier, { name, floors }) => health.standing(supplier, name, floors),
  });
}

function offerOf({ supplier, askMicros, isCapacityKnown, capacity }: Desk, { name }: Instrument): Offer {
  return {
    supplier: supplier.name,
    dialect: SURFACE,
    instrument: name,
    model: name,
    askMicros,
    features: [],
    delivery: "relay",
    ...(isCapacityKnown && { runningMax: capacity }),
  };
}
