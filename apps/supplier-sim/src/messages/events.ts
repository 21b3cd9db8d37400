/** The event stream (Messages reference, "Streaming messages"): each event's name is also its data's `type`. */
import type { Answer, Choice } from "../answer.ts";
import type { Letterhead } from "../format.ts";
import type { Prompt } from "../prompt.ts";
import { type Block, blocksOf } from "./content.ts";
import { writeFinish } from "./finish.ts";
import { writeInputUsage, writeUsage } from "./usage.ts";

export function writeEvents(
  answer: Answer,
  _prompt: Prompt,
  letterhead: Letterhead,
  chunks: number,
): readonly string[] {
  const choice = answer.choices[0] as Choice;
  const ping = writeEvent({ type: "ping" });
  const blocks = blocksOf(choice, letterhead);
  const events = [writeStart(answer, letterhead)];
  for (const [index, block] of blocks.entries()) writeBlock(events, block, index, chunks, index === 0 ? [ping] : []);
  if (blocks.length === 0) events.push(ping);
  const finish = writeFinish(choice);
  // A supplier that dies before its finish leaves the last block open.
  if (finish.stop_reason === null) return blocks.length === 0 ? events : events.slice(0, -1);
  const usage = answer.usage === undefined ? {} : { usage: writeUsage(answer.usage) };
  events.push(writeEvent({ type: "message_delta", delta: finish, ...usage }), writeEvent({ type: "message_stop" }));
  return events;
}

function writeEvent(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function writeStart(answer: Answer, letterhead: Letterhead): string {
  const message = {
    id: `msg_${letterhead.serial}`,
    type: "message",
    role: "assistant",
    model: letterhead.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...(answer.usage === undefined ? {} : { usage: { ...writeInputUsage(answer.usage), output_tokens: 1 } }),
  };
  return writeEvent({ type: "message_start", message });
}

function writeBlock(
  events: string[],
  block: Block,
  index: number,
  chunks: number,
  afterStart: readonly string[],
): void {
  events.push(writeEvent({ type: "content_block_start", index, content_block: block.start }), ...afterStart);
  const head = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":`;
  for (const delta of block.deltas(chunks)) events.push(`${head}${JSON.stringify(delta)}}\n\n`);
  events.push(writeEvent({ type: "content_block_stop", index }));
}
