/** What is learned of a model's own tokenizer: how its count of a request follows from ours. */
import type { Noted } from "../notes.ts";
import { MEASURED, type Measure, measureBy } from "./measure.ts";

export interface Calibration {
  /** Tokens as the model would count them, a little more rather than less. */
  predict(model: string, measure: Measure): number;
  /** `settled` is all input that the supplier has reported for it. */
  learn(model: string, measure: Measure, settled: number): void;
  /** How many requests of the model were learned from. */
  learned(model: string): number;
  readonly noted: Noted;
}

interface Prior {
  /** The weight as long as nothing is known, and how far from it a model's own may well be. */
  readonly start: number;
  readonly spread: number;
  readonly least: number;
  readonly most: number;
}

/**
 * One weight for each thing measured. Shares of the text weigh besides the text itself, so that a script or a tool never
 * seen before is taken for the model's usual text.
 */
const PRIORS: Readonly<Record<keyof Measure, Prior>> = {
  text: { start: 1, spread: 0.3, least: 0.5, most: 4 },
  twoByte: { start: 0, spread: 0.3, least: -0.5, most: 2 },
  threeByte: { start: 0, spread: 0.3, least: -0.5, most: 2 },
  tools: { start: 0, spread: 0.2, least: -0.5, most: 2 },
  toolset: { start: 0, spread: 1, least: 0, most: 8 },
  marks: { start: 1, spread: 0.5, least: 0, most: 8 },
  media: { start: 1, spread: 0.8, least: 0.05, most: 8 },
};

/** Clients act on a count that is too low too late, and on one that is too high a little early. */
const MARGIN = 1.03;

/** How far, as a share, two texts of one sort and length are apart at a model that counts otherwise. */
const NOISE = 0.05;

/** What is known grows old by this share of its spread with each request: models are exchanged behind their names. */
const DRIFT = 0.02;

interface Knowledge {
  readonly weights: Measure;
  /** How uncertain they are, and how their errors hang together. */
  readonly covariance: Readonly<Record<keyof Measure, Measure>>;
  readonly learned: number;
}

const LEAST = measureBy((key) => PRIORS[key].least);
const MOST = measureBy((key) => PRIORS[key].most);
const UNKNOWN: Knowledge = {
  weights: measureBy((key) => PRIORS[key].start),
  covariance: square((row, column) => (row === column ? PRIORS[row].spread ** 2 : 0)),
  learned: 0,
};

/** The models of a market are few; nobody but the operator can add to them. */
export function createCalibration(): Calibration {
  const known = new Map<string, Knowledge>();
  let revision = 0;
  const of = (model: string): Knowledge => known.get(model) ?? UNKNOWN;
  return {
    predict: (model, measure) => Math.ceil(MARGIN * tokensOf(of(model).weights, measure)),
    learn(model, measure, settled) {
      // Suppliers report nonsense now and then: what no weights could explain is none of the tokenizer's.
      if (settled < tokensOf(LEAST, measure) || settled > tokensOf(MOST, measure)) return;
      known.set(model, corrected(of(model), measure, settled));
      revision += 1;
    },
    learned: (model) => of(model).learned,
    noted: {
      name: "token-counts",
      revision: () => revision,
      write: () => Object.fromEntries(known),
      read(document) {
        for (const [model, kept] of Object.entries(document)) {
          const knowledge = readKnowledge(kept);
          if (knowledge !== undefined) known.set(model, knowledge);
        }
      },
    },
  };
}

/** What is known of a model as it was kept; undefined when it is nothing that could have been learned. */
function readKnowledge(kept: unknown): Knowledge | undefined {
  const { weights, covariance, learned } = (kept ?? {}) as Partial<Record<keyof Knowledge, unknown>>;
  const read = readMeasure(weights);
  const rows = MEASURED.map((row) => readMeasure((covariance as Record<string, unknown> | undefined)?.[row]));
  if (read === undefined || rows.includes(undefined) || !Number.isSafeInteger(learned)) return undefined;
  const doubt = Object.fromEntries(MEASURED.map((row, index) => [row, rows[index]])) as Knowledge["covariance"];
  if (MEASURED.some((row) => doubt[row][row] < 0)) return undefined;
  const bounded = measureBy((key) => within(read[key], LEAST[key], MOST[key]));
  return { weights: bounded, covariance: doubt, learned: Math.max(0, learned as number) };
}

function readMeasure(kept: unknown): Measure | undefined {
  const numbers = (kept ?? {}) as Readonly<Record<string, unknown>>;
  return MEASURED.every((key) => Number.isFinite(numbers[key]))
    ? measureBy((key) => numbers[key] as number)
    : undefined;
}

function tokensOf(weights: Measure, measure: Measure): number {
  const { text, twoByte, threeByte, tools, toolset, marks, media } = measure;
  const shares = weights.twoByte * twoByte + weights.threeByte * threeByte + weights.tools * tools;
  const read = within(weights.text * text + shares, PRIORS.text.least * text, PRIORS.text.most * text);
  return read + weights.toolset * toolset + weights.marks * marks + weights.media * media;
}

/**
 * Recursive least squares over relative errors (a Kalman filter whose state are the weights): of what one request tells,
 * each weight takes as much as it was in doubt and had a part in it.
 */
function corrected({ weights, covariance, learned }: Knowledge, measure: Measure, settled: number): Knowledge {
  const seen = measureBy((key) => measure[key] / settled);
  const doubt = measureBy((key) => dot(covariance[key], seen));
  const total = dot(doubt, seen) + NOISE ** 2;
  const error = 1 - tokensOf(weights, measure) / settled;
  const next = measureBy((key) => within(weights[key] + (doubt[key] / total) * error, LEAST[key], MOST[key]));
  const aged = (row: keyof Measure) => (DRIFT * PRIORS[row].spread) ** 2;
  return {
    weights: next,
    covariance: square(
      (row, column) =>
        covariance[row][column] - (doubt[row] * doubt[column]) / total + (row === column ? aged(row) : 0),
    ),
    learned: learned + 1,
  };
}

function dot(left: Measure, right: Measure): number {
  return MEASURED.reduce((sum, key) => sum + left[key] * right[key], 0);
}

function square(amountOf: (row: keyof Measure, column: keyof Measure) => number): Knowledge["covariance"] {
  const rows = MEASURED.map((row) => [row, measureBy((column) => amountOf(row, column))]);
  return Object.fromEntries(rows) as Knowledge["covariance"];
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
