/** The laws across formats: what a supplier of the one says, told to a caller of the other; and what a caller asks, too. */
import type { Check } from "@interchange/contract";
import { bondsOf, fold, type InferenceAnswer, isFailure, needsOf } from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { subject as chat } from "./chat-completions.subject.ts";
import { checkKept } from "./crossed-request.ts";
import { RULES, type Rules } from "./crossed-stream.ts";
import { type Crossing, crossings, gist, heard, heardWhole, regrouped, tell } from "./crossing.ts";
import { subject as messages } from "./messages.subject.ts";
import { jsonOf, mutations } from "./mutation.ts";
import { captures, type Json, situations } from "./situation.ts";
import { BASE, bytesOf, kindOf, readPieces, type Subject, TARGET, valid, wire, wordsOf, write } from "./subject.ts";
import { transcripts } from "./transcripts.ts";
import { WANTED } from "./wanted.ts";

const DIRECTIONS: readonly (readonly [Subject, Subject])[] = [
  [chat, messages],
  [messages, chat],
];

const UNASKED = "nobody who speaks the other format can ask for it";

/** `<law>: <name>` → why it cannot hold there. */
const SKIPS: Readonly<Record<string, string>> = {
  "nothing is lost: two-answers": UNASKED,
  "rules: two-answers": UNASKED,
  "fold: two-answers": UNASKED,
  "nothing is lost: function-call": UNASKED,
  "fold: function-call": UNASKED,
  "nothing is lost: arguments-as-object": "a call without an id is given one",
  "no silent loss stream_options": "usage is always told in the other format",
};

test("every skip is of a transcript or a property that there is", () => {
  const names = DIRECTIONS.flatMap(([{ dialect, telling }]) => [
    ...transcripts(dialect.name).map(({ name }) => name),
    ...Object.keys(telling),
  ]);
  expect(names).toEqual(expect.arrayContaining(Object.keys(SKIPS).map((title) => title.split(" ").at(-1))));
});

for (const [from, to] of DIRECTIONS) {
  describe(`${from.dialect.name} supplier, ${to.dialect.name} caller`, () => {
    for (const crossing of crossings(from)) {
      if (crossing.answer !== undefined) wholeLaws(to, crossing.name, crossing.answer);
      if (crossing.stream !== undefined) streamLaws(from, to, crossing.name, crossing.stream, crossing.answer);
    }
    for (const { name, answer, events } of situations(from.dialect.name)) {
      if (answer) test(`whatever comes: answer ${name}`, () => checkOddAnswers(from, to, answer));
      if (events && MANGLED.has(name)) test(`whatever comes: events ${name}`, () => checkOddEvents(from, to, events));
    }
  });
  describe(`${from.dialect.name} caller, ${to.dialect.name} supplier`, () => {
    requestLaws(from, to);
  });
}

/** Only what is proved carries its cases. */
function law(title: string, prove: () => void, cases = ""): void {
  const reason = SKIPS[title];
  const proved = cases === "" ? title : `${cases} ${title}`;
  test.skipIf(reason !== undefined)(reason === undefined ? proved : `${title} (${reason})`, prove);
}

/** What the surface's format demands of every stream. */
function rulesOf({ dialect }: Subject): Rules {
  const rules = RULES[dialect.name];
  if (rules === undefined) throw new Error(`there are no rules of streams in ${dialect.name}`);
  return rules;
}

function wholeLaws(to: Subject, name: string, answer: NonNullable<Crossing["answer"]>): void {
  test(`answer in contract: ${name}`, () =>
    valid(to.checks.responses[200] as Check, to.dialect.surface.writeAnswer(answer)));
  law(`nothing is lost: ${name}`, () => expect(gist(heardWhole(to, answer))).toEqual(gist(answer)));
}

function streamLaws(from: Subject, to: Subject, name: string, stream: Buffer, answer: Crossing["answer"]): void {
  const told = readPieces(from, [stream]);
  const events = tell(from, to, [stream]);
  test(`events in contract: ${name}`, () => {
    for (const event of events) valid(to.checks.event, event);
  });
  law(`rules: ${name}`, () => rulesOf(to)(events, told));
  law(`fold: ${name}`, () => checkFold(from, to, events, fold(told), answer), WANTED[from.dialect.name]?.[name]?.[0]);
  test(`re-tell: ${name}`, () => {
    const again = wire(heard(to, events));
    expect(wordsOf(heard(to, tell(to, to, [framed(to, events)])))).toEqual(wordsOf(again));
  });
  // Every boundary is torn within the format; here it is proved that the telling does not see where.
  test(`torn bytes: ${name}`, () => {
    const textOf = (pieces: readonly Uint8Array[]) => JSON.stringify(write(to, readPieces(from, pieces)));
    const want = JSON.stringify(events);
    expect(textOf(Array.from(stream, (_, at) => stream.subarray(at, at + 1)))).toBe(want);
    for (let cut = 1; cut < stream.length; cut += 13) {
      expect(textOf([stream.subarray(0, cut), stream.subarray(cut)]), `cut at ${cut}`).toBe(want);
    }
  });
}

/** Examples that have every kind of event among them. */
const MANGLED: ReadonlySet<string> = new Set(["parallel-tools", "thinking", "refusal", "document", "error-mid-stream"]);

function checkOddAnswers(from: Subject, to: Subject, answer: Json): void {
  for (const odd of mutations(answer)) {
    const read = from.dialect.supplier.readAnswer(JSON.parse(jsonOf(odd)));
    if (!isFailure(read)) valid(to.checks.responses[200] as Check, to.dialect.surface.writeAnswer(read));
  }
}

/** Each of the events made odd, one after the other: what is told keeps to the contract and to the rules of a stream. */
function checkOddEvents(from: Subject, to: Subject, events: readonly Json[]): void {
  for (const [at, event] of events.entries()) {
    const before = bytesOf(from, events.slice(0, at), "");
    const after = bytesOf(from, events.slice(at + 1));
    for (const odd of mutations(event)) {
      const pieces = [before, Buffer.from(from.frame(event.type, jsonOf(odd))), after];
      const told = tell(from, to, pieces);
      for (const one of told) valid(to.checks.event, one);
      if (oneChoice(pieces)) rulesOf(to)(told, readPieces(from, pieces));
    }
  }

  function oneChoice(pieces: readonly Uint8Array[]): boolean {
    return readPieces(from, pieces).every((event) => !("choice" in event) || (event.choice ?? 0) === 0);
  }
}

function framed({ frame, done }: Subject, events: readonly Json[]): Buffer {
  return Buffer.from(events.map((event) => frame(event.type, JSON.stringify(event))).join("") + done);
}

/** The stream says what the whole answer says, both told to the caller; a failure stays one, with its words. */
function checkFold(
  from: Subject,
  to: Subject,
  events: readonly Json[],
  said: ReturnType<typeof fold>,
  answer: Crossing["answer"],
): void {
  const streamed = heard(to, events);
  if (isFailure(said)) {
    expect(streamed).toMatchObject({ message: said.message });
    return;
  }
  if (isFailure(streamed)) throw new Error(`${from.dialect.name}: ${streamed.message}`);
  const words = (heard: InferenceAnswer) => wordsOf(to === chat ? regrouped(heard) : heard);
  expect(words(streamed)).toEqual(words(heardWhole(to, said)));
  expect(gist(streamed)).toEqual(gist(said));
  if (answer !== undefined) expect(words(streamed)).toEqual(words(heardWhole(to, answer)));
}

function requestLaws(from: Subject, to: Subject): void {
  const { name, supplier } = from.dialect;
  const examples = situations(name).flatMap(({ name, request }) => (request ? [{ name, body: request }] : []));
  const recorded = transcripts(name).map(({ name, request }) => ({ name: `${name} (transcript)`, body: request }));
  for (const { name, body } of [...examples, ...recorded]) test(`request ${name}`, () => checkRequest(from, to, body));
  test("requests of real clients", () => {
    for (const { name, body } of captures(supplier.path)) {
      try {
        checkRequest(from, to, body);
      } catch (error) {
        throw new Error(`${name}: ${String(error)}`, { cause: error });
      }
    }
  });
  for (const [property, value] of Object.entries(from.telling)) propertyLaw(from, to, property, value);
  test("a property that the contract does not know is named once, and no other is", () => {
    const { unknownIn } = from.dialect.surface;
    expect(unknownIn({ ...BASE, ...from.telling })).toEqual([]);
    expect(
      unknownIn({ ...BASE, mood: { calm: true }, messages: [{ role: "user", content: "hi", x_turn: 2 }] }),
    ).toEqual(["messages[0].x_turn", "mood"]);
  });
}

/** What can cross is in contract and loses nothing; what cannot is named. */
function checkRequest(from: Subject, to: Subject, body: Json): void {
  const request = from.dialect.surface.readRequest(body as never);
  const bonds = bondsOf(request);
  if (bonds.length > 0) return expect(bonds.every((bond) => JSON.stringify(body).includes(bond))).toBe(true);
  if ([...needsOf(request)].some((need) => !to.dialect.supplier.carries.has(need))) return;
  const written = wire(to.dialect.supplier.writeRequest(request, TARGET).body) as Json;
  valid(to.checks.request, written);
  checkKept(body, written);
}

/** A property with a meaning elsewhere changes what is written; one that only some honour is asked for aloud. */
function propertyLaw(from: Subject, to: Subject, property: string, value: unknown): void {
  law(`no silent loss ${property}`, () => {
    const beside = property === "tools" ? BASE : { ...BASE, tools: from.telling.tools };
    const base = crossed(from, to, beside);
    const said = crossed(from, to, { ...beside, [property]: value });
    if (kindOf(from, property) === "filter") expect(said.asked).not.toEqual(base.asked);
    else expect(said).not.toEqual(base);
  });
}

function crossed(from: Subject, to: Subject, body: Json) {
  const request = from.dialect.surface.readRequest(body as never);
  const { leftOut, ...written } = to.dialect.supplier.writeRequest(request, TARGET);
  const instrument = request.instrument;
  return {
    written: wire(written.body),
    instrument,
    asked: { needs: [...needsOf(request)], bonds: bondsOf(request), leftOut },
  };
}
