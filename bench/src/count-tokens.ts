/**
 * Counting tokens: how long an answer takes, what of it the thread that serves requests pays, and how long others wait
 * meanwhile. `first` is the first time that such a body comes, when none of its words were seen before. `node src/count-tokens.ts [times]`
 */
import { randomBytes } from "node:crypto";
import { startTarget, type Target } from "./target.ts";

const [times = 5] = process.argv.slice(2).map(Number);

const PROSE = "Water stands high at noon, and the pilot (aged 52) comes aboard by the second buoy; see table 7. ";
const fill = (text: string, chars: number): string => text.repeat(Math.ceil(chars / text.length)).slice(0, chars);

/** Bodies by name: of the sizes that agents send, and of the kinds that take a tokenizer long. */
const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ["20 KB of prose", fill(PROSE, 20_000)],
  ["200 KB of prose", fill(PROSE, 200_000)],
  ["200 KB of one word", "a".repeat(200_000)],
  ["200 KB of spaces", " ".repeat(200_000)],
  ["200 KB of noise", randomBytes(150_000).toString("base64")],
  ["200 KB of rare signs", randomBytes(66_000).toString("utf16le").toWellFormed()],
  ["30 MB of prose", fill(PROSE, 30_000_000)],
  ["30 MB of noise", randomBytes(22_500_000).toString("base64")],
];

const target = await startTarget("gateway");
try {
  console.log("body                    first ms   then ms   serving thread ms   all threads ms   others wait ms");
  await count(target, "warm up");
  for (const [name, text] of TEXTS) await measure(name, text);
} finally {
  target.stop();
}

async function measure(name: string, text: string): Promise<void> {
  const first = await timed(() => count(target, text));
  const before = await target.spent();
  const rounds: number[] = [];
  let longest = 0;
  for (let round = 0; round < times; round += 1) {
    const watched = watch();
    rounds.push(await timed(() => count(target, text)));
    longest = Math.max(longest, await watched.stop());
  }
  const after = await target.spent();
  const each = (key: "process" | "thread"): number => (after[key] - before[key]) / times / 1_000;
  const median = rounds.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
  const figures = [first, median, each("thread"), each("process"), longest];
  const widths = [9, 10, 20, 17, 17];
  console.log(name.padEnd(23) + figures.map((figure, at) => figure.toFixed(1).padStart(widths[at] ?? 0)).join(""));
}

/** Asks for something small again and again, and tells how long the slowest answer took. */
function watch(): { stop(): Promise<number> } {
  const over = new AbortController();
  const slowest = waitedUntil(over.signal);
  return {
    stop: () => {
      over.abort();
      return slowest;
    },
  };
}

async function waitedUntil(over: AbortSignal): Promise<number> {
  let longest = 0;
  while (!over.aborted) {
    longest = Math.max(longest, await timed(glance));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return longest;
}

async function glance(): Promise<void> {
  await (await fetch(new URL("/v1/models", target.url))).text();
}

async function count(to: Target, text: string): Promise<void> {
  const answer = await fetch(new URL("/v1/messages/count_tokens", to.url), {
    method: "POST",
    headers: { ...to.headers, "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify({ model: "text-prime", messages: [{ role: "user", content: text }] }),
  });
  const said = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status}: ${said}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
