/** Why a question was not answered, by the status of whoever said no. */
import type { Advice } from "./check.ts";
import { detailOf, type Reply } from "./reply.ts";

/** Found wherever a question is asked. */
export const REFUSALS = {
  "key-refused": {
    sees: "A 401 on a question, though the platform took the key.",
    remedy: "Send the key as Authorization: Bearer; look for a proxy that treats the surfaces unlike the platform.",
  },
  "balance-too-low": {
    sees: "402 on both surfaces: the account has fewer tokens of the instrument than a question holds.",
    remedy: "Buy tokens of the instrument (interchange purchases create), or put auto-buy on with credits to buy from.",
  },
  forbidden: {
    sees: "403: the key may not ask this, or a ticket reached a gateway that did not seal it.",
    remedy: "Ask with another key; where several gateways share an address, give all the same relay-keys.json.",
  },
  "instrument-unknown": {
    sees: "404, and the message names the instrument.",
    remedy: "Choose one of the names of interchange instruments list, and write it in model.",
  },
  "limit-reached": {
    sees: "429 with Retry-After: a limit of the key, the account or the instrument.",
    remedy: "Wait as long as Retry-After says, ask less often, or have the limit raised (interchange keys update).",
  },
  "suppliers-down": {
    sees: "502, 503 or 504: every supplier of the instrument fails, is paused or is left alone for a while.",
    remedy:
      "Wait a moment. As the operator, look at interchange suppliers health: its base URL, its credential, its pause.",
  },
  unavailable: {
    sees: "503 with Retry-After: tokens are being bought, the gateway is stopping, or its books are away.",
    remedy: "Ask again after Retry-After. If it stays, look into the gateway's log for the request id.",
  },
  "gateway-broken": {
    sees: "500 in the gateway's envelope, with a request id.",
    remedy: "Nothing was charged. Give the operator the request id; the gateway's log has the reason under it.",
  },
  refused: {
    sees: "Another refusal; its message says why.",
    remedy: "Do what the message says; the guide to errors has every status.",
  },
  "proxy-answers": {
    sees: "An answer that is not the gateway's, such as a page, in the middle of a question.",
    remedy: "Let the proxy in between pass POST requests to /v1, /r and /inline on, untouched.",
  },
  "no-answer": {
    sees: "The connection is closed, or nothing comes, though the port is open.",
    remedy: "Look whether the process lives and which service has the port; raise --patience where it is only slow.",
  },
} as const satisfies Readonly<Record<string, Advice>>;

export type RefusalFault = keyof typeof REFUSALS;

/** Why there is no answer to look at. */
export interface Stumble<Fault extends string = string> {
  readonly kind: "stumble";
  readonly fault: Fault;
  readonly what: string;
}

export function stumble<const Fault extends string>(fault: Fault, what: string): Stumble<Fault> {
  return { kind: "stumble", fault, what };
}

const BY_STATUS: Readonly<Record<number, RefusalFault>> = {
  401: "key-refused",
  402: "balance-too-low",
  403: "forbidden",
  404: "instrument-unknown",
  429: "limit-reached",
  500: "gateway-broken",
  502: "suppliers-down",
  503: "unavailable",
  504: "suppliers-down",
};

/** `where` begins the sentence, such as “The first leg”. */
export function readRefusal(
  reply: Pick<Reply, "status" | "headers" | "json" | "isPage">,
  where: string,
): Stumble<RefusalFault> {
  const detail = detailOf(reply);
  const { status } = reply;
  if (detail === undefined) {
    return stumble(
      "proxy-answers",
      `${where} was answered with ${reply.isPage ? "a web page" : "something"} of status ${status}, and not by the gateway.`,
    );
  }
  const id = reply.headers.get("x-request-id");
  return stumble(
    BY_STATUS[status] ?? "refused",
    `${where} was refused with ${status}: ${detail}${id === null ? "" : ` (${id})`}`,
  );
}
