/**
 * Redeeming: a sealed text is a ticket again, or is refused. That it is used once only is held by who keeps the holds; this
 * end has no memory.
 */

import { isForBody } from "./body-digest.ts";
import { readClaims } from "./claims.ts";
import type { Algorithm, Ring, RingKey } from "./ring.ts";
import { SIGNATURES } from "./signature.ts";
import { TICKET_LENGTH_MAX, type Ticket } from "./ticket.ts";

/**
 * `forged`: not sealed by a key of the ring with its algorithm. `malformed`: not a ticket at all, or sealed by us with claims
 * that we do not know. The others are ours and true, but not for this use.
 */
export type TicketRefusal = {
  kind: "forged" | "malformed" | "expired" | "wrong-supplier" | "wrong-path" | "wrong-body";
};

export type Redemption = { kind: "redeemed"; ticket: Ticket } | TicketRefusal;

/** What the ticket is presented for. What is absent is not compared: the body is usually read after the rest is known to be good. */
export type Use = { path: string; bodyDigest?: string; supplier?: string };

export type Redeemer = { redeem(text: string, use: Use): Redemption };

export type RedeemerOptions = {
  /** Of shared secrets, or of public keys. */
  ring: Ring;
  /** The one algorithm this end accepts, whatever a ticket's header says. */
  algorithm: Algorithm;
  /** Milliseconds since 1970. */
  clock?: () => number;
  /** How much later than its expiry a ticket is still taken, for clocks that differ. */
  leewayMs?: number;
};

/** Throws a TypeError when the ring is of another algorithm. */
export function redeemer({ ring, algorithm, clock = Date.now, leewayMs = 0 }: RedeemerOptions): Redeemer {
  if (ring.algorithm !== algorithm) throw new TypeError(`the ring is of ${ring.algorithm} keys, not ${algorithm}`);
  const keys = new Map(ring.keys.map((key) => [key.kid, key]));
  return {
    redeem: (text, use) => {
      const parts = split(text);
      if (parts === undefined) return { kind: "malformed" };
      const header: Header | undefined = decode(parts.header);
      if (header === undefined) return { kind: "malformed" };
      const key = keyFor(header, algorithm, keys);
      const proved = key && SIGNATURES[algorithm].proves(parts.signature, parts.signed, key.redeeming);
      return proved ? judge(decode(parts.claims), use, clock() - leewayMs) : { kind: "forged" };
    },
  };
}

type Parts = { header: string; claims: string; signed: string; signature: string };

type Header = { alg?: unknown; kid?: unknown; crit?: unknown };

function split(text: string): Parts | undefined {
  if (text.length > TICKET_LENGTH_MAX) return undefined;
  const [header, claims, signature, ...others] = text.split(".");
  if (!header || !claims || signature === undefined || others.length > 0) return undefined;
  return { header, claims, signed: `${header}.${claims}`, signature };
}

/** The object that a part says; undefined when it says none. */
function decode(part: string): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The header chooses among our keys and nothing else; what it calls critical we would have to know, RFC 7515 §4.1.11. */
function keyFor({ alg, kid, crit }: Header, algorithm: Algorithm, keys: Map<unknown, RingKey>): RingKey | undefined {
  return alg === algorithm && crit === undefined ? keys.get(kid) : undefined;
}

function judge(claims: unknown, use: Use, nowMs: number): Redemption {
  const ticket = readClaims(claims);
  if (ticket === undefined) return { kind: "malformed" };
  if (ticket.expiresAtMs <= nowMs) return { kind: "expired" };
  if (use.supplier !== undefined && use.supplier !== ticket.supplier) return { kind: "wrong-supplier" };
  if (use.path !== ticket.path) return { kind: "wrong-path" };
  if (use.bodyDigest !== undefined && !isForBody(ticket, use.bodyDigest)) return { kind: "wrong-body" };
  return { kind: "redeemed", ticket };
}
