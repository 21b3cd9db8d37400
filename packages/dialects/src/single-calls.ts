/** The wish for one tool call at a time, which not every supplier heeds. */
import { type InferenceRequest, type Wish, wishesOf } from "@interchange/inference";

export interface HeardCalls {
  /** The request without the wish, where that is not heeded. */
  readonly heard: InferenceRequest;
  readonly unheard: readonly Wish[];
}

export function hearCalls(request: InferenceRequest, isHeeded: boolean): HeardCalls {
  if (isHeeded || !wishesOf(request).has("single-tool-calls")) return { heard: request, unheard: [] };
  const { parallelToolCalls: _, ...heard } = request;
  return { heard, unheard: ["single-tool-calls"] };
}
