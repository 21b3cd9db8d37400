/** Why nothing answered, in words for people: what each runtime calls it, and what to do. */
import { ConnectionError } from "./client-error.ts";

interface Fault {
  /** What the runtimes call it. */
  readonly called: RegExp;
  readonly sentence: (origin: string) => string;
  /** Whether nothing was sent yet, so that asking again cannot do anything twice. */
  readonly unreached?: true;
}

const FAULTS: readonly Fault[] = [
  {
    called: /ECONNREFUSED|ConnectionRefused|tcp connect error/,
    sentence: (origin) => `nothing listens at ${origin}: is the gateway running, and is baseUrl right?`,
    unreached: true,
  },
  {
    called: /ENOTFOUND|EAI_AGAIN|dns error/,
    sentence: (origin) => `there is no host of the name in ${origin}: look at baseUrl`,
    unreached: true,
  },
  {
    called: /HOSTUNREACH|NETUNREACH|CONNECT_TIMEOUT/,
    sentence: (origin) => `${origin} cannot be reached from here: look at the network`,
    unreached: true,
  },
  {
    // Node's own fetch gives up after five minutes without a word, whatever is asked of it here.
    called: /HEADERS_TIMEOUT|BODY_TIMEOUT/,
    sentence: (origin) => `${origin} was silent for longer than this fetch waits: stream, or give another fetch`,
  },
  {
    called: /WRONG_VERSION_NUMBER|packet length too long|InvalidContentType/,
    sentence: (origin) => `${origin} does not speak TLS: write http:// in baseUrl`,
  },
  { called: /bad port/, sentence: (origin) => `no fetch asks the port of ${origin}: look at baseUrl` },
  {
    called: /CERT|certificate/,
    sentence: (origin) => `the certificate of ${origin} is not trusted here: have it mended`,
  },
  {
    called: /HPE_|the HTTP|Malformed_HTTP/,
    sentence: (origin) => `what answers at ${origin} is not HTTP: look at the port in baseUrl`,
  },
];

const faultOf = (cause: unknown): Fault | undefined => {
  const told = toldBy(cause);
  return FAULTS.find(({ called }) => called.test(told));
};

/** The error for a request to this origin that failed with this cause. */
export function connectionErrorOf(origin: string, cause: unknown): ConnectionError {
  const sentence = faultOf(cause)?.sentence(origin);
  return new ConnectionError(sentence ?? `${origin} did not answer, or may not be asked from here: ask again`, cause);
}

/** The answer broke off in its midst. */
export const brokenOff = (origin: string, cause: unknown): ConnectionError =>
  new ConnectionError(`the connection to ${origin} broke in the midst of the answer: ask again`, cause);

/** Whether the failure says that no connection came about. Browsers never say it. */
export const isUnreached = (failure: unknown): boolean =>
  failure instanceof ConnectionError && faultOf(failure.cause)?.unreached === true;

/** The words and codes of an error and of what caused it. */
function toldBy(error: unknown, depth = 4): string {
  if (typeof error !== "object" || error === null || depth === 0) return "";
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  return `${code} ${message} ${toldBy(cause, depth - 1)}`;
}

/** The origin of what answered; a fetch that was given need not tell it. */
export const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : "the server");
