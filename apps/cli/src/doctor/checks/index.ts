/** Every check, in the order in which they are made: from the base URL to the last word of a stream. */
import type { Check } from "../check.ts";
import { balance } from "./balance.ts";
import { baseUrl } from "./base-url.ts";
import { certificate } from "./certificate.ts";
import { clocks } from "./clocks.ts";
import { firstTokenChat, firstTokenInline, firstTokenMessages } from "./first-token.ts";
import { gateway } from "./gateway.ts";
import { hostName } from "./host-name.ts";
import { instrument } from "./instrument.ts";
import { keyAccepted } from "./key-accepted.ts";
import { keyForm } from "./key-form.ts";
import { keyKind } from "./key-kind.ts";
import { keyStanding } from "./key-standing.ts";
import { port } from "./port.ts";
import { receipts } from "./receipts.ts";
import { redirect } from "./redirect.ts";
import { requestId } from "./request-id.ts";
import { streamUnbuffered } from "./stream-unbuffered.ts";
import { streamWhole } from "./stream-whole.ts";
import { supplier } from "./supplier.ts";

export const CHECKS: readonly Check[] = [
  baseUrl,
  hostName,
  port,
  certificate,
  gateway,
  clocks,
  keyForm,
  keyAccepted,
  keyKind,
  keyStanding,
  instrument,
  supplier,
  balance,
  redirect,
  firstTokenChat,
  firstTokenMessages,
  firstTokenInline,
  streamWhole,
  requestId,
  receipts,
  streamUnbuffered,
];
