/**
 * Goal: each error that the contract shows is what the gateway says, so that the page of errors, which is made of them, is
 * true. Method: every one is brought about, and its envelope held against the example; only numbers and ids may differ.
 */
import { readFileSync } from "node:fs";
import { DEFAULT_LIMITS, FORMATS, type Format } from "@interchange/config";
import { dialects } from "@interchange/dialects";
import type { Refusal } from "@interchange/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type AskOptions, ask, QUESTIONS, type Rig, startRig } from "./rig.ts";

const BODY_BYTES_MAX = 2_000;

let rig: Rig;
let busy: Rig;
/** Keys of an account without tokens, and for another instrument alone. */
let poor: string;
let narrow: string;
beforeAll(async () => {
  const timeouts = { firstByteMs: 100, totalMs: 100 };
  rig = await startRig({
    lacks: ["logprobs"],
    timeouts,
    config: { limits: { ...DEFAULT_LIMITS, bodyBytesMax: BODY_BYTES_MAX } },
  });
  busy = await startRig({ config: { limits: { ...DEFAULT_LIMITS, requestsPerMinute: 1 } } });
  const { ledger } = rig.gateway.engine;
  const { id: accountId } = await ledger.openAccount({ name: "Poor" });
  ({ secret: poor } = await ledger.createKey({ accountId, role: "consumption" }));
  const role = "consumption";
  ({ secret: narrow } = await ledger.createKey({ accountId: rig.accountId, role, instruments: ["text-prime"] }));
});
afterAll(async () => {
  await rig.close();
  await busy.close();
});

type Provoke = (surface: Format) => Promise<unknown>;

const asked =
  (options: (surface: Format) => AskOptions): Provoke =>
  async (surface) =>
    (await ask(rig, surface, { base: "/inline", ...options(surface) })).json();

const bodied = (extra: Record<string, unknown>) => asked((surface) => ({ body: QUESTIONS[surface].body(extra) }));

const written =
  (refusal: Refusal): Provoke =>
  async (surface) =>
    JSON.parse(JSON.stringify(dialects[surface].surface.writeRefusal(refusal, "req_1")));

/** What the simulator does once, and what is then said. */
const failing = (programme: object): Provoke => {
  return async (surface) => {
    rig.supplier.program(programme, { times: 1 });
    return asked(() => ({}))(surface);
  };
};

const twice: Provoke = async (surface) => {
  const headers = { "idempotency-key": `once-${surface}` };
  await (await ask(rig, surface, { base: "/inline", headers })).text();
  return asked(() => ({ headers, body: QUESTIONS[surface].body({ temperature: 0.5 }) }))(surface);
};

const tooOften: Provoke = async (surface) => {
  await (await ask(busy, surface, { redirect: "manual" })).text();
  return (await ask(busy, surface, { redirect: "manual" })).json();
};

const MISSING = ({ max_tokens: _, ...body }: Record<string, unknown>) => body;

const PROVOKED: Readonly<Record<number, Provoke>> = {
  400: (surface) =>
    surface === "messages"
      ? asked(() => ({ body: MISSING(QUESTIONS.messages.body()) }))(surface)
      : bodied({ logprobs: true })(surface),
  401: asked(() => ({ key: `ick_${"a".repeat(16)}_${"b".repeat(32)}` })),
  402: asked(() => ({ key: poor })),
  403: asked(() => ({ key: narrow })),
  404: bodied({ model: "text-premium" }),
  405: async (surface) => (await fetch(`${rig.url}${QUESTIONS[surface].path}`)).json(),
  409: twice,
  413: bodied({ user: "u".repeat(BODY_BYTES_MAX) }),
  415: asked(() => ({ headers: { "content-type": "application/x-www-form-urlencoded" } })),
  422: bodied({ temperature: 3 }),
  429: tooOften,
  500: written({ kind: "bug" }),
  502: failing({ fault: "reset" }),
  503: written({
    kind: "nobody-eligible",
    instrument: "text-max",
    excluded: [{ supplier: "house", reason: "is paused" }],
  }),
  504: failing({ fault: "hang" }),
};

describe.each(FORMATS)("%s", (surface) => {
  test.each(Object.entries(PROVOKED))("the example of %s is what is said", async (status, provoke) => {
    const file = new URL(`../../../spec/${surface}/examples/error-${status}.yaml`, import.meta.url);
    const { error } = parse(readFileSync(file, "utf8")) as { error: { value: unknown } };
    const said = await provoke(surface);
    expect(masked(error.value)).toEqual(masked(said));
  });
});

/** Without what differs from one gateway and one request to the next. */
function masked(envelope: unknown): unknown {
  const text = JSON.stringify(envelope)
    .replaceAll(/req_\w+/g, "req_0")
    .replaceAll("sim-0", "house")
    .replaceAll(/\d+/g, "0");
  return JSON.parse(text);
}
