/** Questions of a stress: every one costs the same, and some of them, by a seed, bring a fault of the supplier with them. */
import { randomUUID } from "node:crypto";
import { FORMATS, type Format } from "@interchange/config";
import { QUESTIONS } from "./rig.ts";
import { readStream } from "./stream.ts";

/** Tokens of every answer. */
const ANSWER_TOKENS = 40;

const TOO_MUCH = "status=529";
/** The supplier says so too of a whole answer, and of a stream of which no word has been told. */
const MID_STREAM = "fault=error-mid-stream after=3";

/** What goes wrong at the supplier, some of it more often than the rest. */
const FAULTS = [
  "",
  "",
  "",
  "",
  "delayBetweenMs=15",
  "delayBeforeHeadersMs=120",
  "status=500",
  TOO_MUCH,
  "fault=reset",
  "fault=reset-mid-stream after=3",
  MID_STREAM,
  "fault=half-event after=2",
] as const;

/** As long as the longest of them, so that a fault costs nothing by itself. */
const WIDTH = Math.max(...FAULTS.map((fault) => fault.length));

export interface Question {
  readonly surface: Format;
  readonly base: "" | "/inline";
  readonly body: string;
  readonly stream: boolean;
  /** Whether the supplier is told to say that it is too busy. */
  readonly isTooMuch: boolean;
  /** The caller's mark against paying twice: kept while nobody can say what came of it. */
  readonly mark: string;
}

/** Numbers from 0 to 1 that a seed determines: the same callers meet the same faults again (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the caller of that number asks next. */
export function nextQuestion(caller: number, random: () => number): Question {
  const fault = FAULTS[Math.floor(random() * FAULTS.length)] as string;
  return questionOf(FORMATS[caller % 2] as Format, {
    base: caller % 4 < 2 ? "" : "/inline",
    stream: random() < 0.5,
    sim: fault,
  });
}

interface Asking {
  readonly base: Question["base"];
  readonly stream: boolean;
  readonly sim: string;
}

export function questionOf(surface: Format, { base, stream, sim }: Asking): Question {
  const content = `Hello [[sim tokens=${ANSWER_TOKENS} ${sim}]]${".".repeat(WIDTH - sim.length)}`;
  const own =
    surface === "messages"
      ? { max_tokens: ANSWER_TOKENS }
      : { max_completion_tokens: ANSWER_TOKENS, ...(stream && { stream_options: { include_usage: true } }) };
  const body = QUESTIONS[surface].body({ ...own, stream, messages: [{ role: "user", content }] });
  return {
    surface,
    base,
    stream,
    body: JSON.stringify(body),
    isTooMuch: sim === TOO_MUCH || sim === MID_STREAM,
    mark: randomUUID(),
  };
}

/** What an answer of 200 came to: all of it, with the tokens that it says it cost, or a failure that it tells of. */
export type Told = { readonly kind: "whole"; readonly tokens: number } | { readonly kind: "failed" | "torn" };

export function readTold({ surface, stream }: Question, text: string): Told {
  if (!stream) return { kind: "whole", tokens: tokensIn([JSON.parse(text)]) };
  const { events, ending, faults } = readStream(surface, text);
  if (faults.length > 0) throw new Error(`a stream is out of contract: ${faults.join("; ")}`);
  if (ending === "complete") return { kind: "whole", tokens: tokensIn(events) };
  return { kind: ending === "broken" ? "failed" : "torn" };
}

/** Counts of one answer are cumulative: the last that says a number is right. */
function tokensIn(said: readonly object[]): number {
  const usages = said.map((one) => one as { usage?: object | null; message?: { usage?: object } });
  const merged = Object.assign({}, ...usages.map(({ usage, message }) => ({ ...message?.usage, ...usage })));
  const { prompt_tokens, completion_tokens, input_tokens, output_tokens } = merged as Record<string, number>;
  return (prompt_tokens ?? input_tokens ?? Number.NaN) + (completion_tokens ?? output_tokens ?? Number.NaN);
}
