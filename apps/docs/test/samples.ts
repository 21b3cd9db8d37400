/** Samples written to files, to be held against the types and run. */

import type { Reference } from "../src/reference/reference.ts";
import type { Call } from "../src/samples/call.ts";
import { callsOf, samplesOfCall } from "../src/samples/index.ts";

export interface Written {
  /** `chat-completions createChatCompletion tool, streamed · OpenAI SDK`. */
  readonly name: string;
  readonly label: string;
  readonly source: string;
  readonly call: Call;
}

/** Every call that the contract shows, in every language that has it. */
export function writtenOf(references: readonly Reference[]): Written[] {
  return references.flatMap((reference) =>
    callsOf(reference).flatMap((call) =>
      samplesOfCall(call).map(({ label, source }) => ({
        name: `${reference.name} ${call.operation.id} ${call.example}${call.isStreamed ? " streamed" : ""} · ${label}`,
        label,
        source,
        call,
      })),
    ),
  );
}
