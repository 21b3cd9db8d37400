/** Why nothing answered, in words for people: what each runtime calls it, and what to do. */
import { ConnectionError } from "./client-error.ts";

/** That nothing was sent yet: asking again cannot do anything twice. */
const UNREACHED =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ConnectionRefused|CONNECT_TIMEOUT|dns error|tcp connect error/;

const ADVICE: readonly (readonly [pattern: RegExp, sentence: (origin: string) => string])[] = [
  [
    /ECONNREFUSED|ConnectionRefused|tcp connect error/,
    (origin) => `nothing listens at ${origin}: is the gateway running, and is baseUrl right?`,
  ],
  [/ENOTFOUND|EAI_AGAIN|dns error/, (origin) => `there is no host of the name in ${origin}: look at baseUrl`],
  [
    // Node's own fetch gives up after five minutes without a word, whatever is asked of it here.
    /HEADERS_TIMEOUT|BODY_TIMEOUT/,
    (origin) =>
      `${origin} said nothing for as long as this runtime's fetch waits: stream, or give a fetch that waits longer`,
  ],
  [
    /HOSTUNREACH|NETUNREACH|TIMEOUT|ETIMEDOUT/,
    (origin) => `${origin} cannot be reached from here: look at the network`,
  ],
  [
    /WRONG_VERSION_NUMBER|packet length too long|InvalidContentType/,
    (origin) => `${origin} does not speak TLS: write http:// in baseUrl`,
  ],
  [/bad port/, (origin) => `the port in ${origin} is one that no fetch asks: look at baseUrl`],
  [/CERT|certificate|SELF_SIGNED/i, (origin) => `the certificate of ${origin} is not trusted here: have it mended`],
  [
    /HPE_|match the HTTP|invalid HTTP|Malformed_HTTP/i,
    (origin) => `what answers at ${origin} is not HTTP: look at the port in baseUrl`,
  ],
];

/** The error for a request to this origin that failed with this cause. */
export function connectionErrorOf(origin: string, cause: unknown): ConnectionError {
  const told = toldBy(cause);
  const sentence = ADVICE.find(([pattern]) => pattern.test(told))?.[1](origin);
  return new ConnectionError(sentence ?? `${origin} did not answer, or may not be asked from here: ask again`, cause);
}

/** The answer broke off in its midst. */
export const brokenOff = (origin: string, cause: unknown): ConnectionError =>
  new ConnectionError(`the connection to ${origin} broke in the midst of the answer: ask again`, cause);

/** Whether the failure says that no connection came about. Browsers never say it. */
export const isUnreached = (failure: unknown): boolean =>
  failure instanceof ConnectionError && UNREACHED.test(toldBy(failure.cause));

/** The words and codes of an error and of what caused it. */
function toldBy(error: unknown, depth = 4): string {
  if (typeof error !== "object" || error === null || depth === 0) return "";
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  return `${code} ${message} ${toldBy(cause, depth - 1)}`;
}
