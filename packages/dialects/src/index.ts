/** Wire formats of inference. */
export type * from "./dialect.ts";
