/** An answer told in steps, for those who asked for steps and were answered at once: the inverse of `fold`. */
import type { Choice, InferenceAnswer } from "./answer.ts";
import type { InferenceEvent, Place } from "./event.ts";
import type { Extra } from "./extra.ts";
import type { Part } from "./part.ts";
import type { Usage } from "./usage.ts";

/** The events of a whole stream. Parts that only a request can have are not told. */
export function eventsOf(answer: InferenceAnswer): readonly InferenceEvent[] {
  const { id, model, createdAtS, usage, choices, extra } = answer;
  const createdAt = createdAtS === undefined ? {} : { createdAtS };
  return [
    { type: "start", id, model, ...createdAt, usage: atStart(usage), ...extraIn(extra) },
    ...choices.flatMap(choiceEvents),
    { type: "usage", usage },
    { type: "end" },
  ];
}

/** What was known before the first word: the input. */
function atStart({ raw: _, reasoning: __, ...usage }: Usage): Usage {
  return { ...usage, output: 0 };
}

function choiceEvents({ index, content, finish, extra }: Choice): InferenceEvent[] {
  const parts = content.flatMap((part, nth) => partEvents(part, { choice: index, part: nth }));
  return [...parts, { type: "finish", choice: index, finish, ...extraIn(extra) }];
}

function partEvents(part: Part, at: Place): InferenceEvent[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return textEvents(part, at);
    case "reasoning":
      return reasoningEvents(part, at);
    case "tool-call":
      return [
        { type: "tool-input-start", ...at, callId: part.callId, name: part.name, ...extraIn(part.extra) },
        ...(part.input === "" ? [] : [{ type: "tool-input-delta" as const, ...at, text: part.input }]),
        { type: "tool-input-end", ...at },
      ];
    case "opaque":
      return opaqueEvents(part, at);
    default:
      return [];
  }
}

function textEvents(part: Extract<Part, { type: "text" | "refusal" }>, at: Place): InferenceEvent[] {
  const grown: InferenceEvent[] = part.text === "" ? [] : [{ type: `${part.type}-delta`, ...at, text: part.text }];
  return [{ type: `${part.type}-start`, ...at, ...extraIn(part.extra) }, ...grown, { type: `${part.type}-end`, ...at }];
}

function reasoningEvents(part: Extract<Part, { type: "reasoning" }>, at: Place): InferenceEvent[] {
  const { text, signature, redacted, extra } = part;
  const hidden = redacted === undefined ? {} : { redacted };
  const grown: InferenceEvent[] = text === "" ? [] : [{ type: "reasoning-delta", ...at, text }];
  const signed: InferenceEvent[] = signature === undefined ? [] : [{ type: "reasoning-signature", ...at, signature }];
  return [
    { type: "reasoning-start", ...at, ...hidden, ...extraIn(extra) },
    ...grown,
    ...signed,
    { type: "reasoning-end", ...at },
  ];
}

function opaqueEvents({ dialect, wire, deltas = [] }: Extract<Part, { type: "opaque" }>, at: Place): InferenceEvent[] {
  return [
    { type: "opaque-start", dialect, wire, ...at },
    ...deltas.map((delta): InferenceEvent => ({ type: "opaque-delta", dialect, wire: delta, ...at })),
    { type: "opaque-end", dialect, ...at },
  ];
}

function extraIn(extra: Extra | undefined): { readonly extra?: Extra } {
  return extra === undefined ? {} : { extra };
}
