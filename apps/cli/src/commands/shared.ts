/** Options that several nouns have. */
import { instant, integer, list, or, orNone, text, words } from "../option.ts";
import { argument } from "../row.ts";

export const OF_ACCOUNT = or(text("--account <id>", "the account; the key's own, `me`, unless said"), () => "me");

export const ACCOUNT = { ...argument("account", "the account's id"), fallback: "me" };
export const KEY = argument("key", "the key's id, as `keys list` shows it");
export const INSTRUMENT = argument("instrument", "the instrument's name");
export const SUPPLIER = argument("supplier", "the supplier's name");
export const OFFER = argument("offer", "the offer's id");

export const OF_INSTRUMENT = text("--instrument <name>", "the instrument");
export const ONLY_INSTRUMENT = text("--instrument <name>", "only those of this instrument");

export const FROM = instant("--from <instant>", "from then on: RFC 3339, a day, or 24h or 7d ago");
export const TO = instant("--to <instant>", "until then");

export const REFERENCE = orNone(text("--reference <text>", "your own, so that twice is once"));

export const EXPIRES = orNone(instant("--expires <instant>", "when it lapses: RFC 3339, a day, or `in 30d`"));

/** What an account, a key and an instrument may be held to. */
export const LIMITS = {
  "limits.requests_per_minute": orNone(integer("--requests-per-minute <n>", "requests in a minute at most")),
  "limits.tokens_per_minute": orNone(integer("--tokens-per-minute <n>", "tokens in a minute at most")),
  "limits.running_max": orNone(integer("--running-max <n>", "requests at a time at most")),
} as const;

export const IF_VERSION = integer("--if-version <n>", "only if this is still its version");

export const STATUS = words("--status <word>", "whether it is asked", ["active", "paused", "draining"]);

export const DIALECTS = ["chat-completions", "messages"] as const;

export const MODALITIES = list("--modalities <words>", "what it takes, with commas: text, image, document, audio", [
  "text",
  "image",
  "document",
  "audio",
]);

const FEATURES = [
  "tools",
  "parallel-tools",
  "image",
  "document",
  "audio",
  "audio-output",
  "reasoning",
  "structured-output",
  "json-object",
  "several-answers",
  "logprobs",
  "logit-bias",
  "seed",
  "top-k",
  "verbosity",
  "prediction",
  "citations",
  "files",
  "web-search",
  "server-tools",
  "frequency-penalty",
  "presence-penalty",
  "high-temperature",
  "temperature-with-top-p",
  "many-stop-sequences",
  "blank-stop-sequences",
  "single-tool-calls",
] as const;

export const HAS = list("--features <words>", "what it can do, with commas: tools, image, …", FEATURES);
export const LACKS = list("--lacks <words>", "what it cannot do, with commas", FEATURES);
