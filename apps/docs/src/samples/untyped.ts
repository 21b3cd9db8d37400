/** Examples that say more than a library's types know, though it sends them as they are: told to the compiler in a sample's first line. */
import type { Writer } from "./writer.ts";

/** By the writer's label: the names of the examples. A test holds that it is these and no others. */
const UNTYPED: Readonly<Record<string, readonly string[]>> = {
  "OpenAI SDK": ["cached-usage", "error-before-stream", "preferences", "thinking", "tool-result", "unknown-field"],
  "Anthropic SDK": ["preferences", "system", "unknown-field"],
  "Our client": ["unknown-field"],
};

const TOLD = "// @ts-nocheck: the types do not know all that is said here; it is sent as it stands.\n";

/** The writer, whose samples compile where they stand. */
export function compiling(writer: Writer): Writer {
  return {
    ...writer,
    write(call) {
      const source = writer.write(call);
      const isKnown = UNTYPED[writer.label]?.includes(call.example ?? "") !== true;
      return source === undefined || isKnown ? source : TOLD + source;
    },
  };
}
