/** Thousands of values tried, many at a time, and what is wrong with an answer whatever was asked. */

import type { Format } from "@interchange/config";
import fc, { type Arbitrary } from "fast-check";
import { CONTRACTS, inParallel, type Reply } from "./wire.ts";

export const SEED = Number(process.env["INTERCHANGE_FUZZ_SEED"] ?? 20_260_101);
export const RUNS = Number(process.env["INTERCHANGE_FUZZ_RUNS"] ?? 10_000);
export const CALLERS = 32;

/**
 * Tries what fast-check's own runner would, many at a time. What fails is then handed to that runner, which makes it as
 * small as it gets.
 */
export async function flood<Value>(
  values: Arbitrary<Value>,
  runs: number,
  faultOf: (value: Value) => Promise<string | undefined>,
): Promise<void> {
  const samples = fc.sample(values, { seed: SEED, numRuns: runs });
  const faults = await inParallel(samples, CALLERS, faultOf);
  const failed = faults.findIndex((fault) => fault !== undefined);
  if (failed < 0) return;
  const property = fc.asyncProperty(values, async (value) => {
    const fault = await faultOf(value);
    if (fault !== undefined) throw new Error(fault);
  });
  const count = faults.filter((fault) => fault !== undefined).length;
  process.stderr.write(`${count} of ${runs} failed with the seed ${SEED}; the first: ${faults[failed]}\n`);
  await fc.assert(property, { seed: SEED, path: String(failed), endOnFailure: false });
  throw new Error(`It did not fail again: ${faults[failed]}`);
}

export const shown = (reply: Reply): string => `answered ${reply.status} ${reply.text.slice(0, 300)}`;

/** What of an answer, whole or streamed, is out of contract; undefined when nothing is. */
export function faultOfAnswer(surface: Format, operation: string, reply: Reply): string | undefined {
  const checks = CONTRACTS[surface].checks[operation];
  if (!String(reply.headers["content-type"]).startsWith("text/event-stream")) {
    return checks?.responses["200"]?.(JSON.parse(reply.text)) ? undefined : shown(reply);
  }
  const events = reply.text.split("\n").flatMap((line) => (/^data: (?!\[DONE\])/.test(line) ? [line.slice(6)] : []));
  const wrong = events.find((event) => !checks?.event?.(JSON.parse(event)));
  return events.length > 0 && wrong === undefined ? undefined : `event ${wrong}`;
}
