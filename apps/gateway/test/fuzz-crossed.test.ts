/**
 * Bodies that the contract of a surface accepts, over suppliers of the other format alone: answered, or refused with a
 * reason; and whatever the supplier is sent is in the contract of its own format.
 *
 * INTERCHANGE_FUZZ_SEED and INTERCHANGE_FUZZ_RUNS as in fuzz.ts.
 */

import type { Format } from "@interchange/config";
import { dialects } from "@interchange/dialects";
import { bondsOf, needsOf } from "@interchange/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS, type Operation } from "./body-operations.ts";
import { CALLERS, faultOfAnswer, flood, RUNS, shown } from "./flood.ts";
import { ANYBODY } from "./fuzz.ts";
import { INSTRUMENT, OTHER, QUESTIONS, type Rig, startRig } from "./rig.ts";
import { arbitraryOf } from "./schema/arbitrary.ts";
import { bodySchemaOf } from "./schema/schema.ts";
import { CONTRACTS, faultsOfEnvelope, openCallers, type Reply } from "./wire.ts";

const TRIED = Math.ceil(RUNS / 10);
const PLAIN = Math.ceil(RUNS / 40);
const PATIENCE_MS = 60_000;

/** Ours: what only the caller's own format can say, what no supplier offers, what nobody has room for. */
const OURS = /^No supplier of this instrument can honour|maximum context length|^prompt is too long/;

/** The supplier's: nothing was said, or calls and results are not of one another. Nobody else could make them so. */
const THEIRS =
  /non-empty content|answers no tool_use of the message before|has no tool_result in this message|must answer a tool call|must be a number from 0 to|only allowed when tools are given/;

describe.each(OPERATIONS.filter(({ accepted }) => accepted === 307))("$surface over the other format", (at) => {
  const { surface, path } = at;
  const { document } = CONTRACTS[surface];
  const schema = bodySchemaOf(document, path);
  const any = arbitraryOf(document, schema, { model: INSTRUMENT, ...ANYBODY });
  const crossing = any.filter((body) => canCross(surface, body));
  const plain = arbitraryOf(document, schema, QUESTIONS[surface].body(ANYBODY));
  let rig: Rig;
  let callers: ReturnType<typeof openCallers>;
  beforeAll(async () => {
    rig = await startRig({ dialects: [OTHER[surface]], suppliers: [{ recordMax: 10 * RUNS }] });
    callers = openCallers(rig, CALLERS);
    const lot = { accountId: rig.accountId, instrument: INSTRUMENT, tokens: 1e15, costMicros: 0, reference: "more" };
    await rig.gateway.engine.ledger.deposit(lot);
  });
  afterAll(async () => {
    await callers.close();
    await rig.close();
  });

  const send = (body: unknown): Promise<Reply> => callers.send(surface, `/inline${path}`, JSON.stringify(body));

  test.each([
    ["any body", any],
    ["a body that can cross", crossing],
  ])("Q24 %s is answered, or refused for a reason", { timeout: PATIENCE_MS }, async (_, bodies) => {
    await flood(bodies, TRIED, async (body) => faultOf(at, await send(body)));
  });

  test("a plain conversation is mostly answered, whatever else is asked", { timeout: PATIENCE_MS }, async () => {
    let answered = 0;
    await flood(plain, PLAIN, async (body) => {
      const reply = await send(body);
      if (reply.status === 200) answered += 1;
      return faultOf(at, reply);
    });
    expect(answered).toBeGreaterThan(PLAIN / 4);
  });

  test("Q29 whatever the supplier was sent is in the contract of its format", () => {
    const check = checkOf(OTHER[surface]);
    const sent = rig.supplier.requests.map(({ body }) => body.toString());
    expect(sent.length).toBeGreaterThan(TRIED);
    expect(sent.filter((text) => !check(JSON.parse(text)))).toEqual([]);
  });

  test("every answer was in contract, and nothing went wrong on our side", () => {
    expect(rig.outOfContract).toEqual([]);
    expect(rig.log()).not.toContain("an error nobody expected");
  });
});

/** Whether nothing in the body keeps it in its own format. */
function canCross(surface: Format, body: unknown): boolean {
  const wire = JSON.parse(JSON.stringify(body));
  const request = dialects[surface].surface.readRequest(wire as never);
  return bondsOf(request).length === 0 && needsOf(request).isSubsetOf(dialects[OTHER[surface]].supplier.carries);
}

function faultOf({ surface, operation }: Operation, reply: Reply): string | undefined {
  if (reply.status === 200) return faultOfAnswer(surface, operation, reply);
  if (reply.status !== 400) return shown(reply);
  const { error } = JSON.parse(reply.text) as { error: { message: string } };
  const isExplained = OURS.test(error.message) || THEIRS.test(error.message);
  return isExplained ? faultsOfEnvelope(surface, operation, reply)[0] : shown(reply);
}

function checkOf(format: Format): (body: unknown) => boolean {
  const { operation } = OPERATIONS.find(({ surface }) => surface === format) as Operation;
  return CONTRACTS[format].checks[operation]?.request as (body: unknown) => boolean;
}
