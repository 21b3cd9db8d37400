/** `tool_calls`: function calls with JSON text for arguments, custom calls with free text. */
import type { ToolCall } from "../answer.ts";
import type { Letterhead } from "../format.ts";

export function writeToolCall(call: ToolCall, id: string): object {
  return call.custom
    ? { id, type: "custom", custom: { name: call.name, input: call.input } }
    : { id, type: "function", function: { name: call.name, arguments: call.input } };
}

/** The first delta of a call: who is called, with nothing said yet. */
export function writeToolCallStart(call: ToolCall, id: string, index: number): object {
  return { index, ...writeToolCall({ ...call, input: "" }, id) };
}

export function writeToolCallDelta(call: ToolCall, piece: string, index: number): object {
  return call.custom ? { index, custom: { input: piece } } : { index, function: { arguments: piece } };
}

export function toolCallId(letterhead: Letterhead, choice: number, call: number): string {
  return `call_${letterhead.serial}${choice}${call}`;
}
