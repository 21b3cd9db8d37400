/** The estimate of a prompt: what it weighs, and what that comes to in tokens. */
export { createEstimator, type Estimator } from "./estimator.ts";
export { textBytesOf, type Weight, weigh } from "./weight.ts";
