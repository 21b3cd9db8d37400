/** Consistency: what a schema cannot see, such as names that must agree and variables that must be set. */
import type { Instrument } from "@interchange/routing";
import { NEW_INSTRUMENT_NEEDS, overlay } from "./catalogue.ts";
import { type AutoReloadRow, DEFAULT_ROUTING } from "./config.ts";
import { isListenable, type Variables } from "./environment.ts";
import type { AccountEntry, ConfigFile, InstrumentEntry, OfferEntry, RoutingEntry, SupplierEntry } from "./file.ts";
import { didYouMean } from "./nearest.ts";
import { type Path, type Problem, show, writePath } from "./problems.ts";
import { quirkProblems } from "./quirk.ts";

/** Every contradiction in a file that the schema accepts. */
export function consistencyProblems(
  file: ConfigFile,
  catalogue: readonly Instrument[],
  variables: Variables,
): readonly Problem[] {
  const rows = file.instruments ?? [];
  const instruments = new Map(overlay(catalogue, rows).map((instrument) => [instrument.name, instrument]));
  return [
    ...listenProblems(file),
    ...hostsProblems(file),
    ...routingProblems(file.routing ?? {}),
    ...twice(rows, ["instruments"], "name"),
    ...rows.flatMap((row, index) => instrumentProblems(row, ["instruments", index], catalogue, instruments)),
    ...twice(file.suppliers, ["suppliers"], "name"),
    ...file.suppliers.flatMap((supplier, index) => [
      ...supplierProblems(supplier, ["suppliers", index], variables),
      ...quirkProblems(supplier, ["suppliers", index, "quirks"]),
      ...offersProblems(supplier.offers, ["suppliers", index, "offers"], instruments),
    ]),
    ...accountsProblems(file.accounts ?? [], instruments),
  ];
}

function listenProblems({ host }: ConfigFile): readonly Problem[] {
  if (host === undefined || isListenable(host)) return [];
  return [{ path: ["host"], sentence: `must be an IP address or localhost, not ${show(host)}` }];
}

function hostsProblems({ hosts = {}, publicUrl }: ConfigFile): readonly Problem[] {
  const chat = hosts["chat-completions"] ?? [];
  const shared = (hosts.messages ?? []).flatMap((name, index) => {
    const other = chat.indexOf(name);
    if (other < 0) return [];
    const sentence = `is ${show(name)}, which is a host of chat-completions already; a host has one surface`;
    return [{ path: ["hosts", "messages", index], sentence }];
  });
  if (publicUrl === undefined || URL.canParse(publicUrl)) return shared;
  return [...shared, { path: ["publicUrl"], sentence: `must be a URL, not ${show(publicUrl)}` }];
}

/** What would never come to be, since something else always comes first. */
function routingProblems({ fallbackAfterMs, probeAfterMs, attemptsMax, hedging }: RoutingEntry): readonly Problem[] {
  const afterMs = fallbackAfterMs ?? DEFAULT_ROUTING.fallbackAfterMs;
  const given = `the fallbackAfterMs of ${afterMs}`;
  const problems = [
    probeAfterMs !== undefined && probeAfterMs > afterMs
      ? { path: ["routing", "probeAfterMs"], sentence: `must be at most ${given}, not ${probeAfterMs}` }
      : undefined,
    hedging !== undefined && hedging.afterMs >= afterMs
      ? { path: ["routing", "hedging", "afterMs"], sentence: `must be less than ${given}, not ${hedging.afterMs}` }
      : undefined,
    hedging !== undefined && attemptsMax === 1
      ? { path: ["routing", "attemptsMax"], sentence: "must be at least 2 where there is hedging, not 1" }
      : undefined,
  ];
  return problems.filter((problem) => problem !== undefined);
}

/** Entries of a list whose names must differ without regard to case. */
function twice<Name extends string>(rows: readonly Record<Name, string>[], path: Path, name: Name): readonly Problem[] {
  const first = new Map<string, number>();
  return rows.flatMap((row, index) => {
    const key = row[name].toLowerCase();
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, index);
      return [];
    }
    const sentence = `is ${show(row[name])}, which ${writePath([...path, before])} has already`;
    return [{ path: [...path, index, name], sentence }];
  });
}

function instrumentProblems(
  row: InstrumentEntry,
  path: Path,
  catalogue: readonly Instrument[],
  instruments: ReadonlyMap<string, Instrument>,
): readonly Problem[] {
  const isNew = !catalogue.some((instrument) => instrument.name === row.name);
  const missing = isNew ? NEW_INSTRUMENT_NEEDS.filter((property) => row[property] === undefined) : [];
  if (missing.length > 0) {
    const sentence = `is missing, and ${row.name} is not in the catalogue that it could come from`;
    return missing.map((property) => ({ path: [...path, property], sentence }));
  }
  const { outputTokensMax, contextTokens } = instruments.get(row.name) as Instrument;
  return outputProblems(outputTokensMax, contextTokens, path);
}

function outputProblems(outputTokensMax: number, contextTokens: number, path: Path): readonly Problem[] {
  if (outputTokensMax <= contextTokens) return [];
  const sentence = `must be at most the context of ${contextTokens} tokens, not ${outputTokensMax}`;
  return [{ path: [...path, "outputTokensMax"], sentence }];
}

function supplierProblems(supplier: SupplierEntry, path: Path, variables: Variables): readonly Problem[] {
  const problems = [
    { property: "baseUrl", sentence: baseUrlSentence(supplier.baseUrl) },
    { property: "credentialEnv", sentence: credentialSentence(supplier.credentialEnv, variables) },
  ];
  return problems.flatMap(({ property, sentence }) =>
    sentence === undefined ? [] : [{ path: [...path, property], sentence }],
  );
}

/** What is wrong with where a supplier is said to be. A URL with a password is not shown. */
export function baseUrlSentence(baseUrl: string): string | undefined {
  if (!URL.canParse(baseUrl)) return `must be a URL, not ${show(baseUrl)}`;
  const { username, password, pathname } = new URL(baseUrl);
  if (username + password !== "") return "must have no user name or password in it; use credentialEnv";
  const [operation] = OPERATION.exec(pathname) ?? [];
  return operation === undefined ? undefined : `must end before ${operation}, which is added to it`;
}

/** A whole address as it stands in vendors' examples: with the path added once more nothing would be found there. */
const OPERATION = /(?:\/v1)?\/chat\/completions(?=\/*$)|\/v1\/messages(?=\/*$)/;

/** What is wrong with the variable that is said to have a supplier's secret. */
export function credentialSentence(name: string | undefined, variables: Variables): string | undefined {
  if (name === undefined) return undefined;
  const credential = variables[name]?.trim() ?? "";
  if (credential === "") return `names the environment variable ${name}, which is not set`;
  if (/^[\x21-\x7e]+$/.test(credential)) return undefined;
  return `names the environment variable ${name}, whose value has characters that no header can carry`;
}

function accountsProblems(
  accounts: readonly AccountEntry[],
  instruments: ReadonlyMap<string, Instrument>,
): readonly Problem[] {
  const each = accounts.flatMap((account, index) => accountProblems(account, ["accounts", index], instruments));
  return [...twice(accounts, ["accounts"], "id"), ...each];
}

function accountProblems(
  { lots, credits = [], autoBuy = [], autoReload }: AccountEntry,
  path: Path,
  instruments: ReadonlyMap<string, Instrument>,
): readonly Problem[] {
  const unknown = (rows: readonly { readonly instrument: string }[], list: Path): readonly Problem[] =>
    rows.flatMap((row, place) => unknownInstrument(row.instrument, [...list, place], instruments));
  return [
    ...twice(lots, [...path, "lots"], "reference"),
    ...unknown(lots, [...path, "lots"]),
    ...twice(credits, [...path, "credits"], "reference"),
    ...twice(autoBuy, [...path, "autoBuy"], "instrument"),
    ...unknown(autoBuy, [...path, "autoBuy"]),
    ...(autoReload === undefined ? [] : reloadProblems(autoReload, [...path, "autoReload"])),
  ];
}

/** A limit that the first charge is over already would never let one through. */
function reloadProblems({ amountMicros, monthlyLimitMicros }: AutoReloadRow, path: Path): readonly Problem[] {
  if (amountMicros <= monthlyLimitMicros) return [];
  const sentence = `must be at least the amountMicros of ${amountMicros}, not ${monthlyLimitMicros}`;
  return [{ path: [...path, "monthlyLimitMicros"], sentence }];
}

function unknownInstrument(name: string, path: Path, instruments: ReadonlyMap<string, Instrument>): readonly Problem[] {
  if (instruments.has(name.toLowerCase())) return [];
  const sentence = `names no instrument: ${show(name)}${didYouMean(name, [...instruments.keys()])}`;
  return [{ path: [...path, "instrument"], sentence }];
}

function offersProblems(
  offers: readonly OfferEntry[],
  path: Path,
  instruments: ReadonlyMap<string, Instrument>,
): readonly Problem[] {
  const each = offers.flatMap((offer, index) => offerProblems(offer, [...path, index], instruments));
  return [...twice(offers, path, "instrument"), ...each];
}

function offerProblems(
  offer: OfferEntry,
  path: Path,
  instruments: ReadonlyMap<string, Instrument>,
): readonly Problem[] {
  const instrument = instruments.get(offer.instrument.toLowerCase());
  if (instrument === undefined) return unknownInstrument(offer.instrument, path, instruments);
  const contradictions = [...lacksProblems(offer, path), ...askProblems(offer, instrument, path)];
  if (offer.outputTokensMax === undefined) return contradictions;
  const context = offer.contextTokens ?? instrument.contextTokens;
  return [...contradictions, ...outputProblems(offer.outputTokensMax, context, path)];
}

function askProblems(
  { askMicrosPerUnit }: OfferEntry,
  { name, askMicrosMax }: Instrument,
  path: Path,
): readonly Problem[] {
  if (askMicrosMax === undefined || askMicrosPerUnit <= askMicrosMax) return [];
  const sentence = `must be at most the askMicrosPerUnitMax of ${name}, ${askMicrosMax}, not ${askMicrosPerUnit}`;
  return [{ path: [...path, "askMicrosPerUnit"], sentence }];
}

function lacksProblems({ features = [], lacks = [] }: OfferEntry, path: Path): readonly Problem[] {
  return lacks.flatMap((feature, index) => {
    const place = features.indexOf(feature);
    if (place < 0) return [];
    const sentence = `is ${show(feature)}, which ${writePath([...path, "features", place])} offers`;
    return [{ path: [...path, "lacks", index], sentence }];
  });
}
