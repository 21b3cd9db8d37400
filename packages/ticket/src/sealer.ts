/** Sealing: a ticket becomes a JWT in compact form, RFC 7515 §7.1. */

import { writeClaims } from "./claims.ts";
import type { Algorithm, Ring } from "./ring.ts";
import { SIGNATURES } from "./signature.ts";
import { TICKET_LENGTH_MAX, type Ticket } from "./ticket.ts";

export type Sealer = {
  /** Throws a RangeError when the ticket would be longer than `TICKET_LENGTH_MAX`. */
  seal(ticket: Ticket): string;
};

/** Seals with the ring's first key. Throws a TypeError when the ring is of another algorithm or cannot seal. */
export function sealer({ ring, algorithm }: { ring: Ring; algorithm: Algorithm }): Sealer {
  const [first] = ring.keys;
  const key = first?.sealing;
  if (ring.algorithm !== algorithm) throw new TypeError(`the ring is of ${ring.algorithm} keys, not ${algorithm}`);
  if (first === undefined || key === undefined) throw new TypeError("the ring has no key to seal with");
  const header = `${encode({ alg: algorithm, typ: "JWT", kid: first.kid })}.`;
  const signature = SIGNATURES[algorithm];
  return {
    seal: (ticket) => {
      const text = header + encode(writeClaims(ticket));
      const sealed = `${text}.${signature.seal(text, key)}`;
      if (sealed.length <= TICKET_LENGTH_MAX) return sealed;
      throw new RangeError(`a ticket of ${sealed.length} characters is too long for a URL`);
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
