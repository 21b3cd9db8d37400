/** The tiny contract and what is generated of it. */
import { resolve } from "node:path";
import { generate } from "../src/index.ts";

export const tinyConfig = resolve(import.meta.dirname, "tiny/redocly.yaml");

/** Every file that the tiny contract becomes. */
export const tinyFiles = await generate(tinyConfig);
