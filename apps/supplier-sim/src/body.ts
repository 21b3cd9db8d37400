/** Request bodies: read whole, and as JSON. */
import type { IncomingMessage } from "node:http";
import { Declined } from "./exchange.ts";
import { isObject, type JsonObject } from "./json.ts";

/** The vendor's own limit for Messages (Anthropic API reference, "Request size limits"). */
const bytesMax = 32 * 1024 * 1024;

/** The whole body. Throws Declined (413), having read the rest away, when it is too long. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
  }
  if (bytes > bytesMax) throw new Declined({ status: 413, message: `the body is longer than ${bytesMax} bytes` });
  // A copy, since a slice would keep the whole read buffer alive in the records.
  return Buffer.concat(chunks);
}

/** The body as a JSON object. Throws Declined (400). */
export function readJson(body: Buffer): JsonObject {
  const value = readValue(body);
  if (!isObject(value)) throw new Declined({ status: 400, message: "the body must be a JSON object" });
  return value;
}

function readValue(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new Declined({ status: 400, message: "the body is not valid JSON" });
  }
}
