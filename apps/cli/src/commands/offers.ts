/** Offers: what each supplier sells, in which dialect and at what price. */
import { amount, integer, must, orNone, text, words } from "../option.ts";
import { row } from "../row.ts";
import { DIALECTS, HAS, IF_VERSION, LACKS, OF_INSTRUMENT, OFFER, STATUS, SUPPLIER } from "./shared.ts";

export const OFFER_COLUMNS = [
  ["ID", "id", "id"],
  ["SUPPLIER", "supplier", "text"],
  ["INSTRUMENT", "instrument", "text"],
  ["ASK USD", "ask_per_unit_usd", "usd"],
  ["STATUS", "status", "text"],
  ["MODEL", "model", "text"],
  ["DIALECT", "dialect", "text"],
] as const;

const MODEL = text("--model <name>", "what the supplier calls it");
const ASK = amount("--ask-per-unit-usd <usd>", "what a unit costs there");

const TERMS = {
  features: orNone(HAS),
  lacks: LACKS,
  context_tokens: orNone(integer("--context-tokens <n>", "how long a conversation may be there")),
  output_tokens_max: orNone(integer("--output-tokens-max <n>", "how long an answer may be there")),
  running_max: orNone(integer("--running-max <n>", "requests at a time at most")),
  status: STATUS,
} as const;

export const offers = [
  row("createOffer", {
    words: "offers create",
    text: "add an offer of a supplier (operators)",
    path: { supplier: SUPPLIER },
    body: {
      instrument: must(OF_INSTRUMENT),
      dialect: must(words("--dialect <word>", "the format it speaks", DIALECTS)),
      model: must(MODEL),
      ask_per_unit_usd: must(ASK),
      ...TERMS,
    },
  }),
  row("retrieveOffer", { words: "offers show", text: "show an offer (operators)", path: { offer_id: OFFER } }),
  row("updateOffer", {
    words: "offers update",
    text: "change an offer (operators)",
    path: { offer_id: OFFER },
    body: { model: MODEL, ask_per_unit_usd: ASK, if_version: IF_VERSION, ...TERMS },
  }),
  row("updateOffer", {
    words: "offers pause",
    text: "ask it no more until it is resumed (operators)",
    path: { offer_id: OFFER },
    fixed: { status: "paused" },
  }),
  row("updateOffer", {
    words: "offers drain",
    text: "let it finish what it has, and ask it no more (operators)",
    path: { offer_id: OFFER },
    fixed: { status: "draining" },
  }),
  row("updateOffer", {
    words: "offers resume",
    text: "ask it again (operators)",
    path: { offer_id: OFFER },
    fixed: { status: "active" },
  }),
  row("removeOffer", {
    words: "offers remove",
    text: "remove an offer (operators)",
    path: { offer_id: OFFER },
    confirm: "Remove offer {offer_id}?",
    done: "Offer {offer_id} is removed.",
  }),
];
