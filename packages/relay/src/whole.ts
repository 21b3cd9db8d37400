/** A body read to its end, within a limit. */
import { type InferenceAnswer, isFailure, type SupplierFailure } from "@interchange/inference";
import { readFault, withhold } from "./failure.ts";
import type { Reply } from "./reply.ts";
import type { Supplier } from "./supplier.ts";

export type Read =
  | { readonly kind: "text"; readonly text: string }
  /** It is longer than allowed: `text` is how it begins. */
  | { readonly kind: "cut"; readonly text: string }
  | { readonly kind: "failed"; readonly failure: SupplierFailure };

/** Rejects on a bug alone. A body that is longer than allowed is not read on. */
export function readText(reply: Reply, bytesMax: number): Promise<Read> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const text = (): string => Buffer.concat(chunks).subarray(0, bytesMax).toString("utf8");
  return new Promise((resolve, reject) => {
    reply.listen({
      data(bytes) {
        chunks.push(bytes);
        size += bytes.length;
        if (size <= bytesMax) return;
        reply.letGo();
        resolve({ kind: "cut", text: text() });
      },
      end: () => resolve({ kind: "text", text: text() }),
      broken: (error) => resolve({ kind: "failed", failure: readFault(error) }),
      bug: reject,
    });
    reply.resume();
  });
}

/** The body as a whole answer. */
export async function readWhole(supplier: Supplier, reply: Reply): Promise<InferenceAnswer | SupplierFailure> {
  const read = await readText(reply, ANSWER_BYTES_MAX);
  if (read.kind === "failed") return read.failure;
  if (read.kind === "cut") return { message: "its answer is too long", caller: false };
  const wire = readJson(read.text);
  if (wire === undefined) return { message: "it answered something that is not JSON", caller: false };
  const answer = supplier.dialect.readAnswer(wire);
  return isFailure(answer) ? withhold(answer) : answer;
}

/** No answer comes near it: several pictures in base64 fit. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
