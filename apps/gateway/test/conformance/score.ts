/** A stream in short: one word or two for each event, so that a table can hold whole streams. */
import type { Format } from "@interchange/config";
import type { Wire } from "./wire-format.ts";

const SCORES: Readonly<Record<Format, (event: Wire) => readonly string[]>> = {
  messages: scoreOfEvent,
  "chat-completions": scoreOfChunk,
};

/** `done` stands for `[DONE]`. */
export function scoreOf(surface: Format, events: readonly unknown[], isDone: boolean): string[] {
  return [...events.flatMap((event) => SCORES[surface](event as Wire)), ...(isDone ? ["done"] : [])];
}

/** `0 text`, `0 +Hello`, `0 end`: block 0 begins, goes on, ends. */
function scoreOfEvent(event: Wire): readonly string[] {
  switch (event["type"]) {
    case "message_start":
      return ["start"];
    case "message_stop":
      return ["stop"];
    case "content_block_start":
      return [`${event["index"]} ${scoreOfBlock(event["content_block"] as Wire)}`];
    case "content_block_delta":
      return [`${event["index"]} ${scoreOfDelta(event["delta"] as Wire)}`];
    case "content_block_stop":
      return [`${event["index"]} end`];
    case "message_delta":
      return [String((event["delta"] as Wire)["stop_reason"])];
    case "error":
      return [`error ${(event["error"] as Wire)["type"]}`];
    default:
      return [String(event["type"])];
  }
}

function scoreOfBlock({ type, id, name, input }: Wire): string {
  return type === "tool_use" ? `call ${id} ${name} ${JSON.stringify(input)}` : String(type);
}

/** A signature says whose it is, and differs from run to run. */
function scoreOfDelta({ type, text, partial_json, thinking }: Wire): string {
  if (type === "signature_delta") return "signature";
  const said = [text, partial_json, thinking].find((each) => each !== undefined);
  return `${SIGNS[String(type)] ?? `${type} `}${said}`;
}

const SIGNS: Readonly<Record<string, string>> = {
  text_delta: "+",
  input_json_delta: "json ",
  thinking_delta: "thought ",
};

function scoreOfChunk({ choices, usage, error }: Wire): readonly string[] {
  if (error !== undefined) return [`error ${(error as Wire)["type"]}`];
  const told = usage === undefined || usage === null ? [] : [scoreOfUsage(usage as Wire)];
  return [...(choices as readonly Wire[]).flatMap(scoreOfChoice), ...told];
}

function scoreOfUsage({ prompt_tokens, completion_tokens }: Wire): string {
  return `usage ${prompt_tokens}+${completion_tokens}`;
}

function scoreOfChoice({ delta, finish_reason }: Wire): readonly string[] {
  const { role, content, reasoning_content, refusal, tool_calls } = delta as Wire;
  return [
    ...(role === undefined ? [] : [String(role)]),
    ...(content ? [`+${content}`] : []),
    ...(reasoning_content ? [`thought ${reasoning_content}`] : []),
    ...(refusal ? [`refusal ${refusal}`] : []),
    ...((tool_calls ?? []) as readonly Wire[]).map(scoreOfCall),
    ...(finish_reason ? [`finish ${finish_reason}`] : []),
  ];
}

/** `call 0 id name args` for the first delta of a call, `0 args` for those after it. */
function scoreOfCall({ index, id, type, function: inner }: Wire): string {
  const { name, arguments: input } = inner as Wire;
  return id === undefined && name === undefined && type === undefined
    ? `${index} ${input}`
    : `call ${index} ${id} ${type} ${name} ${JSON.stringify(input)}`;
}
