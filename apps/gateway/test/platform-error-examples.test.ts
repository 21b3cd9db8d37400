/**
 * Goal: each error that the platform document shows is what the gateway says. Method: every one is brought about, and its
 * envelope held against the example; only numbers and names may differ.
 */
import { readdirSync, readFileSync } from "node:fs";
import { DEFAULT_LIMITS } from "@interchange/config";
import { dialects } from "@interchange/dialects";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Ask, asker, type House, openHouse } from "./platform.ts";
import { INSTRUMENT, type Rig, startRig } from "./rig.ts";

const BODY_BYTES_MAX = 2_000;
const EXAMPLES = new URL("../../../spec/platform/examples/", import.meta.url);

let rig: Rig;
let ask: Ask;
let house: House;
beforeAll(async () => {
  rig = await startRig({ config: { limits: { ...DEFAULT_LIMITS, bodyBytesMax: BODY_BYTES_MAX } } });
  ask = asker(rig);
  house = await openHouse(rig, { tokens: 1 });
});
afterAll(() => rig.close());

const LOT = { instrument: INSTRUMENT, tokens: "1" };

const said = async (...asked: Parameters<Ask>): Promise<unknown> => (await ask(...asked)).body;

const PROVOKED: Readonly<Record<string, () => Promise<unknown>>> = {
  "error-400": () => said("depositTokens", { body: { ...LOT, tokens: 1_000 } }),
  "error-401": () => said("retrieveAccount", { key: `ick_${"a".repeat(16)}_${"b".repeat(32)}` }),
  "error-402": () => said("createPurchase", { key: house.key, body: { ...LOT, tokens: "2500000000" } }),
  "error-403": () => said("createAccount", { key: house.key, body: { name: "New" } }),
  "error-404": () => said("retrieveAccount", { path: { account_id: "acmee" } }),
  "error-405": async () => {
    const answer = await fetch(`${rig.url}/v1/accounts/me`, { method: "DELETE" });
    return answer.json();
  },
  "error-409": async () => {
    await ask("depositTokens", { body: { ...LOT, reference: "order-2026-117" } });
    return said("depositTokens", { body: { ...LOT, tokens: "2", reference: "order-2026-117" } });
  },
  "error-413": () => said("createAccount", { body: { name: "n".repeat(BODY_BYTES_MAX) } }),
  "error-415": () =>
    said("createAccount", { body: "name=x", headers: { "content-type": "application/x-www-form-urlencoded" } }),
  "error-422": () => said("createAccount", { body: { name: "New", limits: { running_max: 0 } } }),
  "error-500": async () => dialects["chat-completions"].surface.writeRefusal({ kind: "bug" }, "req_1"),
  "error-503": async () => {
    const away = await startRig();
    await away.gateway.engine.ledger.close();
    const { body } = await asker(away)("createAccount", { key: away.operatorKey, body: { name: "New" } });
    await away.close();
    return body;
  },
  "closed-account": async () => {
    const { id } = (await ask("createAccount", { body: { id: "night-shift", name: "Night shift" } })).body;
    await ask("closeAccount", { path: { account_id: id } });
    return said("depositTokens", { path: { account_id: id }, body: LOT });
  },
  "name-taken": async () => {
    const body = { name: "cirrus", base_url: "http://127.0.0.1:9", dialects: ["messages"] };
    await ask("createSupplier", { body });
    return said("createSupplier", { body });
  },
  "outdated-version": () => said("updateInstrument", { path: { instrument: "text-prime" }, body: { if_version: 3 } }),
  "misfit-request": () => {
    const request = { model: INSTRUMENT, max_tokens: 0, messages: [{ role: "user", content: "Hello" }] };
    return said("explainRoute", { key: house.key, body: { surface: "messages", request } });
  },
  "wider-key": async () => {
    const narrow = await ask("createKey", { key: house.key, body: { instruments: ["text-standard"] } });
    return said("createKey", { key: narrow.body.secret, body: { instruments: ["text-max"] } });
  },
};

interface Example {
  readonly error?: { readonly value: unknown };
}

const SHOWN = readdirSync(EXAMPLES)
  .map((file) => [file.replace(".yaml", ""), parse(readFileSync(new URL(file, EXAMPLES), "utf8")) as Example] as const)
  .filter(([, { error }]) => error !== undefined);

describe("an error of the document", () => {
  test.each(SHOWN)("%s is what is said", async (situation, { error }) => {
    const provoke = PROVOKED[situation];
    if (provoke === undefined) throw new Error(`nobody brings about ${situation}`);
    expect(masked(await provoke())).toEqual(masked(error?.value));
  });
});

/** Without what differs from one request to the next. */
function masked(envelope: unknown): unknown {
  return JSON.parse(JSON.stringify(envelope).replaceAll(/\d+/g, "0"));
}
