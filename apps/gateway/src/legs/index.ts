/** The ways in which a request is answered: sent on with a ticket, run at once, or run for a ticket. */
export { type CallerContext, enterWithKey, withAllowance } from "./caller.ts";
export { inlineLeg } from "./inline.ts";
export { redirectLeg } from "./redirect.ts";
export { enterWithTicket, ticketLeg } from "./ticket.ts";
