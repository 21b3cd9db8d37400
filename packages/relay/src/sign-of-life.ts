/** Signs of life: what a supplier sends to be heard, and says nothing with. */
import type { Told } from "@interchange/dialects";
import type { InferenceEvent } from "@interchange/inference";

/** Whether nothing in there takes the answer any further. What says something mostly does so with its first event. */
export function isSignOfLife(told: readonly Told[]): boolean {
  return told.every(({ event }) => saysNothing(event));
}

/** Usage is told over and over by some, and texts without a letter are others' way to keep a connection open. */
function saysNothing(event: InferenceEvent): boolean {
  return event.type === "ping" || event.type === "usage" || ("text" in event && event.text === "");
}
