/**
 * Every boundary of a request accepts its limit and refuses one past it, naming the place: once as the contract has it,
 * walked out of the document, and once as the domain has it, written out, so that a wrong contract is noticed too.
 */

import { FORMATS, type Format } from "@interchange/config";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS, type Operation } from "./body-operations.ts";
import { type Bounds, CHAT_COMPLETIONS, LEFT_OUT, MESSAGES } from "./domain-bounds.ts";
import { INSTRUMENT, QUESTIONS, type Rig, startRig } from "./rig.ts";
import { boundariesOf, type Row, type Verdict } from "./schema/boundary.ts";
import { bodySchemaOf } from "./schema/schema.ts";
import { CONTRACTS, faultsOfRefusal, inParallel, openCallers, type Reply, readBody } from "./wire.ts";

let rig: Rig;
let callers: ReturnType<typeof openCallers>;
beforeAll(async () => {
  rig = await startRig();
  callers = openCallers(rig, 8);
  const lot = { accountId: rig.accountId, instrument: INSTRUMENT, tokens: 1e12, costMicros: 0, reference: "more" };
  await rig.gateway.engine.ledger.deposit(lot);
});
afterAll(async () => {
  await callers.close();
  await rig.close();
});

const REFUSED: Readonly<Record<Exclude<Verdict, "accepted">, number>> = { shape: 400, value: 422 };

/** Rows whose refusal rightly names another place: a tool without a type is one of the caller's own, and those have a name. */
const NAMED_ELSEWHERE: Readonly<Record<string, string>> = {
  "tools[0].type, no type": "tools[0].name",
  "tools[0].type, null": "tools[0].name",
};

/** What is wrong with the answer to a row; undefined when nothing is. */
async function faultOf(at: Operation, row: Row): Promise<string | undefined> {
  const reply = await callers.send(at.surface, at.path, JSON.stringify(row.body));
  const said = (problem: string) => `${row.given}: ${problem}, answered ${reply.status} ${reply.text.slice(0, 300)}`;
  if (row.want === "accepted") return isAccepted(at, row, reply) ? undefined : said("is at the limit");
  if (reply.status !== REFUSED[row.want]) return said(`${REFUSED[row.want]} is wanted`);
  const [fault] = faultsOfRefusal(at.surface, at.operation, reply);
  if (fault !== undefined) return said(fault);
  const param = names(at.surface, reply, row.param) ? row.param : NAMED_ELSEWHERE[`${row.param}, ${row.given}`];
  return param !== undefined && names(at.surface, reply, param) ? undefined : said(`${row.param} is not named`);
}

/** What is in contract may still name nobody, or leave nobody to fill it. */
function isAccepted(at: Operation, row: Row, reply: Reply): boolean {
  if (row.param === "model") return reply.status === 404;
  if (SUPPLIER_NAMES.test(row.param)) return [422, at.accepted].includes(reply.status);
  if (TERMS.test(row.param)) return [400, at.accepted].includes(reply.status);
  return reply.status === at.accepted;
}

const SUPPLIER_NAMES = /^provider\.(order|only|ignore)/;
const TERMS = /^provider\.(max_price|data_collection)/;

function names(surface: Format, reply: Reply, param: string): boolean {
  const error = readBody(reply.text)?.error;
  const isSaid = error?.message.startsWith(param === "" ? "The body " : `${param} `) === true;
  return isSaid && (surface === "messages" || error.param === (param === "" ? null : param));
}

describe.each(OPERATIONS)("$operation, as the contract has it", (at) => {
  const { document } = CONTRACTS[at.surface];
  const places = boundariesOf(document, bodySchemaOf(document, at.path), QUESTIONS[at.surface].body());

  test.each(places)("$name", async ({ rows }) => {
    const faults = await inParallel(rows, 8, (row) => faultOf(at, row));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});

const DOMAIN = { "chat-completions": CHAT_COMPLETIONS, messages: MESSAGES } as const;
const STATUS: Readonly<Record<keyof Bounds, number>> = { accepted: 307, ...REFUSED };

describe.each(FORMATS)("%s, as the domain has it", (surface) => {
  const { path, body } = QUESTIONS[surface];
  const rows = Object.entries(DOMAIN[surface]).flatMap(([property, bounds]) =>
    (["accepted", "shape", "value"] as const).flatMap((verdict) =>
      bounds[verdict].map((given) => ({ property, given, want: STATUS[verdict] })),
    ),
  );

  test.each(rows)("$property: $given is answered $want", async ({ property, given, want }) => {
    const { [property]: _, ...others } = body();
    const asked = given === LEFT_OUT ? others : { ...others, [property]: given };
    const reply = await callers.send(surface, path, JSON.stringify(asked));
    expect(reply.status, reply.text).toBe(want);
    if (want === 307) return;
    expect(faultsOfRefusal(surface, surface === "messages" ? "createMessage" : "createChatCompletion", reply)).toEqual(
      [],
    );
    expect(readBody(reply.text)?.error.message.startsWith(property)).toBe(true);
  });
});

test("every answer was in contract", () => {
  expect(rig.outOfContract).toEqual([]);
});
