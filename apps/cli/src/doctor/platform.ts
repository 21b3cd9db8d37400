/** The platform as the doctor asks it: over the client, with every way in which it may not answer told. */
import { ClientError, type PlatformClient, UnexpectedAnswerError } from "@interchange/client";
import type { Context } from "./context.ts";
import { type Found, given } from "./found.ts";
import { detailOf, silenceOf } from "./reply.ts";

export type Told<Data> =
  | { readonly kind: "data"; readonly data: Data }
  /** `what` is the gateway's own sentence; `isOurs` says whether it was the gateway that spoke. */
  | { readonly kind: "refused"; readonly status: number; readonly what: string; readonly isOurs: boolean };

export function platformOf(context: Context, found: Partial<Found>): PlatformClient {
  const { base } = given(found, "target");
  return context.client({ baseUrl: base, key: given(found, "key"), fetch: context.fetch });
}

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** Status 0 where nothing came, or nothing that can be read. Throws only where whoever asked has gone. */
export async function told<Data>(context: Context, asking: Promise<Answer<Data>>): Promise<Told<NonNullable<Data>>> {
  try {
    const { data, error, response } = await asking;
    if (data !== undefined && data !== null && response.ok) return { kind: "data", data };
    const detail = detailOf({ json: error });
    const { status } = response;
    return { kind: "refused", status, what: detail ?? `The answer is a ${status}.`, isOurs: detail !== undefined };
  } catch (error) {
    const { why } = silenceOf(context, error);
    const what = error instanceof ClientError ? error.message : `The gateway ${why}.`;
    const status = error instanceof UnexpectedAnswerError ? error.status : 0;
    return { kind: "refused", status, what, isOurs: false };
  }
}
