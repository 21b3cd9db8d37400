/** Faults: each is a change to the answer before it is said, or to the script of the response that says it. */
import type { Answer } from "./answer.ts";
import { type Script, wholeScript } from "./script.ts";

/** What a fault may need besides the script that it spoils. */
export type FaultSetting = {
  /** Events that leave before the fault shows. */
  readonly after: number;
  /** The same answer as one JSON document. */
  readonly whole: () => Script;
  /** The vendor's error as one JSON document with its own status. */
  readonly error: () => Script;
  /** The vendor's error as an event. */
  readonly errorEvent: () => string;
};

type Fault = {
  readonly answer?: (answer: Answer) => Answer;
  readonly script?: (script: Script, setting: FaultSetting) => Script;
};

const silent: Script = { frames: [], ending: "hang" };

const faults = {
  hang: { script: () => silent },
  reset: { script: () => ({ ...silent, ending: "reset" }) },
  "reset-mid-stream": { script: (script, { after }) => ({ ...script, frames: cut(script, after), ending: "reset" }) },
  "hang-mid-stream": { script: (script, { after }) => ({ ...script, frames: cut(script, after), ending: "hang" }) },
  "close-mid-stream": { script: (script, { after }) => ({ ...script, frames: cut(script, after) }) },
  "error-mid-stream": {
    script: (script, { after, error, errorEvent }) =>
      isStream(script) ? { ...script, frames: [...cut(script, after), errorEvent()] } : error(),
  },
  "broken-json": { script: (script, { after }) => spoil(script, after) },
  "broken-first-event": { script: (script) => spoil(script, 0) },
  "half-event": {
    script: (script, { after }) => ({ ...script, frames: [...cut(script, after), half(next(script, after))] }),
  },
  html: { script: () => wholeScript(502, "text/html", htmlPage) },
  empty: { script: (script) => ({ ...script, frames: [] }) },
  "error-in-200": {
    script: (script, { error, errorEvent }) => ({
      ...script,
      frames: isStream(script) ? [errorEvent()] : error().frames,
    }),
  },
  "json-instead-of-stream": { script: (_script, { whole }) => whole() },
  "slow-drip": { script: (script) => ({ ...script, drip: true }) },
  "no-usage": { answer: ({ choices }) => ({ choices }) },
  "no-finish": { answer: withoutFinish },
  crlf: { script: (script) => eachEvent(script, (frame) => frame.replaceAll("\n", "\r\n")) },
  comments: { script: (script) => eachEvent(script, (frame) => `: still working\n\n${frame}`) },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as readonly FaultName[];

/** The answer as the fault would have the model give it. */
export function spoilAnswer(name: FaultName | undefined, answer: Answer): Answer {
  return name === undefined ? answer : (faultOf(name).answer?.(answer) ?? answer);
}

/** The script as the fault would have the wire carry it. */
export function spoilScript(name: FaultName | undefined, script: Script, setting: FaultSetting): Script {
  return name === undefined ? script : (faultOf(name).script?.(script, setting) ?? script);
}

function faultOf(name: FaultName): Fault {
  return faults[name];
}

const htmlPage =
  "<!doctype html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n";

/** A transcript may have its media type in other words than ours. */
function isStream(script: Script): boolean {
  return script.head?.headers["content-type"]?.startsWith("text/event-stream") === true;
}

/** At least one event stays behind the fault, or it could not be told from a proper end. */
function position(script: Script, after: number): number {
  return Math.max(0, Math.min(after, script.frames.length - 1));
}

/** The frames before the fault; of a whole document, its first half. */
function cut(script: Script, after: number): readonly string[] {
  if (!isStream(script)) return script.frames.map(half);
  return script.frames.slice(0, position(script, after));
}

/** The frame that the fault falls on; nothing more of a whole document than `cut` has left. */
function next(script: Script, after: number): string {
  return isStream(script) ? (script.frames[position(script, after)] ?? "") : "";
}

function half(frame: string): string {
  return frame.slice(0, Math.ceil(frame.length / 2));
}

function spoil(script: Script, after: number): Script {
  const at = position(script, after);
  return { ...script, frames: script.frames.map((frame, index) => (index === at ? brokenFrame(frame) : frame)) };
}

/** The frame with the second half of its JSON missing, but with the blank line that ends an event. */
function brokenFrame(frame: string): string {
  const start = frame.lastIndexOf("data: ");
  if (start < 0) return half(frame);
  const json = frame.slice(start + "data: ".length).trimEnd();
  return `${frame.slice(0, start)}data: ${half(json)}\n\n`;
}

function eachEvent(script: Script, change: (frame: string) => string): Script {
  return isStream(script) ? { ...script, frames: script.frames.map(change) } : script;
}

function withoutFinish(answer: Answer): Answer {
  return { ...answer, choices: answer.choices.map(({ finish: _finish, finishWord: _word, ...choice }) => choice) };
}
