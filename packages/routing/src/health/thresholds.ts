/** Thresholds: by what health judges, each with the value that holds unless another is said. */

/** Durations in milliseconds. Counts are whole and at least 1. */
export interface HealthOptions {
  /** How far back the rolling window reaches; up to one bucket less, since it slides by buckets. */
  readonly windowMs?: number;
  /** Into how many parts the window is cut. More of them slide more smoothly and take more memory. */
  readonly buckets?: number;
  /** So many points of failures in a row open a breaker … */
  readonly points?: number;
  /** … when they fall within this time. */
  readonly pointsWithinMs?: number;
  /** What a timeout is worth; any other failure is one point. */
  readonly timeoutPoints?: number;
  /** This share of failures in the window opens a breaker … */
  readonly errorRateMax?: number;
  /** … when there were so many attempts. */
  readonly attemptsMin?: number;
  /** A mean beyond the floors opens a breaker when it is the mean of so many answers. */
  readonly answersMin?: number;
  /** How long a breaker is open at first. */
  readonly restMs?: number;
  /** The longest that it is ever open at a time, whatever a supplier asks for. */
  readonly restMsMax?: number;
  /** A breaker that was closed for so long has its backoff behind it. */
  readonly calmMs?: number;
  /** So many good probes close a breaker … */
  readonly probes?: number;
  /** … and so many when the supplier was only busy. */
  readonly probesOfBusy?: number;
  /** A probe that has not ended by then is taken for lost, and another may begin. */
  readonly probeLostAfterMs?: number;
  /** The time constant of the moving averages. */
  readonly decayMs?: number;
  /** An average that was not fed for so long is forgotten. */
  readonly unknownAfterMs?: number;
}

export type Thresholds = Required<HealthOptions>;

export const THRESHOLDS: Thresholds = Object.freeze({
  windowMs: 30_000,
  buckets: 10,
  points: 5,
  pointsWithinMs: 60_000,
  timeoutPoints: 3,
  errorRateMax: 0.5,
  attemptsMin: 20,
  answersMin: 20,
  restMs: 1_000,
  restMsMax: 60_000,
  calmMs: 60_000,
  probes: 2,
  probesOfBusy: 1,
  probeLostAfterMs: 300_000,
  decayMs: 10_000,
  unknownAfterMs: 300_000,
});
