/** A measure: a prompt by what models count differently, in tokens of our own tokenizer. */

export interface Measure {
  /** Everything that is text: the conversation, the tools. */
  readonly text: number;
  /** The share of the text in scripts of two bytes a letter, e.g. Greek or Cyrillic. */
  readonly twoByte: number;
  /** The share of the text in scripts of three bytes a letter and in pictographs. */
  readonly threeByte: number;
  /** The share of the text that is tools. */
  readonly tools: number;
  /** Once for all tools: the instructions of a vendor's own that come with them. */
  readonly toolset: number;
  /** What stands unseen around messages, calls and results. */
  readonly marks: number;
  readonly media: number;
}

export const MEASURED = [
  "text",
  "twoByte",
  "threeByte",
  "tools",
  "toolset",
  "marks",
  "media",
] as const satisfies (keyof Measure)[];

/** The same for every part of a measure. */
export function measureBy(amountOf: (key: keyof Measure) => number): Measure {
  return Object.fromEntries(MEASURED.map((key) => [key, amountOf(key)])) as unknown as Measure;
}
