/** Assembly: the file, the environment and the defaults put together into one configuration. */
import { resolve } from "node:path";
import type { Instrument } from "@interchange/routing";
import { type Catalogue, overlay } from "./catalogue.ts";
import {
  type AccountRow,
  type Config,
  DEFAULT_LIMITS,
  DEFAULT_ROUTING,
  DEFAULT_TIMEOUTS,
  DEFAULTS,
  type Format,
  type OfferRow,
  type RoutingRow,
  type SupplierRow,
} from "./config.ts";
import type { Environment, Variables } from "./environment.ts";
import type { AccountEntry, ConfigFile, OfferEntry, RoutingEntry, SupplierEntry } from "./file.ts";

export interface Parts {
  readonly file: ConfigFile;
  readonly environment: Environment;
  readonly variables: Variables;
  readonly catalogue: Catalogue;
  /** Where relative paths of the environment start. */
  readonly cwd: string;
  /** Where relative paths of the file start. */
  readonly fileDir: string;
}

/** Puts the parts together. They must have been proved: nothing is checked here. */
export function assemble({ file, environment, variables, catalogue, cwd, fileDir }: Parts): Config {
  const instruments = overlay(catalogue.instruments, file.instruments ?? []);
  return {
    port: environment.port ?? file.port ?? DEFAULTS.port,
    host: environment.host ?? file.host ?? DEFAULTS.host,
    dataDir: dataDirOf(file, environment, cwd, fileDir),
    ...(environment.databaseUrl !== undefined && { databaseUrl: environment.databaseUrl }),
    ...(file.publicUrl !== undefined && { publicUrl: new URL(file.publicUrl).origin }),
    hosts: { "chat-completions": file.hosts?.["chat-completions"] ?? [], messages: file.hosts?.messages ?? [] },
    strictHeaders: file.strictHeaders ?? DEFAULTS.strictHeaders,
    ticketLifeMs: file.ticketLifeMs ?? DEFAULTS.ticketLifeMs,
    limits: { ...DEFAULT_LIMITS, ...file.limits },
    brokenStreams: file.brokenStreams ?? DEFAULTS.brokenStreams,
    catalogueVersion: catalogue.version,
    instruments,
    suppliers: file.suppliers.map((supplier) => supplierRow(supplier, instruments, variables)),
    routing: routingRow(file.routing ?? {}),
    accounts: (file.accounts ?? []).map((account) => accountRow(account, instruments)),
  };
}

function dataDirOf(file: ConfigFile, environment: Environment, cwd: string, fileDir: string): string {
  if (environment.dataDir !== undefined) return resolve(cwd, environment.dataDir);
  return file.dataDir === undefined ? resolve(cwd, DEFAULTS.dataDir) : resolve(fileDir, file.dataDir);
}

/** Unless it is said, a probe is given no longer than anybody else. */
function routingRow(entry: RoutingEntry): RoutingRow {
  const { fallbackAfterMs = DEFAULT_ROUTING.fallbackAfterMs } = entry;
  const probeAfterMs = Math.min(DEFAULT_ROUTING.probeAfterMs, fallbackAfterMs);
  return { ...DEFAULT_ROUTING, probeAfterMs, ...entry };
}

function supplierRow(entry: SupplierEntry, instruments: readonly Instrument[], variables: Variables): SupplierRow {
  const dialects = [entry.dialect].flat() as readonly Format[];
  const credential = entry.credentialEnv === undefined ? undefined : variables[entry.credentialEnv]?.trim();
  return {
    name: entry.name,
    baseUrl: baseUrlOf(entry.baseUrl),
    dialects,
    ...(entry.credentialEnv !== undefined && { credentialEnv: entry.credentialEnv }),
    ...(credential !== undefined && { credential }),
    ...(entry.collectsData !== undefined && { collectsData: entry.collectsData }),
    ...(entry.paused === true && { status: "paused" }),
    timeouts: { ...DEFAULT_TIMEOUTS, ...entry.timeouts },
    ...(entry.quirks !== undefined && { quirks: entry.quirks }),
    offers: entry.offers.flatMap((offer) => dialects.map((dialect) => offerOf(offer, entry, dialect, instruments))),
  };
}

/** As suppliers have it, without a slash at the end: the paths of operations begin with `/v1`. */
export function baseUrlOf(text: string): string {
  let base = text;
  while (base.endsWith("/")) base = base.slice(0, -1);
  return base.replace(/\/v1$/, "");
}

function accountRow(entry: AccountEntry, instruments: readonly Instrument[]): AccountRow {
  const { id, name = id, lots, credits, autoBuy, autoReload } = entry;
  const deposits = lots.map(({ reference, instrument, tokens, costMicros = 0 }) => {
    return { reference, instrument: canonical(instrument, instruments).name, tokens, costMicros };
  });
  const bought = autoBuy?.map((row) => ({ ...row, instrument: canonical(row.instrument, instruments).name }));
  return {
    id,
    name,
    lots: deposits,
    ...(credits !== undefined && { credits }),
    ...(bought !== undefined && { autoBuy: bought }),
    ...(autoReload !== undefined && { autoReload }),
  };
}

function canonical(name: string, instruments: readonly Instrument[]): Instrument {
  return instruments.find((instrument) => instrument.name === name.toLowerCase()) as Instrument;
}

function offerOf(
  entry: OfferEntry,
  supplier: SupplierEntry,
  dialect: Format,
  instruments: readonly Instrument[],
): OfferRow {
  const instrument = canonical(entry.instrument, instruments);
  const lacks = [...new Set([...(supplier.lacks ?? []), ...(entry.lacks ?? [])])];
  return {
    supplier: supplier.name,
    dialect,
    instrument: instrument.name,
    model: entry.model,
    askMicros: entry.askMicrosPerUnit,
    ...(entry.features !== undefined && { features: entry.features }),
    ...(lacks.length > 0 && { lacks }),
    ...(entry.contextTokens !== undefined && { contextTokens: entry.contextTokens }),
    ...(entry.outputTokensMax !== undefined && { outputTokensMax: entry.outputTokensMax }),
    ...(entry.runningMax !== undefined && { runningMax: entry.runningMax }),
    delivery: "relay",
    ...(entry.paused === true && { status: "paused" }),
  };
}
