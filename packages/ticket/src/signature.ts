/** The signatures of RFC 7515, in base64url; one pair of functions per algorithm. */

import { createHmac, type KeyObject, sign, timingSafeEqual, verify } from "node:crypto";
import type { Algorithm } from "./ring.ts";

export type Signature = {
  seal(text: string, key: KeyObject): string;
  /** Takes one spelling of each signature only: base64url has others whose unused bits differ, and those are refused. */
  proves(signature: string, text: string, key: KeyObject): boolean;
};

const hs256: Signature = {
  seal: (text, key) => createHmac("sha256", key).update(text).digest("base64url"),
  proves: (signature, text, key) => {
    const given = Buffer.from(signature);
    const wanted = Buffer.from(hs256.seal(text, key));
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  },
};

const eddsa: Signature = {
  seal: (text, key) => sign(null, Buffer.from(text), key).toString("base64url"),
  proves: (signature, text, key) => {
    const bytes = Buffer.from(signature, "base64url");
    return bytes.toString("base64url") === signature && verify(null, Buffer.from(text), key, bytes);
  },
};

export const SIGNATURES: Record<Algorithm, Signature> = { HS256: hs256, EdDSA: eddsa };
