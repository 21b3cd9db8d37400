/** Bodies that stand within others: held against an operation's contract as if they had been sent to it. */
import type { RefusalOf } from "@interchange/inference";
import type { Document } from "./document.ts";
import type { Route } from "./handler.ts";
import { problemOf } from "./reading.ts";
import { sampleOf, validatorOf } from "./validator.ts";

/** What is wrong with the body, in the words in which the operation itself would refuse it; undefined where it is in contract. */
export type BodyCheck = (body: unknown) => Promise<RefusalOf<"request-invalid"> | undefined>;

/**
 * The check of bodies of an operation, whose path must have no parameters. It is the one that `mount` makes, so both always
 * agree; a document that is mounted is not compiled again.
 */
export function bodyCheckOf(document: Document, routes: readonly Route[], operationId: string): BodyCheck {
  const route = routes.find((candidate) => candidate.operationId === operationId);
  if (route?.requestBody !== true) throw new Error(`No operation ${operationId} takes a body`);
  const validate = validatorOf(document, routes);
  return async (body) => {
    const { fault } = await validate(sampleOf(route), body);
    return fault === undefined ? undefined : problemOf(document, sampleOf(route), route, body, fault);
  };
}
