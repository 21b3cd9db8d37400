/** Reading: stored documents, held against what this version of ours needs of them. Another version may have written them. */

import { FORMATS } from "@interchange/config";
import { FEATURES } from "@interchange/inference";
import type { InstrumentDocument, OfferDocument, SupplierDocument } from "./document.ts";
import { offerIdOf } from "./document.ts";
import type { Documents, Kind } from "./record.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The value as we use it; undefined when it cannot be used. */
type Read = (value: unknown) => unknown;

interface Shape {
  readonly needs: Readonly<Record<string, Read>>;
  readonly may: Readonly<Record<string, Read>>;
}

/** What is in the way of reading it, as a list of properties. */
export interface Broken {
  readonly broken: readonly string[];
}

/**
 * The document, without what this version does not know. Words that it does not know are left out of lists of features,
 * dialects and modalities: nobody who asks it can ask for them.
 */
export function readDocument<K extends Kind>(kind: K, id: string, fields: Fields): Documents[K] | Broken {
  const read = readShape(SHAPES[kind], fields);
  if ("broken" in read) return read as unknown as Broken;
  return idOf(kind, read) === id ? (read as unknown as Documents[K]) : { broken: ["name"] };
}

function readShape({ needs, may }: Shape, fields: Fields): Fields | Broken {
  const said = Object.entries(may).filter(([name]) => fields[name] !== undefined);
  const values = [...Object.entries(needs), ...said].map(([name, read]) => [name, read(fields[name])] as const);
  const broken = values.filter(([, value]) => value === undefined).map(([name]) => name);
  return broken.length > 0 ? { broken } : Object.fromEntries(values);
}

function idOf(kind: Kind, fields: Fields): string {
  return kind === "offer" ? offerIdOf(fields as unknown as OfferDocument) : (fields["name"] as string);
}

const where =
  (is: (value: unknown) => boolean): Read =>
  (value) =>
    is(value) ? value : undefined;

const word = (...words: readonly unknown[]): Read => where((value) => words.includes(value));
const amount = where((value) => Number.isSafeInteger(value) && (value as number) >= 0);
const count = where((value) => Number.isSafeInteger(value) && (value as number) >= 1);
const measure = where((value) => typeof value === "number" && Number.isFinite(value) && value >= 0);
const flag = where((value) => typeof value === "boolean");
const text = where((value) => typeof value === "string" && value.length > 0);
const name = where((value) => typeof value === "string" && /^[a-z0-9][a-z0-9._-]{0,63}$/.test(value));
const variable = where((value) => typeof value === "string" && /^[A-Z_][A-Z0-9_]{0,127}$/.test(value));
const address = where(
  (value) => typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
);

const known =
  (words: readonly unknown[]): Read =>
  (value) =>
    Array.isArray(value) ? value.filter((one) => words.includes(one)) : undefined;

const some =
  (words: readonly unknown[]): Read =>
  (value) => {
    const found = known(words)(value) as readonly unknown[] | undefined;
    return found === undefined || found.length === 0 ? undefined : found;
  };

const each =
  (shape: Shape): Read =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const read = readShape(shape, value as Fields);
    return "broken" in read ? undefined : read;
  };

const STATUS = word("active", "paused", "draining");

const FOUNDED = { origin: word("config", "platform"), createdAtMs: amount } as const;

type ShapeOf<Document> = {
  readonly needs: { readonly [Name in keyof Document as undefined extends Document[Name] ? never : Name]: Read };
  readonly may: { readonly [Name in keyof Document as undefined extends Document[Name] ? Name : never]-?: Read };
};

const INSTRUMENT: ShapeOf<InstrumentDocument> = {
  needs: {
    ...FOUNDED,
    name,
    tier: word("standard", "prime", "max"),
    description: text,
    floors: each({
      needs: {},
      may: { qualityMin: measure, tokensPerSecondMin: measure, firstTokenMsMax: measure },
    }),
    contextTokens: count,
    outputTokensMax: count,
    modalities: known(["text", "image", "document", "audio"]),
    features: known(FEATURES),
  },
  may: {
    askMicrosMax: amount,
    priceMicrosPerUnit: amount,
    limits: each({ needs: {}, may: { requestsPerMinute: count, tokensPerMinute: count, runningMax: count } }),
    isRetired: word(true),
  },
};

const SUPPLIER: ShapeOf<SupplierDocument> = {
  needs: {
    ...FOUNDED,
    name,
    baseUrl: address,
    dialects: some(FORMATS),
    status: STATUS,
    timeouts: each({ needs: { connectMs: count, firstByteMs: count, idleMs: count, totalMs: count }, may: {} }),
  },
  may: {
    credentialEnv: variable,
    collectsData: flag,
    quirks: where((value) => typeof value === "object" && value !== null && !Array.isArray(value)),
  },
};

const OFFER: ShapeOf<OfferDocument> = {
  needs: {
    ...FOUNDED,
    supplier: name,
    instrument: name,
    dialect: word(...FORMATS),
    model: text,
    askMicros: amount,
    status: STATUS,
  },
  may: {
    features: known(FEATURES),
    lacks: known(FEATURES),
    contextTokens: count,
    outputTokensMax: count,
    runningMax: count,
  },
};

const SHAPES: Readonly<Record<Kind, Shape>> = { instrument: INSTRUMENT, supplier: SUPPLIER, offer: OFFER };
