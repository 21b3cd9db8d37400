/** A ticket as the gateway would seal it, and rings to seal it with; the random source is fixed, so that failures repeat. */

import { hash } from "node:crypto";
import { bodyDigest, newRing, type Ticket } from "@interchange/ticket";

export const NOW_MS = 1_790_000_000_123;

export const BODY = '{"model":"text-prime","messages":[{"role":"user","content":"How far is the moon?"}]}';

export const TICKET: Ticket = {
  requestId: "req_01jz3v9y0m8x6q4t2w5r7k1c3e",
  issuer: "https://api.interchange.example",
  supplier: "north-harbour",
  account: "p_8f2kq0w1x9",
  surface: "chat-completions",
  dialect: "messages",
  path: "/v1/chat/completions",
  instrument: "text-prime",
  model: "qwen3-235b-a22b-instruct-2507",
  tokensHeld: 4_096,
  outputTokensMax: 2_048,
  bodyDigest: bodyDigest(BODY),
  allowance: { requests: { limit: 60, remaining: 59, resetAtMs: NOW_MS + 1_000 } },
  counted: [{ counter: "a", endsAtMs: NOW_MS + 1_000 }],
  stream: true,
  issuedAtMs: NOW_MS,
  expiresAtMs: NOW_MS + 60_000,
};

export const USE = { path: TICKET.path, bodyDigest: TICKET.bodyDigest, supplier: TICKET.supplier };

/** A repeatable source of bytes that look random. */
export function bytesFrom(seed: string): (length: number) => Uint8Array {
  let turn = 0;
  return (length) => hash("sha512", `${seed}${turn++}`, "buffer").subarray(0, length);
}

export const RINGS = { HS256: newRing("HS256", bytesFrom("shared")), EdDSA: newRing("EdDSA", bytesFrom("pair")) };

export const ALGORITHMS = ["HS256", "EdDSA"] as const;
