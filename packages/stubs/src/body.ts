/** The body of a request: read whole as bytes, within a limit, then as JSON. */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { LEVELS_MAX, type Refusal } from "@interchange/inference";
import { findBoundless } from "./boundless.ts";
import { isTooDeep } from "./nesting.ts";

export type Bytes = { readonly kind: "bytes"; readonly bytes: Buffer };
export type Refused = { readonly kind: "refused"; readonly refusal: Refusal };
export type Json = { readonly kind: "json"; readonly value: unknown };

const refused = (refusal: Refusal): Refused => ({ kind: "refused", refusal });

/** Whether the body says it is JSON (RFC 8259) sent as it is: any parameters, no content encoding. */
export function checkMediaType(req: IncomingMessage): Refused | undefined {
  const encoding = req.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    return unsupported(`The body must be sent as it is; the content encoding ${JSON.stringify(encoding)} is not read.`);
  }
  const type = req.headers["content-type"];
  if (type === undefined) return unsupported("The content type must be application/json; none was given.");
  const mediaType = type.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    return unsupported(`The content type must be application/json, not ${JSON.stringify(type)}.`);
  }
  return undefined;
}

/** Whether there is none at all (RFC 9112 §6.3). */
export function isAbsent({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
}

function unsupported(problem: string): Refused {
  return refused({ kind: "media-type-unsupported", problem });
}

/**
 * Reads the body to its end. One over the limit is read on and thrown away, since a client that is still sending does
 * not see an answer before it has finished.
 */
export function readBytes(req: IncomingMessage, bytesMax: number): Promise<Bytes | Refused> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bytesMax) chunks.push(chunk);
      else chunks.length = 0;
    });
    req.on("end", () => {
      if (size > bytesMax) resolve(refused({ kind: "body-too-large", bytesMax }));
      else resolve({ kind: "bytes", bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks) });
    });
    // `close` comes after every request; an error costs more than all of the reading, so it is made only for one that was cut.
    const left = (): void => {
      if (!req.complete) reject(new CallerLeft());
    };
    req.on("error", left).on("close", left);
  });
}

/** The caller hung up before its request was complete; there is nobody left to answer. */
export class CallerLeft extends Error {
  override readonly name = "CallerLeft";
}

const BYTE_ORDER_MARK = 0xfeff;

/**
 * Reads bytes as JSON text in UTF-8. A leading byte order mark is passed over (RFC 8259 §8.1); a number that no double
 * holds is refused, since the supplier would be sent something else, and so is what is nested too deep to be written again.
 */
export function readJson(bytes: Buffer): Json | Refused {
  if (bytes.length === 0) return refused({ kind: "body-not-json", problem: "it is empty" });
  if (!isUtf8(bytes)) return refused({ kind: "body-not-json", problem: "it is not UTF-8" });
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  } catch (error) {
    return refused({ kind: "body-not-json", problem: jsonProblem(error, text) });
  }
  if (isTooDeep(value, bytes.length)) return refused(TOO_DEEP);
  const param = findBoundless(text, value);
  if (param === undefined) return { kind: "json", value };
  const problem = "is a number beyond the range of a double";
  return refused({ kind: "request-invalid", fault: "value", param, problem });
}

const TOO_DEEP: Refusal = {
  kind: "request-invalid",
  fault: "shape",
  param: "",
  problem: `is nested deeper than ${LEVELS_MAX} levels`,
};

/** V8 quotes the text around the fault; a prompt has no business in an error, so only the place is kept. */
function jsonProblem(error: unknown, text: string): string {
  const place = /at position (\d+)/.exec(String(error));
  if (place?.[1] !== undefined) return `it breaks at character ${place[1]} of ${text.length}`;
  return /end of JSON|Unterminated/i.test(String(error)) ? "it ends too early" : "it breaks the grammar";
}
