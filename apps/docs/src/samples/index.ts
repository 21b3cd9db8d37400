/** Samples of every operation in every language, written of the contract's own examples. */
import type { OpenApiDocument } from "@interchange/contract";
import { type Example, isStreamable, type Operation, operationsOf } from "../reference/operation.ts";
import { isNode, type Node } from "../reference/schema.ts";
import { anthropic } from "./anthropic.ts";
import { type Call, callOf } from "./call.ts";
import { client } from "./client.ts";
import { curl } from "./curl.ts";
import { openai } from "./openai.ts";
import { compiling } from "./untyped.ts";
import type { Writer } from "./writer.ts";

export type { Call } from "./call.ts";

/** In the order in which they are offered. */
export const WRITERS: readonly Writer[] = [curl, openai, anthropic, client].map(compiling);

export interface Sample {
  readonly label: string;
  readonly language: Writer["language"];
  readonly source: string;
}

interface Named {
  readonly name: string;
  readonly document: OpenApiDocument;
}

/** Of the operation's first example; once more as a stream where it can answer with one. */
export function samplesOf(reference: Named, operation: Operation, [example] = examplesOf(operation)): Sample[] {
  const streamed = isStreamable(operation) ? [callOf(reference, operation, example, true)] : [];
  return [
    ...samplesOfCall(callOf(reference, operation, example)),
    ...streamed.flatMap((call) => samplesOfCall(call, streamedOf)),
  ];
}

/** Redoc's list of languages has room for eighteen letters. */
function streamedOf(label: string): string {
  return `${label.replace(" SDK", "")}, stream`;
}

/** Every label that a sample may have, in order, with how it is coloured. */
export const LABELS: readonly Omit<Sample, "source">[] = WRITERS.flatMap(({ label, language }) =>
  [label, streamedOf(label)].map((each) => ({ label: each, language })),
);

/** None for an operation that takes no body. */
function examplesOf({ body }: Operation): readonly (Example | undefined)[] {
  return body === undefined ? [undefined] : body.examples;
}

/** One call in every language that has it. */
export function samplesOfCall(call: Call, labelOf = (label: string) => label): Sample[] {
  return WRITERS.flatMap((writer) => {
    const source = writer.write(call);
    return source === undefined ? [] : [{ label: labelOf(writer.label), language: writer.language, source }];
  });
}

/** Every call that the contract shows, each also as a stream where it can be one. */
export function callsOf(reference: Named): Call[] {
  return operationsOf(reference.document).flatMap((operation) =>
    examplesOf(operation).flatMap((example) => {
      const call = callOf(reference, operation, example);
      const isMore = isStreamable(operation) && !call.isStreamed;
      return [call, ...(isMore ? [callOf(reference, operation, example, true)] : [])];
    }),
  );
}

/**
 * The document with `x-codeSamples` in each operation, as Redoc shows them, and in `sources` the same of every example by
 * its name. The document given stays as it is.
 */
export function withSamples(reference: Named): OpenApiDocument {
  const operations = operationsOf(reference.document);
  const paths = Object.entries(reference.document.paths).map(([path, item]) => {
    const inside = Object.entries(item).map(([method, node]) => {
      const operation = operations.find((each) => each.path === path && each.method === method.toUpperCase());
      if (operation === undefined || !isNode(node)) return [method, node];
      return [method, { ...node, "x-codeSamples": codeSamplesOf(reference, operation) }];
    });
    return [path, Object.fromEntries(inside)];
  });
  return { ...reference.document, paths: Object.fromEntries(paths) };
}

function codeSamplesOf(reference: Named, operation: Operation): Node[] {
  const byExample = (operation.body?.examples ?? []).map(
    (example) => [example.name, samplesOf(reference, operation, [example])] as const,
  );
  return samplesOf(reference, operation).map(({ label, language: lang, source }) => {
    const sources = byExample.map(([name, samples]) => [
      name,
      samples.find((each) => each.label === label)?.source ?? source,
    ]);
    return { lang, label, source, ...(sources.length > 1 && { sources: Object.fromEntries(sources) }) };
  });
}
