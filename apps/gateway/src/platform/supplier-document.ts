/** What a supplier is in the contract's words and in the market's. */

import {
  baseUrlOf,
  baseUrlSentence,
  credentialSentence,
  DEFAULT_TIMEOUTS,
  type Format,
  type Timeouts,
  type Variables,
} from "@interchange/config";
import type {
  CreateSupplierRequest,
  TimeoutSettings,
  Timeouts as TimeoutsWire,
  UpdateSupplierRequest,
  Supplier as Wire,
} from "@interchange/contract/platform";
import type { Kept, LiveMarket, SupplierDocument } from "../market/index.ts";
import { writeInstant } from "./instant.ts";
import { patched, reread } from "./patch.ts";
import { foreignQuirk, readQuirks, writeQuirks } from "./quirk.ts";
import { conflicting, given, isRefused, type Refused, unfit } from "./refused.ts";

export function readCreation(
  body: CreateSupplierRequest,
  variables: Variables,
  nowMs: number,
): SupplierDocument | Refused {
  const { credential_env: credentialEnv, collects_data: collectsData, quirks, timeouts = {} } = body;
  const document = given({
    name: body.name,
    baseUrl: readBaseUrl(body.base_url),
    dialects: [...new Set(body.dialects)],
    credentialEnv: credentialEnv == null ? undefined : readCredentialEnv(credentialEnv, variables),
    collectsData: collectsData ?? undefined,
    status: body.status ?? ("active" as const),
    timeouts: readTimeouts(timeouts),
    quirks: quirks === undefined ? undefined : readQuirks(quirks),
    origin: "platform" as const,
    createdAtMs: nowMs,
  });
  return isRefused(document) ? document : fitting(document);
}

export function changedBy(
  market: LiveMarket,
  document: SupplierDocument,
  body: UpdateSupplierRequest,
  variables: Variables,
): SupplierDocument | Refused {
  const { base_url: baseUrl, dialects, credential_env: credentialEnv, timeouts, quirks } = body;
  const left = dialects === undefined ? undefined : dialectLeft(market, document, dialects);
  if (left !== undefined) return left;
  const changed = patched<SupplierDocument>(document, {
    baseUrl: baseUrl === undefined ? undefined : readBaseUrl(baseUrl),
    dialects: dialects === undefined ? undefined : [...new Set(dialects)],
    credentialEnv: reread(credentialEnv, (name) => readCredentialEnv(name, variables)),
    collectsData: body.collects_data,
    status: body.status,
    timeouts: timeouts === undefined ? undefined : readTimeouts(timeouts),
    quirks: quirks === undefined ? undefined : readQuirks(quirks),
  });
  if (isRefused(changed)) return changed;
  return strayingSecret(document, changed) ?? fitting(changed);
}

/** A secret whose variable the configuration names is sent where the configuration says, and nowhere else. */
function strayingSecret(before: SupplierDocument, { baseUrl, credentialEnv }: SupplierDocument): Refused | undefined {
  if (baseUrl === before.baseUrl || credentialEnv === undefined || credentialEnv !== before.credentialEnv)
    return undefined;
  if (SENDABLE.test(credentialEnv)) return undefined;
  const problem = `cannot be changed here while the credential is in ${credentialEnv}, which the configuration names`;
  return unfit("base_url", problem);
}

/** As the contract has it. */
const SENDABLE = /^SUPPLIER_[A-Z0-9_]{1,100}$/;

/** What is offered in a format cannot be asked for by a supplier that does not speak it any more. */
function dialectLeft(market: LiveMarket, { name }: SupplierDocument, dialects: readonly Format[]): Refused | undefined {
  const offers = market.offerDocuments({ supplier: name });
  const dialect = offers.find(({ document }) => !dialects.includes(document.dialect))?.document.dialect;
  if (dialect === undefined) return undefined;
  return conflicting(
    `The supplier ${JSON.stringify(name)} has offers in the ${dialect} format; remove them first.`,
    "dialects",
  );
}

function fitting(document: SupplierDocument): SupplierDocument | Refused {
  return foreignQuirk(document.quirks ?? {}, document.dialects) ?? document;
}

function readBaseUrl(text: string): string | Refused {
  const problem = baseUrlSentence(text);
  return problem === undefined ? baseUrlOf(text) : unfit("base_url", problem);
}

/** Other gateways have to have it too, which cannot be seen from here. */
function readCredentialEnv(name: string, variables: Variables): string | Refused {
  const problem = credentialSentence(name, variables);
  return problem === undefined ? name : unfit("credential_env", problem);
}

function readTimeouts(settings: TimeoutSettings): Timeouts {
  return {
    connectMs: settings.connect_ms ?? DEFAULT_TIMEOUTS.connectMs,
    firstByteMs: settings.first_byte_ms ?? DEFAULT_TIMEOUTS.firstByteMs,
    idleMs: settings.idle_ms ?? DEFAULT_TIMEOUTS.idleMs,
    totalMs: settings.total_ms ?? DEFAULT_TIMEOUTS.totalMs,
  };
}

function writeTimeouts({ connectMs, firstByteMs, idleMs, totalMs }: Timeouts): TimeoutsWire {
  return { connect_ms: connectMs, first_byte_ms: firstByteMs, idle_ms: idleMs, total_ms: totalMs };
}

/** Its secret is told nowhere. */
export function writeSupplier({ document, version, writtenAtMs }: Kept<SupplierDocument>, inFlight: number): Wire {
  return {
    name: document.name,
    base_url: document.baseUrl,
    dialects: [...document.dialects],
    credential_env: document.credentialEnv ?? null,
    collects_data: document.collectsData ?? null,
    status: document.status,
    timeouts: writeTimeouts(document.timeouts),
    quirks: writeQuirks(document.quirks),
    in_flight: inFlight,
    version,
    created_at: writeInstant(document.createdAtMs),
    updated_at: writeInstant(writtenAtMs),
  };
}
