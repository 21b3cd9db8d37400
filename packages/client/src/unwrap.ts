/** From what a method returns to what was asked for. */
import { statusErrorOf } from "./status-error.ts";

/** What a method of a client comes to. */
export interface Answered {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/** What it has when all is well; nothing of an answer without a body. */
export type DataOf<Answer> = Answer extends { readonly error?: never; readonly data: infer Data } ? Data : never;

/** The data of an answer. Throws the class of its status, such as NotFoundError, and whatever the call throws. */
export async function unwrap<Answer extends Answered>(call: Promise<Answer> | Answer): Promise<DataOf<Answer>> {
  const { data, error, response } = await call;
  if (!response.ok) throw statusErrorOf(response, error);
  return data as DataOf<Answer>;
}
