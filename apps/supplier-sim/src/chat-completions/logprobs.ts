/** `logprobs`: a made-up probability for each word, with as many alternatives as were asked for. */
import { wordsOf } from "../chunking.ts";

/** The object for a text; null when the request wants none. */
export function writeLogprobs(text: string, alternatives: number | undefined): object | null {
  if (alternatives === undefined) return null;
  return { content: wordsOf(text).map((word) => wordLogprob(word, alternatives)), refusal: null };
}

function wordLogprob(word: string, alternatives: number): object {
  const best = tokenLogprob(word, -(word.length % 7) / 10);
  const others = Array.from({ length: Math.max(0, alternatives - 1) }, (_, rank) =>
    tokenLogprob(` word${rank}`, -3 - rank),
  );
  return { ...best, top_logprobs: alternatives === 0 ? [] : [best, ...others] };
}

function tokenLogprob(token: string, logprob: number): { token: string; logprob: number; bytes: number[] } {
  return { token, logprob: logprob === 0 ? 0 : logprob, bytes: [...Buffer.from(token)] };
}
