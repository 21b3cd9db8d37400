/** The credential that the simulator asks for, if it asks for any. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Format } from "./format.ts";

/** Whether the headers hold the expected credential where the format's vendor looks for it. */
export function isAdmitted(format: Format, headers: IncomingHttpHeaders, expected: string | undefined): boolean {
  return expected === undefined || format.credentialsIn(headers).some((given) => isSame(given, expected));
}

function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
