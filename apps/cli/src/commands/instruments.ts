/** Instruments: what can be bought, version by version. */
import { amount, decimal, instant, integer, must, orNone, text, words } from "../option.ts";
import { row } from "../row.ts";
import { OFFER_COLUMNS } from "./offers.ts";
import { HAS, IF_VERSION, INSTRUMENT, LIMITS, MODALITIES } from "./shared.ts";

const TIER = words("--tier <word>", "its tier", ["standard", "prime", "max"]);
const DESCRIPTION = text("--description <text>", "what it promises");
const CONTEXT = integer("--context-tokens <n>", "how long a conversation may be");
const OUTPUT = integer("--output-tokens-max <n>", "how long an answer may be");

const TERMS = {
  "floors.quality_min": orNone(decimal("--quality-min <n>", "the least quality")),
  "floors.tokens_per_second_min": orNone(decimal("--tokens-per-second-min <n>", "the least speed")),
  "floors.first_token_ms_max": orNone(decimal("--first-token-ms-max <ms>", "the longest wait for the first token")),
  modalities: MODALITIES,
  features: HAS,
  price_per_unit_usd: orNone(amount("--price-per-unit-usd <usd>", "what a unit costs the buyer")),
  ask_per_unit_usd_max: orNone(amount("--ask-per-unit-usd-max <usd>", "the most that a supplier may ask")),
  effective_at: orNone(instant("--effective <instant>", "when it takes effect: RFC 3339, a day, or `in 7d`")),
  ...LIMITS,
} as const;

export const instruments = [
  row("listInstruments", {
    words: "instruments list",
    text: "list the instruments",
    columns: [
      ["NAME", "name", "id"],
      ["TIER", "tier", "text"],
      ["CONTEXT", "context_tokens", "number"],
      ["OUTPUT", "output_tokens_max", "number"],
      ["PRICE USD", "price_per_unit_usd", "usd"],
      ["STATUS", "status", "text"],
      ["DESCRIPTION", "description", "text"],
    ],
    empty: "There are no instruments: `interchange instruments create` adds one.",
  }),
  row("createInstrument", {
    words: "instruments create",
    text: "add an instrument (operators)",
    body: {
      name: must(text("--name <name>", "its name")),
      tier: must(TIER),
      description: must(DESCRIPTION),
      context_tokens: must(CONTEXT),
      output_tokens_max: must(OUTPUT),
      ...TERMS,
    },
  }),
  row("retrieveInstrument", {
    words: "instruments show",
    text: "show an instrument",
    path: { instrument: INSTRUMENT },
  }),
  row("updateInstrument", {
    words: "instruments update",
    text: "give an instrument a new version (operators)",
    path: { instrument: INSTRUMENT },
    body: {
      tier: TIER,
      description: DESCRIPTION,
      context_tokens: CONTEXT,
      output_tokens_max: OUTPUT,
      status: words("--status <word>", "whether it can be bought", ["active", "retired"]),
      if_version: IF_VERSION,
      ...TERMS,
    },
  }),
  row("retireInstrument", {
    words: "instruments retire",
    text: "retire an instrument (operators)",
    path: { instrument: INSTRUMENT },
    confirm: "Retire {instrument}? Requests for it are refused from now on.",
  }),
  row("listInstrumentVersions", {
    words: "instruments versions",
    text: "list the versions of an instrument, newest first",
    path: { instrument: INSTRUMENT },
    columns: [
      ["VERSION", "version", "number"],
      ["STATUS", "status", "text"],
      ["EFFECTIVE", "effective_at", "instant"],
      ["CREATED", "created_at", "instant"],
      ["PRICE USD", "price_per_unit_usd", "usd"],
      ["CONTEXT", "context_tokens", "number"],
      ["OUTPUT", "output_tokens_max", "number"],
    ],
    empty: "It has no versions.",
  }),
  row("listInstrumentOffers", {
    words: "instruments offers",
    text: "list the offers for an instrument, cheapest first (operators)",
    path: { instrument: INSTRUMENT },
    columns: OFFER_COLUMNS,
    empty: "Nobody offers it.",
  }),
];
