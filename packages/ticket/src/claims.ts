/**
 * The claims of a ticket on the wire, RFC 7519 §4. Registered names where there is one; ours have three letters, since the
 * ticket stands in a URL's path and the whole `Location` has a budget of 2 KB.
 */

import type { Remainder, Ticket } from "./ticket.ts";

type Claims = {
  iss: string;
  aud: string;
  sub: string;
  /** The request id: one ticket, one request. */
  jti: string;
  /** Seconds, with thousandths: RFC 7519 §2 allows a NumericDate to be non-integer. */
  iat: number;
  exp: number;
  /** surface */
  sfc: string;
  /** the supplier's wire format, where it is another than the surface's */
  fmt?: string;
  /** path */
  pth: string;
  /** instrument */
  ins: string;
  /** model */
  mdl?: string;
  /** tokens held */
  hld: number;
  /** output tokens at most */
  cap?: number;
  /** digest of the body */
  dig: string;
  /** allowance: of requests, of tokens */
  alw?: [Left, Left];
  /** counted: counter, end in milliseconds */
  cnt?: [string, number][];
  /** stream */
  str: boolean;
};

/** limit, remaining, reset in milliseconds; 0 where there is no limit */
type Left = [number, number, number] | 0;

export function writeClaims(ticket: Ticket): Claims {
  return {
    iss: ticket.issuer,
    aud: ticket.supplier,
    sub: ticket.account,
    jti: ticket.requestId,
    iat: ticket.issuedAtMs / 1000,
    exp: ticket.expiresAtMs / 1000,
    sfc: ticket.surface,
    ...(ticket.dialect !== ticket.surface && { fmt: ticket.dialect }),
    pth: ticket.path,
    ins: ticket.instrument,
    ...(ticket.model !== undefined && { mdl: ticket.model }),
    hld: ticket.tokensHeld,
    ...(ticket.outputTokensMax !== undefined && { cap: ticket.outputTokensMax }),
    dig: ticket.bodyDigest,
    ...(ticket.allowance !== undefined && { alw: writeAllowance(ticket.allowance) }),
    ...(ticket.counted !== undefined && { cnt: ticket.counted.map(({ counter, endsAtMs }) => [counter, endsAtMs]) }),
    str: ticket.stream,
  };
}

/** The ticket that the claims say; undefined when one is missing or of the wrong type. Claims that are not ours are passed over. */
export function readClaims(claims: unknown): Ticket | undefined {
  if (!areClaims(claims)) return undefined;
  return {
    requestId: claims.jti,
    issuer: claims.iss,
    supplier: claims.aud,
    account: claims.sub,
    surface: claims.sfc,
    dialect: claims.fmt ?? claims.sfc,
    path: claims.pth,
    instrument: claims.ins,
    ...(claims.mdl !== undefined && { model: claims.mdl }),
    tokensHeld: claims.hld,
    ...(claims.cap !== undefined && { outputTokensMax: claims.cap }),
    bodyDigest: claims.dig,
    ...(claims.alw !== undefined && { allowance: readAllowance(claims.alw) }),
    ...(claims.cnt !== undefined && { counted: claims.cnt.map(([counter, endsAtMs]) => ({ counter, endsAtMs })) }),
    stream: claims.str,
    issuedAtMs: Math.round(claims.iat * 1000),
    expiresAtMs: Math.round(claims.exp * 1000),
  };
}

type Allowance = NonNullable<Ticket["allowance"]>;

function writeAllowance({ requests, tokens }: Allowance): [Left, Left] {
  return [writeLeft(requests), writeLeft(tokens)];
}

function readAllowance([requests, tokens]: [Left, Left]): Allowance {
  return { ...(requests !== 0 && { requests: readLeft(requests) }), ...(tokens !== 0 && { tokens: readLeft(tokens) }) };
}

function writeLeft(left: Remainder | undefined): Left {
  return left === undefined ? 0 : [left.limit, left.remaining, left.resetAtMs];
}

function readLeft([limit, remaining, resetAtMs]: Exclude<Left, 0>): Remainder {
  return { limit, remaining, resetAtMs };
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isSeconds: Check = (value) => typeof value === "number" && value >= 0 && value * 1000 <= Number.MAX_SAFE_INTEGER;
const isFlag: Check = (value) => typeof value === "boolean";

const isLeft: Check = (value) => value === 0 || (Array.isArray(value) && value.length === 3 && value.every(isCount));
const isCounted: Check = (value) => Array.isArray(value) && value.length === 2 && isText(value[0]) && isCount(value[1]);

const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const CHECKS = Object.entries({
  iss: isText,
  aud: isText,
  sub: isText,
  jti: isText,
  iat: isSeconds,
  exp: isSeconds,
  sfc: isText,
  fmt: orAbsent(isText),
  pth: isText,
  ins: isText,
  mdl: orAbsent(isText),
  hld: isCount,
  cap: orAbsent(isCount),
  dig: isText,
  alw: orAbsent((value) => Array.isArray(value) && value.length === 2 && value.every(isLeft)),
  cnt: orAbsent((value) => Array.isArray(value) && value.every(isCounted)),
  str: isFlag,
} satisfies Record<keyof Claims, Check>);

function areClaims(value: unknown): value is Claims {
  if (typeof value !== "object" || value === null) return false;
  return CHECKS.every(([name, check]) => check((value as Record<string, unknown>)[name]));
}
