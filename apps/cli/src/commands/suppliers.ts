/** Suppliers: who fills the instruments, and how well. */
import type { BodyOf } from "../contract.ts";
import { integer, json, list, must, orNone, text, yesNo } from "../option.ts";
import { row } from "../row.ts";
import { OFFER_COLUMNS } from "./offers.ts";
import { DIALECTS, IF_VERSION, STATUS, SUPPLIER } from "./shared.ts";

type Quirks = NonNullable<BodyOf<"createSupplier">["quirks"]>;

const BASE_URL = text("--base-url <url>", "where it answers");
const SPEAKS = list("--dialects <words>", "the formats it speaks, with commas: chat-completions, messages", DIALECTS);

const TERMS = {
  credential_env: orNone(text("--credential-env <name>", "the variable of the gateway that holds its credential")),
  collects_data: orNone(yesNo("--collects-data <word>", "whether it keeps what it is sent")),
  status: STATUS,
  "timeouts.connect_ms": integer("--connect-ms <ms>", "how long to wait for a connection"),
  "timeouts.first_byte_ms": integer("--first-byte-ms <ms>", "how long to wait for the first byte"),
  "timeouts.idle_ms": integer("--idle-ms <ms>", "how long a stream may be silent"),
  "timeouts.total_ms": integer("--total-ms <ms>", "how long an answer may take"),
  quirks: json<Quirks>("--quirks <json>", "in what it differs from its format, as JSON"),
} as const;

export const suppliers = [
  row("listSuppliers", {
    words: "suppliers list",
    text: "list the suppliers (operators)",
    columns: [
      ["NAME", "name", "id"],
      ["STATUS", "status", "text"],
      ["IN FLIGHT", "in_flight", "number"],
      ["DIALECTS", "dialects", "text"],
      ["BASE URL", "base_url", "text"],
      ["UPDATED", "updated_at", "instant"],
    ],
    empty: "There are no suppliers: `interchange suppliers create` adds one.",
  }),
  row("createSupplier", {
    words: "suppliers create",
    text: "add a supplier (operators)",
    body: {
      name: must(text("--name <name>", "its name")),
      base_url: must(BASE_URL),
      dialects: must(SPEAKS),
      ...TERMS,
    },
  }),
  row("retrieveSupplier", {
    words: "suppliers show",
    text: "show a supplier (operators)",
    path: { supplier: SUPPLIER },
  }),
  row("updateSupplier", {
    words: "suppliers update",
    text: "change a supplier (operators)",
    path: { supplier: SUPPLIER },
    body: { base_url: BASE_URL, dialects: SPEAKS, if_version: IF_VERSION, ...TERMS },
  }),
  row("updateSupplier", {
    words: "suppliers pause",
    text: "ask it no more until it is resumed (operators)",
    path: { supplier: SUPPLIER },
    fixed: { status: "paused" },
  }),
  row("updateSupplier", {
    words: "suppliers drain",
    text: "let it finish what it has, and ask it no more (operators)",
    path: { supplier: SUPPLIER },
    fixed: { status: "draining" },
  }),
  row("updateSupplier", {
    words: "suppliers resume",
    text: "ask it again (operators)",
    path: { supplier: SUPPLIER },
    fixed: { status: "active" },
  }),
  row("removeSupplier", {
    words: "suppliers remove",
    text: "remove a supplier and its offers (operators)",
    path: { supplier: SUPPLIER },
    confirm: "Remove supplier {supplier} and all its offers?",
    done: "Supplier {supplier} is removed.",
  }),
  row("listSupplierOffers", {
    words: "suppliers offers",
    text: "list the offers of a supplier (operators)",
    path: { supplier: SUPPLIER },
    columns: OFFER_COLUMNS,
    empty: "It offers nothing: `interchange offers create` adds an offer.",
  }),
  row("listSupplierHealth", {
    words: "suppliers health",
    text: "tell how a supplier does at each instrument (operators)",
    path: { supplier: SUPPLIER },
    columns: [
      ["INSTRUMENT", "instrument", "id"],
      ["BREAKER", "breaker", "text"],
      ["CAUSE", "cause", "text"],
      ["IN FLIGHT", "in_flight", "number"],
      ["ATTEMPTS", "attempts", "number"],
      ["FAILURES", "failures", "number"],
      ["FIRST MS", "first_token_ms", "number"],
      ["TOKENS/S", "tokens_per_second", "number"],
    ],
    empty: "Nobody has asked it yet.",
  }),
];
