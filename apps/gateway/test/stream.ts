/** A stream as its caller sees it: every event held against the contract, and how it ended. */
import type { Format } from "@interchange/config";
import { CONTRACTS } from "./wire.ts";

/** `complete`: the surface's own end was told; `broken`: its own error event was the last; `torn`: neither. */
export type Ending = "complete" | "broken" | "torn";

export interface Told {
  readonly events: readonly Event[];
  readonly ending: Ending;
  /** Whatever is not as the contract has it. */
  readonly faults: readonly string[];
}

export interface Event {
  readonly type?: string;
  readonly choices?: readonly { readonly delta: { readonly content?: string | null } }[];
  readonly delta?: { readonly text?: string };
  readonly error?: { readonly type: string; readonly message: string };
}

/** The operation of each surface that runs inference. */
export const OPERATIONS = { "chat-completions": "createChatCompletion", messages: "createMessage" } as const;

export function readStream(surface: Format, text: string): Told {
  const records = text.split("\n\n").filter((record) => record !== "" && !record.startsWith(":"));
  const datas = records.map((record) => /^data: (.*)$/m.exec(record)?.[1] ?? "");
  const done = datas.indexOf("[DONE]");
  const events = datas.filter((data) => data !== "[DONE]").map((data) => JSON.parse(data) as Event);
  const faults = [
    ...(text.endsWith("\n\n") ? [] : ["ends within an event"]),
    ...(done === -1 || done === datas.length - 1 ? [] : ["something comes after [DONE]"]),
    ...events.slice(0, -1).flatMap((event) => (event.error === undefined ? [] : ["something comes after an error"])),
    ...records.flatMap((record, index) => nameFaults(surface, record, events[index])),
    ...events.flatMap((event) => contractFaults(surface, event)),
  ];
  return { events, ending: endingOf(events.at(-1), done !== -1), faults };
}

/** The text of a stream, put together. */
export function textOf(events: readonly Event[]): string {
  return events.map((event) => event.choices?.[0]?.delta.content ?? event.delta?.text ?? "").join("");
}

function endingOf(last: Event | undefined, done: boolean): Ending {
  if (done) return last?.error === undefined ? "complete" : "torn";
  if (last?.error !== undefined) return "broken";
  return last?.type === "message_stop" ? "complete" : "torn";
}

function nameFaults(surface: Format, record: string, event: Event | undefined): string[] {
  const name = /^event: (.*)$/m.exec(record)?.[1];
  const wanted = surface === "messages" ? event?.type : undefined;
  return name === wanted || event === undefined ? [] : [`an event is named ${name} and not ${wanted}`];
}

function contractFaults(surface: Format, event: Event): string[] {
  const check = CONTRACTS[surface].checks[OPERATIONS[surface]]?.event;
  return check?.(event) === true ? [] : [`out of contract: ${JSON.stringify(event)}`];
}
