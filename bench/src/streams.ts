/** A load of streams: so many at once, each read to its end and counted. */
import http from "node:http";

export interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** So many times this must be in each answer. */
  readonly mark: string;
  readonly times: number;
}

/** Milliseconds to the first byte of each stream. */
export type Firsts = readonly number[];

/** Asks `streams` times at once. Throws when an answer is not whole. */
export async function pressStreams(asked: Asked, streams: number, agent: http.Agent): Promise<Firsts> {
  return Promise.all(Array.from({ length: streams }, () => readStream(asked, agent)));
}

function readStream({ url, headers, body, mark, times }: Asked, agent: http.Agent): Promise<number> {
  const begunAtMs = performance.now();
  let firstMs = Number.NaN;
  const chunks: Buffer[] = [];
  const length = { "content-length": Buffer.byteLength(body) };
  const options = { method: "POST", agent, headers: { "content-type": "application/json", ...headers, ...length } };
  return new Promise((resolve, reject) => {
    const sent = http.request(url, options, (reply) => {
      reply.on("data", (bytes: Buffer) => {
        if (chunks.length === 0) firstMs = performance.now() - begunAtMs;
        chunks.push(bytes);
      });
      reply.on("end", () => {
        const text = Buffer.concat(chunks).toString("latin1");
        const found = text.split(mark).length - 1;
        if (found === times) resolve(firstMs);
        else reject(new Error(`${reply.statusCode}: ${found} of ${times} deltas in ${text.slice(0, 2_000)}`));
      });
      reply.on("error", reject);
    });
    sent.on("error", reject).end(body);
  });
}
