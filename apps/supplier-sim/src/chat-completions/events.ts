/** The chat completion chunk object (Chat Completions reference, "Streaming"): the answer as events, ended by `[DONE]`. */
import type { Answer, Choice } from "../answer.ts";
import { chunksOf, wordsOf } from "../chunking.ts";
import type { Letterhead } from "../format.ts";
import type { Prompt } from "../prompt.ts";
import { isSilent } from "./answer.ts";
import { writeFinish } from "./finish.ts";
import { writeLogprobs } from "./logprobs.ts";
import { toolCallId, writeToolCallDelta, writeToolCallStart } from "./tool-call.ts";
import { writeUsage } from "./usage.ts";

export function writeEvents(answer: Answer, prompt: Prompt, letterhead: Letterhead, chunks: number): readonly string[] {
  const frame = framer(letterhead, prompt.usageEvent);
  const frames = interleave(
    answer.choices.map((choice, index) => writeChoice(choice, { prompt, letterhead, chunks, index }).map(frame.choice)),
  );
  if (answer.choices.every((choice) => writeFinish(choice) === null)) return frames;
  if (prompt.usageEvent && answer.usage !== undefined) frames.push(frame.usage(writeUsage(answer.usage)));
  frames.push("data: [DONE]\n\n");
  return frames;
}

type Setting = {
  readonly prompt: Prompt;
  readonly letterhead: Letterhead;
  readonly chunks: number;
  readonly index: number;
};

/** Everything of the events that never changes is written once: a delta costs one stringify of its text. */
function framer(
  letterhead: Letterhead,
  usageEvent: boolean,
): { choice: (json: string) => string; usage: (usage: object) => string } {
  const head = {
    id: `chatcmpl-${letterhead.serial}`,
    object: "chat.completion.chunk",
    created: letterhead.createdSeconds,
    model: letterhead.model,
    service_tier: "default",
    system_fingerprint: "fp_sim",
  };
  const start = `data: ${JSON.stringify(head).slice(0, -1)},"choices":[`;
  const end = usageEvent ? `],"usage":null}\n\n` : "]}\n\n";
  return {
    choice: (json) => start + json + end,
    usage: (usage) => `${start}],"usage":${JSON.stringify(usage)}}\n\n`,
  };
}

/** The JSON of each entry that one choice puts into `choices`. */
function writeChoice(choice: Choice, setting: Setting): string[] {
  const { index, chunks } = setting;
  const plain = (delta: object) => writeEntry(index, JSON.stringify(delta), "null");
  const entries = [plain({ role: "assistant", content: isSilent(choice) ? null : "", refusal: null })];
  for (const piece of chunksOf(choice.thinking ?? "", chunks)) entries.push(plain({ reasoning_content: piece }));
  entries.push(...writeText(choice.text, setting));
  for (const piece of chunksOf(choice.refusal ?? "", chunks)) entries.push(plain({ refusal: piece }));
  entries.push(...writeCalls(choice, setting).map(plain));
  const finish = writeFinish(choice);
  if (finish !== null) entries.push(writeEntry(index, "{}", "null", JSON.stringify(finish)));
  return entries;
}

function writeText(text: string, { prompt, chunks, index }: Setting): string[] {
  if (prompt.topLogprobs === undefined) {
    return chunksOf(text, chunks).map((piece) => writeEntry(index, `{"content":${JSON.stringify(piece)}}`, "null"));
  }
  // A word has one probability, so pieces may not be smaller than words here.
  return chunksOf(text, Math.min(chunks, wordsOf(text).length)).map((piece) =>
    writeEntry(index, JSON.stringify({ content: piece }), JSON.stringify(writeLogprobs(piece, prompt.topLogprobs))),
  );
}

function writeCalls(choice: Choice, { letterhead, chunks, index }: Setting): object[] {
  return choice.calls.flatMap((call, nth) => [
    { tool_calls: [writeToolCallStart(call, toolCallId(letterhead, index, nth), nth)] },
    ...chunksOf(call.input, chunks).map((piece) => ({ tool_calls: [writeToolCallDelta(call, piece, nth)] })),
  ]);
}

function writeEntry(index: number, delta: string, logprobs: string, finish = "null"): string {
  return `{"index":${index},"delta":${delta},"logprobs":${logprobs},"finish_reason":${finish}}`;
}

/** The vendor writes its choices side by side: the first event of each, the second of each, and so on. */
function interleave(lists: readonly (readonly string[])[]): string[] {
  const longest = Math.max(...lists.map((list) => list.length));
  const frames: string[] = [];
  for (let at = 0; at < longest; at++) {
    for (const list of lists) {
      const frame = list[at];
      if (frame !== undefined) frames.push(frame);
    }
  }
  return frames;
}
