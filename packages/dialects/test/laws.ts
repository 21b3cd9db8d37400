/** The laws that every dialect proves, on every situation of its contract and on what real clients send. */
import type { Check } from "@interchange/contract";
import { fold, type InferenceAnswer, type InferenceEvent, isFailure, statusOf } from "@interchange/inference";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dialect } from "../src/index.ts";
import { valuesOf } from "./body.ts";
import { REFUSALS } from "./refusals.ts";
import { captures, type Json, type Situation, situations } from "./situation.ts";

export interface Subject {
  readonly dialect: Dialect<never>;
  readonly document: unknown;
  readonly schemas: { readonly request: string; readonly answer: string };
  readonly checks: {
    readonly request: Check;
    readonly event: Check;
    readonly responses: Readonly<Record<number, Check>>;
  };
  /** The body as a supplier gets it, when nothing is lost. */
  sent(body: Json, model: string): Json;
  /** The answer as a caller gets it, when nothing is lost. */
  told(answer: Json): Json;
  frame(event: Json): string;
  /** What ends a stream beside its events. */
  readonly done: string;
  /** `<law> <situation>` → why it cannot hold there. */
  readonly skips: Readonly<Record<string, string>>;
}

const RUNS = { numRuns: 300 };
const MODEL = "their-model";
const REQUEST_ID = "req_01LawsOfDialects";

export function laws(subject: Subject): void {
  const all = situations(subject.dialect.name);
  describe(subject.dialect.name, () => {
    sayItBack(subject, all);
    foldAndRetell(subject, all);
    inContract(subject, all);
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
  expect(wire(dialect.supplier.writeRequest(request, MODEL))).toEqual(sent(body, MODEL));
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

function bytesOf({ frame, done }: Subject, events: readonly Json[]): Buffer {
  return Buffer.from(events.map(frame).join("") + done);
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
