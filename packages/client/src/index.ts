/** The typed client of every document of the contract. */
export * from "./core.ts";
export * from "./generated/index.ts";
