/** The laws that every dialect proves, on every situation of its contract and on what real clients send. */
import type { Check } from "@interchange/contract";
import { fold, type InferenceEvent, isFailure, needsOf, statusOf } from "@interchange/inference";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { valuesOf } from "./body.ts";
import { jsonOf, mutations } from "./mutation.ts";
import { REFUSALS } from "./refusals.ts";
import { captures, type Json, type Situation, situations } from "./situation.ts";
import {
  BASE,
  bytesOf,
  MODEL,
  meaningful,
  REQUEST_ID,
  read,
  readPieces,
  type Subject,
  TARGET,
  tornBytes,
  valid,
  wire,
  withoutNulls,
  write,
} from "./subject.ts";

const RUNS = { numRuns: 300 };

export function laws(subject: Subject): void {
  const all = situations(subject.dialect.name);
  describe(subject.dialect.name, () => {
    sayItBack(subject, all);
    foldAndRetell(subject, all);
    inContract(subject, all);
    inContractWhateverComes(subject, all);
    noSilentLoss(subject);
    tornEvents(subject, all);
  });
}

function sayItBack(subject: Subject, all: readonly Situation[]): void {
  describe("say it back", () => {
    for (const { name, request } of all) if (request) test(`request ${name}`, () => checkRequest(subject, request));
    for (const { name, answer } of all) if (answer) test(`answer ${name}`, () => checkAnswer(subject, answer));
    const found = captures(subject.dialect.supplier.path);
    test(`${found.length} requests of real clients`, () => {
      expect(found.length).toBeGreaterThan(90);
      for (const { body } of found) checkRequest(subject, body);
    });
    test("any request", () => {
      const bodies = sifted(subject, subject.schemas.request, subject.checks.request);
      fc.assert(
        fc.property(bodies, (body) => checkRequest(subject, body)),
        RUNS,
      );
    });
    test("any answer", () => {
      const bodies = sifted(subject, subject.schemas.answer, subject.checks.responses[200] as Check).filter(hasChoices);
      fc.assert(
        fc.property(bodies, (body) => checkAnswer(subject, body)),
        RUNS,
      );
    });
  });
}

/** An answer without a single choice is no answer to us, whatever the contract says. */
function hasChoices({ choices }: Json): boolean {
  return !Array.isArray(choices) || choices.length > 0;
}

function sifted(subject: Subject, schema: string, check: Check): fc.Arbitrary<Json> {
  return valuesOf(subject.document, schema)
    .map(wire)
    .filter((value): value is Json => check(value));
}

function checkRequest({ dialect, sent }: Subject, body: Json): void {
  const request = dialect.surface.readRequest(body as never);
  expect(wire(dialect.supplier.writeRequest(request, TARGET).body)).toEqual(sent(body, MODEL));
}

function checkAnswer({ dialect, told }: Subject, answer: Json): void {
  expect(wire(dialect.surface.writeAnswer(read(dialect, answer)))).toEqual(told(answer));
}

function foldAndRetell(subject: Subject, all: readonly Situation[]): void {
  for (const { name, answer, events } of all) {
    if (events === undefined) continue;
    const told = readWhole(subject, events);
    if (answer !== undefined) {
      test.skipIf(`fold ${name}` in subject.skips)(`fold ${name}${reason(subject, `fold ${name}`)}`, () => {
        expect(withoutNulls(whole(subject, told))).toEqual(withoutNulls(answer));
      });
    }
    test(`re-tell ${name}`, () => {
      const again = readWhole(subject, write(subject, told));
      expect(withoutNulls(whole(subject, again))).toEqual(withoutNulls(whole(subject, told)));
    });
  }
}

function reason({ skips }: Subject, title: string): string {
  return skips[title] === undefined ? "" : ` (${skips[title]})`;
}

/** The whole answer on the wire, or the failure. */
function whole({ dialect }: Subject, events: readonly InferenceEvent[]): unknown {
  const answer = fold(events);
  return isFailure(answer) ? answer : wire(dialect.surface.writeAnswer(answer));
}

function readWhole(subject: Subject, events: readonly Json[]): readonly InferenceEvent[] {
  return readPieces(subject, [bytesOf(subject, events)]);
}

function inContract(subject: Subject, all: readonly Situation[]): void {
  const { dialect, checks } = subject;
  describe("in contract", () => {
    for (const { name, answer, events } of all) {
      const ok = checks.responses[200] as Check;
      if (answer) test(`answer ${name}`, () => valid(ok, dialect.surface.writeAnswer(read(dialect, answer))));
      if (!events) continue;
      test(`events ${name}`, () => {
        const written = write(subject, readWhole(subject, events));
        expect(written.length).toBeGreaterThan(0);
        for (const event of written) valid(checks.event, event);
      });
    }
    for (const refusal of REFUSALS) {
      test(`refusal ${refusal.kind}`, () => {
        const check = checks.responses[statusOf(refusal)];
        if (check === undefined) throw new Error(`the contract has no status ${statusOf(refusal)}`);
        valid(check, dialect.surface.writeRefusal(refusal, REQUEST_ID));
      });
    }
  });
}

function inContractWhateverComes(subject: Subject, all: readonly Situation[]): void {
  const { checks, dialect, document, schemas } = subject;
  const ok = checks.responses[200] as Check;
  const checkOdd = (odd: unknown): void => {
    const answer = dialect.supplier.readAnswer(JSON.parse(jsonOf(odd)));
    if (!isFailure(answer)) valid(ok, dialect.surface.writeAnswer(answer));
  };
  describe("in contract, whatever comes", () => {
    for (const { name, answer, events } of all) {
      if (answer) test(`answer ${name}`, () => [...mutations(answer)].forEach(checkOdd));
      if (events) test(`events ${name}`, () => checkOddEvents(subject, events));
    }
    test("any answer", () => {
      const odd = valuesOf(document, schemas.answer).chain((value) => fc.constantFrom(...mutations(value)));
      fc.assert(fc.property(odd, checkOdd), RUNS);
    });
    test("any event", () => {
      const { events = [] } = all.find(({ name }) => name === "text") ?? {};
      const odd = valuesOf(document, schemas.event).chain((value) => fc.constantFrom(...mutations(value)));
      fc.assert(
        fc.property(odd, fc.nat(events.length), (event, at) => checkOddEvent(subject, events, at, event)),
        RUNS,
      );
    });
  });
}

/** Each of the events made odd, one after the other. */
function checkOddEvents(subject: Subject, events: readonly Json[]): void {
  for (const [at, event] of events.entries()) {
    const others = events.toSpliced(at, 1);
    for (const odd of mutations(event)) checkOddEvent(subject, others, at, odd, event.type);
  }
}

/** The events with one odd one among them. */
function checkOddEvent(subject: Subject, events: readonly Json[], at: number, odd: unknown, type?: unknown): void {
  const before = bytesOf(subject, events.slice(0, at), "");
  const record = Buffer.from(subject.frame(type ?? (odd as Json | null)?.type, jsonOf(odd)));
  const after = bytesOf(subject, events.slice(at));
  for (const event of write(subject, readPieces(subject, [before, record, after]))) valid(subject.checks.event, event);
}

function noSilentLoss(subject: Subject): void {
  describe("no silent loss", () => {
    const names = meaningful(subject);
    test("every property has a value that tells", () => {
      expect(names.length).toBeGreaterThan(10);
      expect(Object.keys(subject.telling).sort()).toEqual([...names].sort());
    });
    for (const name of names) {
      const title = `no silent loss ${name}`;
      test(`${name}${reason(subject, title)}`, () => {
        const told = meaningOf(subject, { ...BASE, [name]: subject.telling[name] });
        if (title in subject.skips) expect(told).toEqual(meaningOf(subject, BASE));
        else expect(told).not.toEqual(meaningOf(subject, BASE));
      });
    }
  });
}

/** What everybody may know of the request: its words without the bags, and its needs. */
function meaningOf({ checks, dialect }: Subject, body: Json): unknown {
  valid(checks.request, body);
  const request = dialect.surface.readRequest(body as never);
  return { words: withoutBags(request), needs: [...needsOf(request)] };
}

function withoutBags(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === "extra" ? undefined : inner)));
}

function tornEvents(subject: Subject, all: readonly Situation[]): void {
  for (const { name, events } of all) {
    if (events) test(`torn bytes ${name}`, () => tornBytes(subject, bytesOf(subject, events)));
  }
}
