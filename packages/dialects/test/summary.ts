/** What an answer comes to, on one line: for tables of given and want. */
import { type InferenceAnswer, isFailure, type Part, type SupplierFailure } from "@interchange/inference";

/** `text · thoughts · calls · finish · input+output`, or the failure. */
export function summary(answer: InferenceAnswer | SupplierFailure): string {
  if (isFailure(answer)) return `failed: ${answer.message}`;
  const [{ content, finish } = { content: [], finish: undefined }] = answer.choices;
  const { input, cacheRead, output } = answer.usage;
  const tokens = cacheRead === 0 ? `${input}+${output}` : `${input}/${cacheRead}+${output}`;
  const said = [
    textOf(content, ["text", "refusal"]),
    textOf(content, ["reasoning"]),
    callsOf(content),
    finish?.reason ?? "",
    tokens,
  ];
  return said.join(" · ");
}

function textOf(content: readonly Part[], types: readonly Part["type"][]): string {
  return content.flatMap((part) => (types.includes(part.type) && "text" in part ? [part.text] : [])).join("|");
}

function callsOf(content: readonly Part[]): string {
  const calls = content.flatMap((part) => (part.type === "tool-call" ? [part] : []));
  return calls.map(({ callId, name, input }) => `${name}#${callId}${input === "" ? "{}" : input}`).join(" ");
}
