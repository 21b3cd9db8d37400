/** A stream that is cut after its k-th event, for every k, over HTTP: by the caller, who pays for what was delivered, or by the supplier. */
import { connect } from "node:net";
import { FORMATS, type Format } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPurse, type Purse } from "./purse.ts";
import { ask, OTHER, QUESTIONS, type Rig, startRig } from "./rig.ts";
import { inParallel } from "./wire.ts";

const BASES = ["", "/inline"] as const;
const POLICIES = ["nothing", "delivered"] as const;
const SITUATIONS = ["text", "parallel-tools"];
const FAULTS = ["reset-mid-stream", "error-mid-stream", "close-mid-stream"];

type Policy = (typeof POLICIES)[number];

/** A market for each format that the supplier may speak, and each policy. */
const rigs = new Map<string, Rig>();
const rigOf = (spoken: Format, policy: Policy): Rig => rigs.get(`${spoken} ${policy}`) as Rig;

beforeAll(async () => {
  for (const spoken of FORMATS) {
    for (const brokenStreams of POLICIES) {
      const timeouts = { firstByteMs: 20_000, idleMs: 20_000 };
      rigs.set(
        `${spoken} ${brokenStreams}`,
        await startRig({ dialects: [spoken], config: { brokenStreams }, timeouts }),
      );
    }
  }
});
afterAll(async () => {
  await Promise.all([...rigs.values()].map((rig) => rig.close()));
});

const ROUTES = FORMATS.flatMap((surface) =>
  [surface, OTHER[surface]].flatMap((spoken) => BASES.map((base) => ({ surface, spoken, base }))),
);

interface Route {
  readonly surface: Format;
  readonly spoken: Format;
  readonly base: string;
}

interface Cut {
  readonly requestId: string;
  readonly status: number;
  readonly text: string;
}

function bodyOf(surface: Format, sim: string): Record<string, unknown> {
  const options =
    surface === "chat-completions" ? { max_completion_tokens: 200, stream_options: { include_usage: true } } : {};
  return QUESTIONS[surface].body({
    ...options,
    stream: true,
    messages: [{ role: "user", content: `Hello [[sim ${sim}]]` }],
  });
}

/** How many events the transcript has, and what the supplier reports of it. */
async function wholeOf({ surface, spoken }: Route, situation: string) {
  const rig = rigOf(spoken, "nothing");
  const response = await ask(rig, surface, { base: "/inline", body: bodyOf(surface, `transcript=${situation}`) });
  await response.text();
  const receipt = await rig.receipt(response.headers.get("request-id") ?? "");
  return { events: rig.supplier.requests.at(-1)?.eventsWritten ?? 0, usage: receipt?.usage ?? {} };
}

/**
 * Asks on a connection of its own, on the second leg where there are two, reads until nothing has come for a while, and cuts
 * the connection.
 */
async function leave(rig: Rig, { surface, base }: Route, purse: Purse, sim: string, firstMs: number): Promise<Cut> {
  const body = JSON.stringify(bodyOf(surface, sim));
  const first = await (base === "" ? ask(rig, surface, { key: purse.key, body, redirect: "manual" }) : undefined);
  const path =
    first === undefined
      ? `${base}${QUESTIONS[surface].path}`
      : new URL(first.headers.get("location") ?? "", rig.url).pathname;
  const { text } = await readAndCut(
    rig.url,
    path,
    first === undefined ? QUESTIONS[surface].keyHeader(purse.key) : {},
    body,
    firstMs,
  );
  const requestId = first?.headers.get("request-id") ?? /^request-id: (.*)\r$/m.exec(text)?.[1] ?? "";
  return { requestId, status: Number(text.split(" ")[1] ?? 0), text };
}

const QUIET_MS = 150;

function readAndCut(
  url: string,
  path: string,
  headers: Record<string, string>,
  body: string,
  firstMs: number,
): Promise<{ text: string }> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const all = {
    host: "x",
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST ${path} HTTP/1.1\r\n${head.join("")}\r\n${body}`);
  let text = "";
  return new Promise((resolve) => {
    // Whoever is told nothing at all leaves too, only later.
    let quiet = setTimeout(() => socket.resetAndDestroy(), firstMs);
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      clearTimeout(quiet);
      quiet = setTimeout(() => socket.resetAndDestroy(), QUIET_MS);
    });
    socket.on("error", () => undefined).once("close", () => resolve({ text }));
  });
}

async function breakOff(rig: Rig, { surface, base }: Route, purse: Purse, sim: string): Promise<Cut> {
  const response = await ask(rig, surface, { base, key: purse.key, body: bodyOf(surface, sim) });
  return { requestId: response.headers.get("request-id") ?? "", status: response.status, text: await response.text() };
}

type Piece = Readonly<Record<string, string | null | undefined>> & {
  readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[];
};

interface Event {
  readonly choices?: readonly { readonly delta: Piece }[];
  readonly delta?: Piece;
  readonly error?: unknown;
}

/** The events of a body that may be cut anywhere, with or without what HTTP puts around its chunks. */
function eventsOf(text: string): readonly Event[] {
  return [...text.matchAll(/^data: (\{.*\})\r?\n\r?\n/gm)].map((found) => JSON.parse(found[1] ?? "") as Event);
}

function bytesTold(text: string): number {
  const pieces = eventsOf(text).flatMap(({ choices = [], delta }) => [
    ...choices.map((choice) => choice.delta),
    delta ?? {},
  ]);
  const texts = pieces.flatMap(({ content, text: said, thinking, partial_json, reasoning_content, ...piece }) => [
    ...[content, said, thinking, partial_json, reasoning_content],
    ...((piece.tool_calls as Piece["tool_calls"]) ?? []).map((call) => call.function?.arguments),
  ]);
  return Buffer.byteLength(texts.join(""));
}

/** A token more or less: a surface may end what is cut with braces of its own. */
async function expectPaid(rig: Rig, purse: Purse, cut: Cut, whole: Record<string, unknown>): Promise<void> {
  const receipt = await rig.receipt(cut.requestId);
  const { input, output, estimated } = receipt?.usage ?? {};
  expect(receipt).toMatchObject({ status: "reconciled", overrun: 0 });
  const delivered = Math.ceil(bytesTold(cut.text) / 4);
  if (estimated !== true && output !== 0) expect(output).toBe(whole["output"]);
  else expect(Math.abs(Number(output) - delivered)).toBeLessThanOrEqual(1);
  if (estimated !== true) expect(input).toBe(whole["input"]);
  await expectBalance(purse, receipt?.tokensUsed ?? Number.NaN);
}

async function expectFree(rig: Rig, purse: Purse, { requestId }: Cut): Promise<void> {
  if (requestId !== "")
    expect(await rig.receipt(requestId)).toMatchObject({ status: "error", tokensUsed: 0, draws: [] });
  await expectBalance(purse, 0);
}

async function expectBalance(purse: Purse, used: number): Promise<void> {
  expect(await purse.balance()).toMatchObject({ used, held: 0, available: purse.deposited - used });
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

describe.each(ROUTES)("$surface over $spoken at base '$base'", (route) => {
  test.each(SITUATIONS)("%s: a caller that leaves after any event pays for what was delivered", async (situation) => {
    const rig = rigOf(route.spoken, "nothing");
    const { events, usage } = await wholeOf(route, situation);
    expect(events).toBeGreaterThan(4);
    const told = await inParallel(range(events), 8, async (after) => {
      const purse = await openPurse(rig);
      const cut = await leave(
        rig,
        route,
        purse,
        `transcript=${situation} fault=hang-mid-stream after=${after}`,
        after === 0 ? 300 : 3_000,
      );
      await expect.poll(async () => (await purse.balance()).held).toBe(0);
      if (cut.text === "") await expectFree(rig, purse, cut);
      else await expectPaid(rig, purse, cut, usage);
      return bytesTold(cut.text);
    });
    expect(told[0]).toBe(0);
    expect(new Set(told).size).toBeGreaterThan(2);
  });

  test.each(SITUATIONS.flatMap((situation) => FAULTS.map((fault) => [situation, fault] as const)))(
    "%s: %s after any event is free, or paid as far as it was delivered where the operator says so",
    async (situation, fault) => {
      const { events, usage } = await wholeOf(route, situation);
      const cases = POLICIES.flatMap((policy) => range(events).map((after) => ({ policy, after })));
      const broken = await inParallel(cases, 8, async ({ policy, after }) => {
        const rig = rigOf(route.spoken, policy);
        const purse = await openPurse(rig);
        const cut = await breakOff(rig, route, purse, `transcript=${situation} fault=${fault} after=${after}`);
        const isBroken = eventsOf(cut.text).some((event) => event.error !== undefined);
        const isOwed = policy === "delivered" && bytesTold(cut.text) > 0;
        if (cut.status === 200 && (!isBroken || isOwed)) await expectPaid(rig, purse, cut, usage);
        else await expectFree(rig, purse, cut);
        return cut.status === 200 && isBroken;
      });
      expect(broken.filter(Boolean).length).toBeGreaterThan(4);
      expect(broken[0]).toBe(false);
    },
  );
});
