/** What the page loads: the client, and the cases, which it runs by their names. */
import * as client from "../src/index.ts";
import { cases } from "./cases.ts";
import type { Place } from "./market.ts";

const runs = Object.fromEntries(cases.map(({ name, run }) => [name, run]));

Object.assign(globalThis, { runCase: (name: string, place: Place) => runs[name]?.(client, place) });
