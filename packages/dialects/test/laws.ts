/** The laws that every dialect proves, on every situation of its contract and on what real clients send. */
import type { Check } from "@interchange/contract";
import {
  FEATURES,
  fold,
  type InferenceAnswer,
  type InferenceEvent,
  isFailure,
  needsOf,
  statusOf,
} from "@interchange/inference";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dialect, NO_QUIRKS } from "../src/index.ts";
import { valuesOf } from "./body.ts";
import { jsonOf, mutations } from "./mutation.ts";
import { REFUSALS } from "./refusals.ts";
import { captures, type Json, type Situation, situations } from "./situation.ts";

export interface Subject {
  readonly dialect: Dialect<never>;
  readonly document: unknown;
  readonly schemas: { readonly request: string; readonly answer: string; readonly event: string };
  readonly checks: {
    readonly request: Check;
    readonly event: Check;
    readonly responses: Readonly<Record<number, Check>>;
  };
  /** The body as a supplier gets it, when nothing is lost. */
  sent(body: Json, model: string): Json;
  /** The answer as a caller gets it, when nothing is lost. */
  told(answer: Json): Json;
  /** One record of a stream; `json` is the event. */
  frame(type: unknown, json: string): string;
  /** What ends a stream beside its events. */
  readonly done: string;
  /** For each property of a request that has a meaning elsewhere or only for some: a value that says something. */
  readonly telling: Json;
  /** `<law> <situation>` → why it cannot hold there. */
  readonly skips: Readonly<Record<string, string>>;
}

const RUNS = { numRuns: 300 };
const MODEL = "their-model";
const TARGET = { model: MODEL, features: new Set(FEATURES), quirks: NO_QUIRKS };
const REQUEST_ID = "req_01LawsOfDialects";

export function laws(subject: Subject): void {
  const all = situations(subject.dialect.name);
  describe(subject.dialect.name, () => {
    sayItBack(subject, all);
    foldAndRetell(subject, all);
    inContract(subject, all);
    inContractWhateverComes(subject, all);
    noSilentLoss(subject);
    tornBytes(subject, all);
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

/** As it is after a trip over the wire, where `-0` is no number and `undefined` no value. */
function wire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
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

function read(dialect: Dialect<never>, body: Json): InferenceAnswer {
  const answer = dialect.supplier.readAnswer(body);
  if (isFailure(answer)) throw new Error(answer.message);
  return answer;
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

/** A stream leaves out what a whole answer says with null. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const said = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(said.map(([key, inner]) => [key, withoutNulls(inner)]));
}

function write({ dialect }: Subject, events: readonly InferenceEvent[]): readonly Json[] {
  const writer = dialect.surface.writeEvents({ showUsage: true, requestId: REQUEST_ID });
  return events.flatMap((event) => writer.write(event)) as readonly Json[];
}

function bytesOf({ frame, done }: Subject, events: readonly Json[], end = done): Buffer {
  return Buffer.from(events.map((event) => frame(event.type, JSON.stringify(event))).join("") + end);
}

function readWhole(subject: Subject, events: readonly Json[]): readonly InferenceEvent[] {
  return readPieces(subject, [bytesOf(subject, events)]);
}

function readPieces({ dialect }: Subject, pieces: readonly Uint8Array[]): readonly InferenceEvent[] {
  const reader = dialect.supplier.readEvents();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
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

function valid(check: Check, value: unknown): void {
  expect(check(wire(value)) ? null : check.errors).toBe(null);
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

type Property = Readonly<Record<string, unknown>>;

/** The properties of a request whose meaning must not get lost on the way to a supplier. */
function meaningful({ document, schemas }: Subject): readonly string[] {
  const { components } = document as { readonly components: { readonly schemas: Record<string, Property> } };
  const properties = components.schemas[schemas.request]?.properties as Readonly<Record<string, Property>>;
  const entries = Object.entries(properties);
  return entries.filter(([, { "x-translation": kind }]) => kind === "map" || kind === "filter").map(([name]) => name);
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

const BASE: Json = { model: "m", max_tokens: 1, messages: [{ role: "user", content: "hi" }] };

/** What everybody may know of the request: its words without the bags, and its needs. */
function meaningOf({ checks, dialect }: Subject, body: Json): unknown {
  valid(checks.request, body);
  const request = dialect.surface.readRequest(body as never);
  return { words: withoutBags(request), needs: [...needsOf(request)] };
}

function withoutBags(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === "extra" ? undefined : inner)));
}

function tornBytes(subject: Subject, all: readonly Situation[]): void {
  for (const { name, events } of all) {
    if (!events) continue;
    test(`torn bytes ${name}`, () => {
      const bytes = bytesOf(subject, events);
      const want = JSON.stringify(readPieces(subject, [bytes]));
      for (let cut = 1; cut < bytes.length; cut++) {
        const got = readPieces(subject, [bytes.subarray(0, cut), bytes.subarray(cut)]);
        if (JSON.stringify(got) !== want) expect(got, `cut at ${cut}`).toEqual(JSON.parse(want));
      }
      const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
      expect(JSON.stringify(readPieces(subject, single))).toBe(want);
    });
  }
}
