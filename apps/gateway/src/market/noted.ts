/** What health has learned, as a note that outlives the gateway. */
import type { Health } from "@interchange/routing";
import type { Noted } from "../notes.ts";

export function notedHealth(health: Health, clock: () => number): Noted {
  return {
    name: "health",
    revision: () => health.revision(),
    write: () => health.write(),
    read: (document) => health.read(document, clock()),
  };
}
