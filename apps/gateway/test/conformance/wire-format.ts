/** What suppliers of either format say, piece by piece, as text on the wire. */

export type Wire = Readonly<Record<string, unknown>>;

/** One event of a Chat Completions stream. */
export function data(wire: unknown): string {
  return `data: ${JSON.stringify(wire)}\n\n`;
}

export const DONE = "data: [DONE]\n\n";

const HEAD: Wire = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_700_000_000, model: "served-1" };

/** A chunk of a Chat Completions stream with one choice. */
export function chunk(delta: Wire, finish: string | null = null, beside: Wire = {}): string {
  return data({ ...HEAD, choices: [{ index: 0, delta, finish_reason: finish }], ...beside });
}

export const ROLE = chunk({ role: "assistant", content: "" });

/** The chunk of its own in which Chat Completions tells the usage. */
export function usageChunk(prompt: number, completion: number, details: Wire = {}): string {
  return data({ ...HEAD, choices: [], usage: chatUsage(prompt, completion, details) });
}

export function chatUsage(prompt: number, completion: number, details: Wire = {}): Wire {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...details,
  };
}

/** The first delta of a call. */
export function call(index: number, id: string, name: string, input = ""): Wire {
  return { index, id, type: "function", function: { name, arguments: input } };
}

/** A later delta of it. */
export function more(index: number, input: string): Wire {
  return { index, function: { arguments: input } };
}

/** A whole answer of Chat Completions. */
export function completion(message: Wire, finish = "stop", beside: Wire = {}): Wire {
  return {
    ...HEAD,
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: finish }],
    usage: chatUsage(7, 5),
    ...beside,
  };
}

/** One event of a Messages stream. */
export function event(wire: Wire & { readonly type: string }): string {
  return `event: ${wire.type}\ndata: ${JSON.stringify(wire)}\n\n`;
}

/** A whole answer of Messages. */
export function message(content: readonly Wire[], stop: string | null = "end_turn", beside: Wire = {}): Wire {
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "served-1",
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: 7, output_tokens: 5 },
    ...beside,
  };
}

export function messageStart(usage: Wire = { input_tokens: 7, output_tokens: 1 }): string {
  return event({ type: "message_start", message: message([], null, { usage }) });
}

/** A block with its deltas, from start to stop. */
export function block(index: number, start: Wire, ...deltas: readonly Wire[]): string {
  return [
    event({ type: "content_block_start", index, content_block: start }),
    ...deltas.map((delta) => event({ type: "content_block_delta", index, delta })),
    event({ type: "content_block_stop", index }),
  ].join("");
}

export function textBlock(index: number, ...texts: readonly string[]): string {
  return block(index, { type: "text", text: "" }, ...texts.map((text) => ({ type: "text_delta", text })));
}

export function toolBlock(index: number, id: string, name: string, ...inputs: readonly string[]): string {
  const deltas = inputs.map((partial_json) => ({ type: "input_json_delta", partial_json }));
  return block(index, { type: "tool_use", id, name, input: {} }, ...deltas);
}

export function messageDelta(stop: string, usage: Wire = { output_tokens: 5 }, delta: Wire = {}): string {
  return event({ type: "message_delta", delta: { stop_reason: stop, stop_sequence: null, ...delta }, usage });
}

export const MESSAGE_STOP = event({ type: "message_stop" });
export const PING = event({ type: "ping" });

/** A stream of Messages round what is said within. */
export function messageStream(...within: readonly string[]): string {
  return [messageStart(), ...within, messageDelta("end_turn"), MESSAGE_STOP].join("");
}

/** A stream of Chat Completions round what is said within. */
export function chatStream(finish: string, ...within: readonly string[]): string {
  return [ROLE, ...within, chunk({}, finish), usageChunk(7, 5), DONE].join("");
}
