/** Holds an answer against what its document says it can be. */

import type { Errand } from "./carriage.ts";
import { ClientError, UnexpectedAnswerError } from "./client-error.ts";
import { originOf } from "./connection.ts";

/**
 * The same response, its body untouched where it has one. Throws an UnexpectedAnswerError on a web page and on whatever else is neither
 * JSON nor, where they were asked for, events. An empty body passes: a status says something even so.
 */
export async function expected(response: Response, { streamed }: Errand): Promise<Response> {
  const type = response.headers.get("content-type") ?? "";
  const isStream = type.includes("text/event-stream");
  if (response.ok && isStream && !streamed) {
    await response.body?.cancel();
    throw new ClientError("the answer is a stream: ask with client.stream(…), and leave `stream` out of the body");
  }
  if (!response.body || (response.ok && streamed ? isStream : /[/+]json\b/.test(type))) return response;
  const text = await response.text();
  if (text.trim() !== "") throw new UnexpectedAnswerError(foreign(response, type), response, text);
  const { status, statusText, headers } = response;
  return new Response(null, { status, statusText, headers });
}

function foreign({ status, url }: Response, type: string): string {
  const what = /html/.test(type) ? "a web page" : type === "" ? "something without a type" : type.split(";", 1)[0];
  return `${originOf(url)} answered ${status} with ${what} instead of the API: is that the gateway's address, and does a proxy stand before it?`;
}

const between = "look at what stands between here and the gateway";

/** A success that carries nothing where the document says something. */
export const nothing = (response: Response): UnexpectedAnswerError =>
  new UnexpectedAnswerError(`the answer has status ${response.status} and nothing in it: ${between}`, response);

/** JSON by its type, and something else by its letters. */
export const torn = (response: Response, cause: unknown): UnexpectedAnswerError =>
  new UnexpectedAnswerError(
    `the answer has status ${response.status} and says that it is JSON, which it is not: ${between}`,
    response,
    "",
    cause,
  );
