/** What real clients send passes the contract: every recorded request is sent as it was, headers, query and framing included. */
import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INSTRUMENT, type Rig, startRig } from "./rig.ts";

type Header = readonly [name: string, value: string];

interface Captured {
  readonly at: string;
  readonly method: string;
  readonly url: string;
  readonly answered: number | string;
  readonly headers: readonly Header[];
  readonly bodyBytes: number;
  readonly body: unknown;
}

const FOLDER = new URL("captures/", import.meta.url);
const DUMMY_KEY = "sk-dummy-consumption-key";

const CAPTURES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json"))
  .flatMap((file) => {
    const { requests } = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as { requests: Captured[] };
    return requests.map((captured, index) => ({ name: `${file} [${index}]`, captured }));
  })
  .filter(({ captured }) => captured.at === "gateway");

let rig: Rig;
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
beforeAll(async () => {
  rig = await startRig();
  const { ledger } = rig.gateway.engine;
  for (const instrument of ["text-prime", "vision-standard", INSTRUMENT]) {
    const lot = { accountId: rig.accountId, instrument, tokens: 1e12, costMicros: 0, reference: `more ${instrument}` };
    await ledger.deposit(lot);
  }
});
afterAll(async () => {
  agent.destroy();
  await rig.close();
});

interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** Header case and order are kept; only the address, the length and the key are ours. */
function send(captured: Captured, body: string | undefined): Promise<Answered> {
  const url = new URL(captured.url, rig.url);
  const headers = captured.headers.flatMap(([name, value]) => {
    switch (name.toLowerCase()) {
      case "host":
        return [name, url.host];
      case "content-length":
        return [name, String(Buffer.byteLength(body ?? ""))];
      case "connection":
        return [];
      default:
        return [name, value.replace(DUMMY_KEY, rig.key)];
    }
  });
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: captured.method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on("error", reject).end(body);
  });
}

/** Bodies of megabytes were recorded by their size alone: a picture of that size stands for them. */
function bodyOf({ body, bodyBytes }: Captured): string | undefined {
  if (body === null) return undefined;
  if (body !== "(big)") return JSON.stringify(body);
  const image = { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(bodyBytes - 200)}` } };
  return JSON.stringify({ model: "text-prime", messages: [{ role: "user", content: [image] }] });
}

const OTHER_STATUSES: Readonly<Record<string, number>> = {
  "GET /v1/models": 200,
  "POST /v1/messages/count_tokens": 200,
  "OPTIONS /v1/chat/completions": 204,
};

function wantOf({ method, url }: Captured): number {
  return OTHER_STATUSES[`${method} ${url.split("?")[0]}`] ?? 307;
}

describe("every request that reached the gateway", () => {
  test("there are as many as were recorded", () => {
    expect(CAPTURES).toHaveLength(284);
  });

  test.each(CAPTURES)("$name", async ({ captured }) => {
    const body = bodyOf(captured);
    const answered = await send(captured, body);
    const want = wantOf(captured);
    if (answered.status !== 404) return expect(answered, answered.text).toMatchObject({ status: want });

    // A name of the vendor's own is no instrument; the rest of the request is right all the same.
    const { model } = captured.body as { model: string };
    expect(rig.gateway.engine.market.instrument(model)).toBeUndefined();
    expect(answered.text).toContain(`There is no instrument \\"${model}\\"`);
    const again = await send(captured, JSON.stringify({ ...(captured.body as object), model: INSTRUMENT }));
    expect(again, again.text).toMatchObject({ status: want });
  });
});

test("the Responses format is sent to the path that is offered", async () => {
  const headers: Header[] = [
    ["Host", ""],
    ["Authorization", `Bearer ${DUMMY_KEY}`],
    ["Content-Type", "application/json"],
    ["Content-Length", ""],
  ];
  const captured = {
    at: "gateway",
    method: "POST",
    url: "/v1/responses",
    answered: 404,
    headers,
    bodyBytes: 0,
    body: {},
  };
  const answered = await send(captured, JSON.stringify({ model: "text-prime", input: "hi" }));
  expect(answered.status).toBe(404);
  expect(answered.text).toContain("/v1/chat/completions");
});

test("every answer was in contract", () => {
  expect(rig.outOfContract).toEqual([]);
});
