/** A call as curl makes it. */
import { type Call, ORIGIN, targetOf } from "./call.ts";
import type { Writer } from "./writer.ts";

/** The key stands in `$KEY`. A redirect is followed, and a stream is shown as it comes. */
export const curl: Writer = {
  label: "curl",
  language: "curl",
  write(call) {
    const flags = [call.isRedirected ? "-L" : "", call.isStreamed ? "-N" : "", methodOf(call)].filter(Boolean);
    const lines = [
      ["curl", ...flags, `"${ORIGIN}${targetOf(call)}"`].join(" "),
      `-H "Authorization: Bearer $KEY"`,
      ...(call.body === undefined
        ? []
        : [`-H "Content-Type: application/json"`, `-d ${quote(JSON.stringify(call.body, undefined, 2))}`]),
    ];
    return lines.join(" \\\n  ");
  },
};

/** curl says GET by itself, and POST where there is a body. */
function methodOf({ operation: { method }, body }: Call): string {
  return method === (body === undefined ? "GET" : "POST") ? "" : `-X ${method}`;
}

/** In a shell nothing within single quotes means anything but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
