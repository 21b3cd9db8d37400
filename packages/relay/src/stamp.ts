/** What an answer must have and some suppliers leave out: an id and a time. */
import type { InferenceAnswer, StartEvent } from "@interchange/inference";

/** Ours stand in: the request's own id, and the moment at which the answer was there. */
export function stamp<Head extends InferenceAnswer | StartEvent>(head: Head, requestId: string, nowMs: number): Head {
  return {
    ...head,
    id: head.id === "" ? requestId : head.id,
    createdAtS: head.createdAtS ?? Math.floor(nowMs / 1_000),
  };
}
