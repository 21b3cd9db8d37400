/** The words of inference. They import nothing. */
export type { Choice, InferenceAnswer } from "./answer.ts";
export type * from "./event.ts";
export { explain, type ParameterOf, retryAfterMs, statusOf } from "./explanation.ts";
export { type Extra, joinExtra } from "./extra.ts";
export { isFailure, type Overflow, type SupplierFailure } from "./failure.ts";
export { FEATURES, type Feature, TAKEN_FOR_GRANTED, type Wish } from "./feature.ts";
export type { Finish, FinishReason } from "./finish.ts";
export { type Folder, fold, folder } from "./fold.ts";
export { LEVELS_MAX } from "./levels.ts";
export type { Listing } from "./listing.ts";
export { bondsOf, kindsNeeding, needsOf, wishesOf } from "./needs.ts";
export { type NoReload, type NotBought, whyNotBought } from "./not-bought.ts";
export type * from "./part.ts";
export type { Preferences } from "./preferences.ts";
export type {
  Allowance,
  Exclusion,
  FailedAttempt,
  Refusal,
  RefusalKind,
  RefusalOf,
  Remainder,
} from "./refusal.ts";
export type * from "./request.ts";
export { eventsOf } from "./unfold.ts";
export { inputTokens, NO_USAGE, type RawUsage, totalTokens, type Usage } from "./usage.ts";
