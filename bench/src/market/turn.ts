/** Turn: one request, as part of a conversation whose prompt grows. They come by the seed alone, however they are answered. */
import { bitsOf, Draws } from "./draws.ts";
import type { Queue } from "./queue.ts";
import type { Settings } from "./settings.ts";

export interface Turn {
  readonly id: number;
  readonly conversation: number;
  /** The place of what it asks for among the instruments. */
  readonly instrument: number;
  /** 32 bits, the same for every turn of the conversation. */
  readonly conversationBits: number;
  /** 32 bits of its own. */
  readonly draw: number;
  /** What the turns before it said and were answered: what somebody may have in a cache. */
  readonly tokensBefore: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Of one conversation. */
const TURNS_MEAN = 6;
const OPENING = { median: 2_500, sigma: 1 };
const QUESTION = { median: 200, sigma: 1 };
const OUTPUT_TOKENS = { mean: 300, min: 16 };

/** Until somebody asks on, once they have read; two in a hundred stay away for longer than a cache lasts. */
const PAUSE = { median: 25_000, sigma: 1.2 };
const READING_MS_PER_TOKEN = 12;

/** Calls `ask` with each turn at its moment, until as many have come as are set. */
export function beginConversations(settings: Settings, queue: Queue, ask: (turn: Turn) => void): void {
  const { seed, instruments, requests, requestsPerSecond } = settings;
  const arrivals = new Draws(seed, 0xa221);
  let conversations = 0;
  let turns = 0;

  function come(conversation: Conversation): void {
    if (turns === requests) return;
    const turn = conversation.turn(turns);
    turns += 1;
    ask(turn);
    const waitMs = conversation.wait(turn);
    if (waitMs !== undefined) queue.after(waitMs, () => come(conversation));
  }

  function open(): void {
    if (turns === requests) return;
    conversations += 1;
    come(new Conversation(conversations, instruments, seed));
    queue.after(arrivals.exponential((TURNS_MEAN * 1_000) / requestsPerSecond), open);
  }

  open();
}

class Conversation {
  readonly #id: number;
  readonly #instrument: number;
  readonly #bits: number;
  readonly #draws: Draws;
  #tokens = 0;

  constructor(id: number, instruments: number, seed: number) {
    this.#id = id;
    this.#draws = new Draws(seed, 0xc04e, id);
    this.#instrument = Math.floor(this.#draws.next() * instruments);
    this.#bits = bitsOf(seed, 0xaff1, id);
  }

  turn(id: number): Turn {
    const said = this.#tokens === 0 ? OPENING : QUESTION;
    const tokensBefore = this.#tokens;
    const promptTokens = tokensBefore + Math.ceil(this.#draws.logNormal(said.median, said.sigma));
    const outputTokens = OUTPUT_TOKENS.min + Math.floor(this.#draws.exponential(OUTPUT_TOKENS.mean));
    this.#tokens = promptTokens + outputTokens;
    const draw = bitsOf(0xd4a3, this.#id, id);
    const [conversation, instrument, conversationBits] = [this.#id, this.#instrument, this.#bits];
    return { id, conversation, instrument, conversationBits, draw, tokensBefore, promptTokens, outputTokens };
  }

  /** Until the next turn; undefined when there is none. */
  wait({ outputTokens }: Turn): number | undefined {
    const pauseMs = this.#draws.logNormal(PAUSE.median, PAUSE.sigma);
    return this.#draws.next() < 1 / TURNS_MEAN ? undefined : outputTokens * READING_MS_PER_TOKEN + pauseMs;
  }
}
