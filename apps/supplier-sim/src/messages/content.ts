/** The content blocks of an answer (Messages reference, "Response content"), each with the deltas that it is streamed in. */
import type { Choice, ToolCall } from "../answer.ts";
import { chunksOf } from "../chunking.ts";
import type { Letterhead } from "../format.ts";

export type Block = {
  /** The block as one document. */
  readonly whole: object;
  /** The block as `content_block_start` shows it. */
  readonly start: object;
  /** The deltas; `chunks`: pieces to a text. */
  readonly deltas: (chunks: number) => readonly object[];
};

export function blocksOf(choice: Choice, letterhead: Letterhead): readonly Block[] {
  const text = choice.refusal ?? choice.text;
  return [
    ...(choice.thinking === undefined ? [] : [thinkingBlock(choice.thinking)]),
    ...(text === "" ? [] : [textBlock(text)]),
    ...choice.calls.map((call, nth) => toolUseBlock(call, `toolu_${letterhead.serial}${nth}`)),
  ];
}

function textBlock(text: string): Block {
  return {
    whole: { type: "text", text, citations: null },
    start: { type: "text", text: "" },
    deltas: (chunks) => chunksOf(text, chunks).map((piece) => ({ type: "text_delta", text: piece })),
  };
}

function thinkingBlock(thinking: string): Block {
  const signature = signatureOf(thinking);
  return {
    whole: { type: "thinking", thinking, signature },
    start: { type: "thinking", thinking: "", signature: "" },
    deltas: (chunks) => [
      ...chunksOf(thinking, chunks).map((piece) => ({ type: "thinking_delta", thinking: piece })),
      { type: "signature_delta", signature },
    ],
  };
}

/** Opaque to everybody, as the vendor's is; the same reasoning has the same one. */
function signatureOf(thinking: string): string {
  return Buffer.from(`supplier-sim signed ${Buffer.byteLength(thinking)} bytes: ${thinking.slice(0, 24)}`).toString(
    "base64",
  );
}

function toolUseBlock(call: ToolCall, id: string): Block {
  const head = { type: "tool_use", id, name: call.name };
  // The vendor says nothing at all for a tool without arguments, in one delta.
  const pieces = (chunks: number) => (call.input === "{}" ? [""] : chunksOf(call.input, chunks));
  return {
    whole: { ...head, input: inputOf(call) },
    start: { ...head, input: {} },
    deltas: (chunks) => pieces(chunks).map((piece) => ({ type: "input_json_delta", partial_json: piece })),
  };
}

/** The arguments as an object; none when the token limit cut their text short. */
function inputOf(call: ToolCall): unknown {
  try {
    return JSON.parse(call.input);
  } catch {
    return {};
  }
}
