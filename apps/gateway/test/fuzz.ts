/**
 * Thousands of bodies that the contract accepts are routed, and thousands that were spoiled are refused when it does not:
 * never an error of ours, never a word outside of the envelope.
 *
 * The seed is the same each time unless INTERCHANGE_FUZZ_SEED says otherwise; INTERCHANGE_FUZZ_RUNS sets how many.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS, type Operation } from "./body-operations.ts";
import { CALLERS, faultOfAnswer, flood, RUNS, SEED, shown } from "./flood.ts";
import { INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";
import { arbitraryOf } from "./schema/arbitrary.ts";
import { spoiledOf } from "./schema/mutation.ts";
import { bodySchemaOf } from "./schema/schema.ts";
import { CONTRACTS, faultsOfEnvelope, faultsOfRefusal, openCallers, type Reply } from "./wire.ts";

const FOLLOWED = Math.ceil(RUNS / 25);

const PATIENCE_MS = 180_000;

let rig: Rig;
let callers: ReturnType<typeof openCallers>;

/** The tests of one operation. Each stands in a file of its own, so that they run beside each other. */
export function fuzz(name: string): void {
  const at = OPERATIONS.find(({ operation }) => operation === name);
  if (at === undefined) throw new Error(`No operation is called ${name}.`);

  beforeAll(async () => {
    rig = await startRig();
    callers = openCallers(rig, CALLERS);
    const lot = { accountId: rig.accountId, instrument: INSTRUMENT, tokens: 1e15, costMicros: 0, reference: "more" };
    await rig.gateway.engine.ledger.deposit(lot);
  });
  afterAll(async () => {
    await callers.close();
    await rig.close();
  });

  describe("bodies", () => {
    fuzzAccepted(at);
  });
  if (at.accepted === 307) {
    describe("followed", () => {
      fuzzFollowed(at);
    });
  }

  test("the books add up after all of it", { timeout: PATIENCE_MS }, async () => {
    expect(await rig.gateway.engine.ledger.audit()).toEqual([]);
  });

  test("every answer was in contract, and nothing went wrong on our side", () => {
    expect(rig.outOfContract).toEqual([]);
    expect(rig.log()).not.toContain("an error nobody expected");
  });
}

/** Wishes about suppliers that keep none of them out: names at random are nobody's. */
export const ANYBODY = { provider: { allow_fallbacks: true, sort: "throughput" }, route: "fallback" };

/** Blank stop sequences, which one format cannot say, beside something that the other cannot: there is nobody to ask. */
const isBeyondAll = ({ status, text }: Reply): boolean =>
  status === 400 && /can honour stop_sequences[.,].* (?:offers|allows) no blank stop sequences/.test(text);

/** Bodies of the operation, good ones and spoiled ones. */
function fuzzAccepted({ surface, operation, path, accepted }: Operation): void {
  const { document, checks } = CONTRACTS[surface];
  const check = checks[operation]?.request as (body: unknown) => boolean;
  const schema = bodySchemaOf(document, path);
  const bodies = arbitraryOf(document, schema, { model: INSTRUMENT, ...ANYBODY });

  test("what is generated is in contract", () => {
    const wrong = fc.sample(bodies, { seed: SEED, numRuns: 500 }).filter((body) => !check(body));
    expect(wrong).toEqual([]);
  });

  test("every body that the contract accepts is accepted", { timeout: PATIENCE_MS }, async () => {
    await flood(bodies, RUNS, async (body) => {
      const reply = await callers.send(surface, path, JSON.stringify(body));
      return reply.status === accepted || isBeyondAll(reply) ? undefined : shown(reply);
    });
  });

  test("no body that the contract refuses is accepted, and every refusal is in contract", {
    timeout: PATIENCE_MS,
  }, async () => {
    const met: Record<string, number> = {};
    await flood(spoiledOf(bodies), RUNS, async ({ bytes }) => {
      const reply = await callers.send(surface, path, bytes);
      met[reply.status] = (met[reply.status] ?? 0) + 1;
      const isValid = check(readAsJson(bytes));
      if (reply.status === accepted) return isValid ? undefined : `was not in contract, ${shown(reply)}`;
      if (reply.status >= 500 || (isValid && !EXPLAINED.test(reply.text))) return shown(reply);
      return faultsOfRefusal(surface, operation, reply)[0];
    });
    // The ways to spoil a body are worth nothing unless they lead to both ends.
    for (const status of [accepted, 400, 422]) expect(met[status], JSON.stringify(met)).toBeGreaterThan(RUNS / 100);
  });
}

/** What is routed is followed as well. */
function fuzzFollowed(at: Operation): void {
  const { surface, path } = at;
  const { document } = CONTRACTS[surface];
  const schema = bodySchemaOf(document, path);
  const bodies = arbitraryOf(document, schema, { model: INSTRUMENT, ...ANYBODY });
  // A conversation that every supplier takes, so that all the rest of the body is what it is about.
  const plain = arbitraryOf(document, schema, QUESTIONS[surface].body(ANYBODY));

  test("any conversation is answered, or refused in the supplier's own words", { timeout: PATIENCE_MS }, async () => {
    await flood(bodies, FOLLOWED, async (body) => faultOfTrip(at, await trip(at, JSON.stringify(body))));
  });

  test("a plain one is mostly answered", { timeout: PATIENCE_MS }, async () => {
    let answered = 0;
    await flood(plain, FOLLOWED, async (body) => {
      const reply = await trip(at, JSON.stringify(body));
      if (reply.status === 200) answered += 1;
      return faultOfTrip(at, reply);
    });
    expect(answered).toBeGreaterThan(FOLLOWED / 2);
  });

  test.each([2 ** 53, 1e300])(
    "one that asks for %d tokens is answered: nobody sells so many, and none is in the way",
    async (max) => {
      const reply = await trip(at, JSON.stringify(QUESTIONS[surface].body({ max_tokens: max })));
      expect(reply.status, shown(reply)).toBe(200);
    },
  );
}

/** In contract, and refused all the same: no instrument named or known, more asked than anybody can fill or count, nested too deep. */
const EXPLAINED =
  /"message":"(model is missing, and|The body is nested deeper than|There is no instrument|No supplier of this instrument can honour|This model's maximum context length is|prompt is too long|(?:[^"\\]|\\.)*is a number beyond the range of a double)/;

/** What the bytes say; undefined when they are no JSON in UTF-8. */
function readAsJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** What the second leg answers; the first one, where it leads nowhere. */
async function trip({ surface, path }: Operation, text: string): Promise<Reply> {
  const first = await callers.send(surface, path, text);
  return first.status === 307 ? callers.send(surface, String(first.headers["location"]), text) : first;
}

function faultOfTrip({ surface, operation }: Operation, reply: Reply): string | undefined {
  if (reply.status === 400) return faultsOfEnvelope(surface, operation, reply)[0];
  return reply.status === 200 ? faultOfAnswer(surface, operation, reply) : shown(reply);
}
