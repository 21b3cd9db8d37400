/** The platform document asked over HTTP, every answer held against it. */
import { platformRoutes } from "@interchange/stubs";
import { request } from "undici";
import type { OperationId } from "../src/platform/operation.ts";
import { openPurse } from "./purse.ts";
import type { Rig } from "./rig.ts";
import { CONTRACTS, documentFaults, faultsOfRefusal, type Reply } from "./wire.ts";

export interface Asked {
  /** Null for none. The rig's operator key unless said. */
  readonly key?: string | null;
  readonly path?: Readonly<Record<string, string>>;
  /** By name, or in order where one name is there twice. */
  readonly query?: Readonly<Record<string, string | number | boolean>> | readonly (readonly [string, string])[];
  /** Anything but a text is written as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  // What an answer has is what a test looks at; the document has been held against it by then.
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly body: any;
  readonly headers: Reply["headers"];
}

export type Ask = (operation: OperationId, asked?: Asked) => Promise<Told>;

/** Throws where an answer is not in contract, or a refusal is not as all refusals are. */
export function asker(rig: Rig): Ask {
  return async (operation, asked = {}) => {
    const reply = await send(rig, operation, asked);
    const faults =
      reply.status >= 400 ? faultsOfRefusal("platform", operation, reply) : faultsOfAnswer(operation, reply);
    if (faults.length > 0) throw new Error(`${operation} ${reply.status}: ${faults.join("; ")}: ${reply.text}`);
    return {
      status: reply.status,
      body: reply.text === "" ? undefined : JSON.parse(reply.text),
      headers: reply.headers,
    };
  };
}

async function send(rig: Rig, operation: OperationId, asked: Asked): Promise<Reply> {
  const { key = rig.operatorKey, body } = asked;
  const {
    statusCode,
    headers,
    body: answer,
  } = await request(`${rig.url}${targetOf(operation, asked)}`, {
    method: routeOf(operation).method.toUpperCase(),
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...asked.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: statusCode, headers, text: await answer.text() };
}

export function routeOf(operation: OperationId) {
  const found = platformRoutes.find((route) => route.operationId === operation);
  if (found === undefined) throw new Error(`no operation ${operation}`);
  return found;
}

/** The account of the path is the one of the key unless said. */
function targetOf(operation: OperationId, { path = {}, query = {} }: Asked): string {
  const named: Readonly<Record<string, string>> = { account_id: "me", ...path };
  const filled = routeOf(operation).path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(named[name] ?? ""));
  const pairs = Array.isArray(query) ? query : Object.entries(query);
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]));
  return search.size === 0 ? filled : `${filled}?${search}`;
}

function faultsOfAnswer(operation: OperationId, reply: Reply): string[] {
  const faults = documentFaults("platform", operation, reply).flatMap(([isWrong, fault]) => (isWrong ? [fault] : []));
  const route = routeOf(operation);
  if (!(route.statuses as readonly number[]).includes(reply.status)) return [...faults, "no such status is documented"];
  if (reply.status === 204) return reply.text === "" ? faults : [...faults, "a body where none may be"];
  const check = CONTRACTS.platform.checks[operation]?.responses[String(reply.status)];
  return check?.(JSON.parse(reply.text)) === true ? faults : [...faults, "the body is not the documented one"];
}

/** An account with tokens, credits and keys of its own. */
export interface House {
  readonly accountId: string;
  readonly key: string;
  readonly keyId: string;
}

export async function openHouse(rig: Rig, { tokens = 1_000_000, creditsMicros = 0 } = {}): Promise<House> {
  const { ledger } = rig.gateway.engine;
  const { accountId, key } = await openPurse(rig, tokens);
  if (creditsMicros > 0) await ledger.depositCredits({ accountId, amountMicros: creditsMicros });
  return { accountId, key, keyId: publicId(key) };
}

export function publicId(secret: string): string {
  return secret.split("_")[1] ?? "";
}
