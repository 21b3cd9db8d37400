/**
 * First leg: what a redirect costs beside the limit.
 *
 * Both servers run in one sitting and take turns, since machines are shared and drift; the figure is the processor time
 * of one request, and what counts is the ratio. Both get the same number of requests a second: at full tilt the bare
 * server never sleeps and so never pays for waking, while the gateway waits for its disk and does, which would compare
 * two things at once. `node src/redirect.ts [rounds] [seconds] [connections] [requests a second; 0: as many as go]`
 */
import autocannon from "autocannon";
import { bodyOf } from "./load.ts";
import { medianOf } from "./median.ts";
import { type Spent, startTarget, type Target } from "./target.ts";

const [rounds = 7, seconds = 3, connections = 32, rate = 3_000] = process.argv.slice(2).map(Number);
const SIZES = [2_048, 20_480];

interface Cost {
  /** Microseconds of processor time for one request. */
  readonly process: number;
  readonly thread: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const targets = [await startTarget("limit"), await startTarget("gateway")] as const;
try {
  for (const bytes of SIZES) await compare(bytes);
} finally {
  for (const target of targets) target.stop();
}

async function compare(bytes: number): Promise<void> {
  const body = bodyOf(bytes);
  for (const target of targets) await press(target, body, 1);
  const costs = new Map<Target, Cost[]>(targets.map((target) => [target, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const target of targets) costs.get(target)?.push(await press(target, body, seconds));
  }
  print(
    bytes,
    targets.map((target) => [target.name, middle(costs.get(target) ?? [])] as const),
  );
}

async function press(target: Target, body: string, duration: number): Promise<Cost> {
  const before = await target.spent();
  const result = await autocannon({
    url: `${target.url}/v1/chat/completions`,
    method: "POST",
    headers: { ...target.headers, "content-type": "application/json" },
    body,
    connections,
    duration,
    ...(rate === 0 ? {} : { overallRate: rate }),
  });
  const answered = result["3xx"];
  if (answered === 0 || result.errors > 0 || result["4xx"] + result["5xx"] > 0) {
    throw new Error(`${target.name}: ${result["4xx"]} × 4xx, ${result["5xx"]} × 5xx, ${result.errors} errors`);
  }
  return costOf(before, await target.spent(), answered, result);
}

function costOf(before: Spent, after: Spent, answered: number, result: autocannon.Result): Cost {
  return {
    process: (after.process - before.process) / answered,
    thread: (after.thread - before.thread) / answered,
    perSecond: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

function middle(costs: readonly Cost[]): Cost {
  const median = (pick: (cost: Cost) => number): number => medianOf(costs.map(pick));
  return {
    process: median((cost) => cost.process),
    thread: median((cost) => cost.thread),
    perSecond: median((cost) => cost.perSecond),
    p50: median((cost) => cost.p50),
    p99: median((cost) => cost.p99),
  };
}

function print(bytes: number, rows: readonly (readonly [string, Cost])[]): void {
  const limit = rows[0]?.[1];
  if (limit === undefined) return;
  console.log(
    `\nRedirect, ${bytes} bytes, ${connections} connections, ${rate === 0 ? "no" : rate} requests a second, medians of ${rounds} × ${seconds} s\n`,
  );
  console.log("| server | req/s | p50 ms | p99 ms | CPU µs/req | × limit | serving thread µs/req | × limit |");
  console.log("|---|---:|---:|---:|---:|---:|---:|---:|");
  for (const [name, cost] of rows) {
    const cells = [
      Math.round(cost.perSecond),
      cost.p50,
      cost.p99,
      cost.process.toFixed(1),
      (cost.process / limit.process).toFixed(2),
      cost.thread.toFixed(1),
      (cost.thread / limit.thread).toFixed(2),
    ];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}
