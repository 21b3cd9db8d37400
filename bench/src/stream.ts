/**
 * Streaming: what a delta costs beside the limit, a bare node:http that pipes the same supplier's answer.
 *
 * Both stand before the same supplier and take turns in one sitting. The gateway is asked on either surface over a supplier
 * of either format; each row is held against the pipe of the format that its supplier speaks. What counts is the processor
 * time of the whole process for one delta. `node src/stream.ts [rounds] [streams; 0: few, then many] [deltas]
 * [milliseconds between deltas]`
 */
import http from "node:http";
import { medianOf } from "./median.ts";
import { type Asked, pressStreams } from "./streams.ts";
import { startTarget, type Target } from "./target.ts";

const [rounds = 5, asked = 0, deltas = 200, everyMs = 5] = process.argv.slice(2).map(Number);
const AT_ONCE = asked === 0 ? [32, 128] : [asked];

const CHAT = { path: "/v1/chat/completions", instrument: "text-prime", mark: '"content":" the' };
const MESSAGES = { path: "/v1/messages", instrument: "code-prime", mark: '"text":" the' };

type Format = typeof CHAT;

/** A gateway runs for days: what is measured is one that has seen some thousands of requests. */
const WARMING_ROUNDS = 50;
const WARMING_STREAMS = 32;
const WARMING_DELTAS = 20;

interface Row {
  readonly name: string;
  readonly target: Target;
  readonly asked: Asked;
  /** The same in short, to be asked before anything is measured. */
  readonly warming: Asked;
  /** The row with which it is compared. */
  readonly limit: string;
}

/** Of one delta: microseconds of processor time; of one stream: milliseconds to its first byte. */
interface Cost {
  readonly process: number;
  readonly thread: number;
  readonly firstMs: number;
}

const supplier = await startTarget("supplier");
const pipe = await startTarget("pipe", supplier.url);
const gateway = await startTarget("gateway", supplier.url);
try {
  const rows = [
    row("pipe of chat", pipe, CHAT, CHAT),
    row("chat over chat", gateway, CHAT, CHAT),
    row("messages over chat", gateway, MESSAGES, CHAT),
    row("pipe of messages", pipe, MESSAGES, MESSAGES),
    row("messages over messages", gateway, MESSAGES, MESSAGES),
    row("chat over messages", gateway, CHAT, MESSAGES),
  ];
  await warm(rows);
  for (const streams of AT_ONCE) await compare(rows, streams);
} finally {
  for (const target of [gateway, pipe, supplier]) target.stop();
}

function row(name: string, target: Target, surface: Format, spoken: Format): Row {
  const url = `${target.url}${target === gateway ? "/inline" : ""}${surface.path}`;
  const limit = spoken === CHAT ? "pipe of chat" : "pipe of messages";
  const ask = (times: number, apartMs: number): Asked => {
    const messages = [{ role: "user", content: JSON.stringify({ deltas: times, everyMs: apartMs }) }];
    const body = JSON.stringify({ model: spoken.instrument, max_tokens: 1_000, stream: true, messages });
    return { url, headers: target.headers, body, mark: surface.mark, times };
  };
  return { name, target, limit, asked: ask(deltas, everyMs), warming: ask(WARMING_DELTAS, 1) };
}

async function warm(rows: readonly Row[]): Promise<void> {
  const agent = new http.Agent({ keepAlive: true });
  for (const { warming } of rows) {
    for (let time = 0; time < WARMING_ROUNDS; time += 1) await pressStreams(warming, WARMING_STREAMS, agent);
  }
  agent.destroy();
}

async function compare(rows: readonly Row[], streams: number): Promise<void> {
  const agent = new http.Agent({ keepAlive: true });
  const costs = new Map<string, Cost[]>(rows.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const each of rows) costs.get(each.name)?.push(await press(each, streams, agent));
  }
  agent.destroy();
  const medians = new Map([...costs].map(([name, all]) => [name, middle(all)]));
  print(rows, medians, streams);
}

async function press({ target, asked }: Row, streams: number, agent: http.Agent): Promise<Cost> {
  const before = await target.spent();
  const firsts = await pressStreams(asked, streams, agent);
  const after = await target.spent();
  const count = streams * deltas;
  return {
    process: (after.process - before.process) / count,
    thread: (after.thread - before.thread) / count,
    firstMs: medianOf(firsts),
  };
}

function middle(costs: readonly Cost[]): Cost {
  return {
    process: medianOf(costs.map((cost) => cost.process)),
    thread: medianOf(costs.map((cost) => cost.thread)),
    firstMs: medianOf(costs.map((cost) => cost.firstMs)),
  };
}

function print(rows: readonly Row[], medians: ReadonlyMap<string, Cost>, streams: number): void {
  console.log(`\nStreaming, ${streams} streams of ${deltas} deltas ${everyMs} ms apart, medians of ${rounds} rounds\n`);
  console.log(
    "| surface over supplier | CPU µs/delta | × pipe | serving thread µs/delta | × pipe | first byte p50 ms |",
  );
  console.log("|---|---:|---:|---:|---:|---:|");
  for (const { name, limit } of rows) {
    const [cost, least] = [medians.get(name), medians.get(limit)];
    if (cost === undefined || least === undefined) continue;
    const cells = [
      cost.process.toFixed(1),
      (cost.process / least.process).toFixed(2),
      cost.thread.toFixed(1),
      (cost.thread / least.thread).toFixed(2),
      cost.firstMs.toFixed(2),
    ];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}
