/** The laws once more, on what real servers say: with all their habits, and with all that has gone wrong elsewhere. */
import type { Check } from "@interchange/contract";
import {
  fold,
  type InferenceAnswer,
  type InferenceEvent,
  isFailure,
  type SupplierFailure,
} from "@interchange/inference";
import { describe, expect, test } from "vitest";
import { type Json, SITUATIONS } from "./situation.ts";
import {
  bytesOf,
  MODEL,
  readPieces,
  type Subject,
  TARGET,
  tornBytes,
  valid,
  wire,
  withoutNulls,
  wordsOf,
  write,
} from "./subject.ts";
import { summary } from "./summary.ts";
import { type Transcript, transcripts } from "./transcripts.ts";
import { WANTED } from "./wanted.ts";

export function transcriptLaws(subject: Subject): void {
  const all = transcripts(subject.dialect.name);
  describe(`${subject.dialect.name} transcripts`, () => {
    test("there is one of every situation", () => {
      expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining([...SITUATIONS]));
    });
    test("every skip is of a transcript that there is", () => {
      const names = all.map(({ name }) => name);
      const skipped = Object.keys(subject.transcriptSkips).map((title) => title.split(" ").at(-1));
      expect(names).toEqual(expect.arrayContaining(skipped));
    });
    for (const transcript of all) lawsOf(subject, transcript);
  });
}

function lawsOf(subject: Subject, transcript: Transcript): void {
  const { name, request, stream, whole } = transcript;
  test(`request in contract, said back: ${name}`, () => checkRequest(subject, request));
  if (whole !== undefined) wholeLaws(subject, name, whole);
  if (stream === undefined) return;
  const told = readPieces(subject, [stream]);
  const wanted = WANTED[subject.dialect.name]?.[name];
  test(`comes to what is wanted: ${name}`, () => {
    expect(wanted, `${name} has no row in WANTED (test/wanted.ts): say there what it comes to`).toBeDefined();
    expect(summary(fold(told))).toBe(wanted?.[1]);
  });
  test(`in contract: events ${name}`, () => {
    for (const event of write(subject, told)) valid(subject.checks.event, event);
  });
  test(`ends once: ${name}`, () => checkEnding(told));
  law(subject, `re-tell ${name}`, () => {
    const again = readPieces(subject, [bytesOf(subject, write(subject, told))]);
    expect(meaning(subject, fold(again))).toEqual(meaning(subject, fold(told)));
  });
  test(`torn bytes ${name}`, () => tornBytes(subject, stream));
  if (whole?.status !== 200) return;
  law(subject, `fold ${name}`, () => {
    const answer = subject.dialect.supplier.readAnswer(JSON.parse(whole.text));
    expect(meaning(subject, fold(told))).toEqual(meaning(subject, answer));
  });
}

/** A test, or a skip with its reason. */
function law({ transcriptSkips }: Subject, title: string, prove: () => void): void {
  const reason = transcriptSkips[title];
  test.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (${reason})`, prove);
}

function checkRequest({ checks, dialect, sent }: Subject, body: Json): void {
  valid(checks.request, body);
  const request = dialect.surface.readRequest(body as never);
  expect(wire(dialect.supplier.writeRequest(request, TARGET).body)).toEqual(sent(body, MODEL));
}

function wholeLaws(subject: Subject, name: string, whole: NonNullable<Transcript["whole"]>): void {
  const { dialect, checks } = subject;
  if (whole.status !== 200) {
    test(`a refusal is a failure: ${name}`, () => {
      const failure = dialect.supplier.readRefusal(whole.status, whole.headers, whole.text);
      expect(failure).toMatchObject({ status: whole.status, message: expect.stringMatching(/\S/) });
    });
    return;
  }
  const answer = dialect.supplier.readAnswer(JSON.parse(whole.text));
  if (isFailure(answer)) {
    test(`no answer is a failure: ${name}`, () => expect(answer.message).toMatch(/\S/));
    return;
  }
  test(`in contract: answer ${name}`, () => valid(checks.responses[200] as Check, dialect.surface.writeAnswer(answer)));
  law(subject, `say it back ${name}`, () => {
    expect(wire(dialect.surface.writeAnswer(answer))).toMatchObject(withoutNulls(JSON.parse(whole.text)) as Json);
  });
}

/** The last event, and no other, is the end or an error. */
function checkEnding(told: readonly InferenceEvent[]): void {
  const last = told.map(({ type }) => type === "end" || type === "error");
  expect(last.indexOf(true)).toBe(told.length - 1);
}

/** The words, and how the format says them where they are its own. */
function meaning({ dialect, content }: Subject, answer: InferenceAnswer | SupplierFailure): unknown {
  if (isFailure(answer)) return wordsOf(answer);
  return { words: wordsOf(answer), content: withoutNulls(content(wire(dialect.surface.writeAnswer(answer)) as Json)) };
}
