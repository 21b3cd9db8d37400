/** The signed right to the second leg: seal and redeem. */

export { bodyDigest, isForBody } from "./body-digest.ts";
export {
  type Redeemer,
  type RedeemerOptions,
  type Redemption,
  redeemer,
  type TicketRefusal,
  type Use,
} from "./redeemer.ts";
export {
  type Algorithm,
  type Jwk,
  type Jwks,
  newRing,
  publicJwks,
  type Ring,
  type RingKey,
  readRing,
  rotateRing,
  writeRing,
} from "./ring.ts";
export { type Sealer, sealer } from "./sealer.ts";
export { type Remainder, TICKET_LENGTH_MAX, TICKET_LIFE_MS, type Ticket } from "./ticket.ts";
