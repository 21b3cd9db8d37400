/**
 * Provenance: whose thinking it is. What a supplier signed is told to callers under the supplier's mark, so that it is
 * given back to that supplier alone, byte for byte, and to nobody who would not know it.
 */
import { hash } from "node:crypto";
import {
  type InferenceAnswer,
  type InferenceEvent,
  type InferenceRequest,
  type Message,
  type Part,
  type Place,
  wishesOf,
} from "@interchange/inference";

/** Who is to be given back what is its own. */
export interface Thinker {
  /** The supplier's name. */
  readonly name: string;
  /** Whether it checks that thinking is its own, so that none may be sent of which that is not known. */
  readonly verifies: boolean;
}

type Thought = Extract<Part, { type: "reasoning" }>;

/**
 * The request as this supplier may have it. Thinking under its own mark is as it told it. Under another's mark it is left
 * out, and so is what is signed and has no mark: somebody else signed it. Without either it may be anybody's, and is left
 * out only where it would be checked. A turn of which nothing is left goes with it, and a turn at work that has lost the
 * thought it began with goes on without thinking.
 */
export function withOwnThinking(request: InferenceRequest, supplier: Thinker): InferenceRequest {
  if (!request.messages.some(hasThought)) return request;
  const mark = markOf(supplier.name);
  const own = request.messages.map((message) => ownMessage(message, mark, supplier.verifies));
  const messages = own.filter((message, index) => message.content.length > 0 || request.messages[index] === message);
  if (!supplier.verifies || !hasLostItsBeginning(request.messages, own)) return { ...request, messages };
  const isTakenBack = wishesOf(request).has("reasoning");
  return { ...request, messages, reasoning: { mode: "off", ...(isTakenBack ? { isTakenBack } : {}) } };
}

/**
 * Whether a turn at work, whose tools have just answered, has lost the thought that it began with: one that checks lets
 * nobody go on thinking there.
 */
function hasLostItsBeginning(before: readonly Message[], after: readonly Message[]): boolean {
  const asked = before.findLastIndex(({ role, content }) => role === "user" && !content.every(isResult));
  return after.some(
    ({ content }, index) =>
      index > asked && before[index]?.content[0]?.type === "reasoning" && content[0]?.type !== "reasoning",
  );
}

function isResult(part: Part): boolean {
  return part.type === "tool-result";
}

function hasThought(message: Message): boolean {
  return message.content.some((part) => part.type === "reasoning");
}

function ownMessage(message: Message, mark: string, verifies: boolean): Message {
  if (!hasThought(message)) return message;
  const content = message.content.flatMap((part): readonly Part[] =>
    part.type === "reasoning" ? ownThought(part, mark, verifies) : [part],
  );
  return { ...message, content };
}

function ownThought(part: Thought, mark: string, verifies: boolean): readonly Thought[] {
  const { signature, redacted, ...bare } = part;
  if (!signature && redacted === undefined) return verifies ? [] : [part];
  if (![signature, redacted].every((proof) => proof === undefined || proof.startsWith(mark))) return [];
  const original = { signature: signature?.slice(mark.length), redacted: redacted?.slice(mark.length) };
  return [
    {
      ...bare,
      // An empty signature under a mark is one that the supplier never gave.
      ...(original.signature ? { signature: original.signature } : {}),
      ...(original.redacted === undefined ? {} : { redacted: original.redacted }),
    },
  ];
}

/** Marks what one supplier tells. Fresh for each stream, since it remembers what is open. */
export interface Marking {
  answer(answer: InferenceAnswer): InferenceAnswer;
  /** Mostly the event itself and nothing more; the same object where nothing is to be marked. */
  event(event: InferenceEvent): readonly InferenceEvent[];
}

/**
 * Thinking that ends without a signature is given an empty one under the mark, so that it too finds its way home.
 */
export function marking(supplier: string): Marking {
  const mark = markOf(supplier);
  const proven = new Set<string>();
  return {
    answer: (answer) => markAnswer(answer, mark),
    event(event) {
      switch (event.type) {
        case "reasoning-start":
          if (event.redacted === undefined) return [event];
          proven.add(keyOf(event));
          return [{ ...event, redacted: mark + event.redacted }];
        case "reasoning-signature":
          proven.add(keyOf(event));
          return [{ ...event, signature: mark + event.signature }];
        case "reasoning-end": {
          const { choice, part } = event;
          if (proven.delete(keyOf(event))) return [event];
          return [{ type: "reasoning-signature", choice, part, signature: mark }, event];
        }
        default:
          return [event];
      }
    },
  };
}

function keyOf({ choice, part }: Place): string {
  return `${choice}.${part}`;
}

function markAnswer(answer: InferenceAnswer, mark: string): InferenceAnswer {
  if (!answer.choices.some(({ content }) => content.some((part) => part.type === "reasoning"))) return answer;
  const choices = answer.choices.map((choice) => ({
    ...choice,
    content: choice.content.map((part) => (part.type === "reasoning" ? markThought(part, mark) : part)),
  }));
  return { ...answer, choices };
}

function markThought(part: Thought, mark: string): Thought {
  const { signature, redacted } = part;
  if (redacted === undefined) return { ...part, signature: mark + (signature ?? "") };
  return { ...part, redacted: mark + redacted, ...(signature === undefined ? {} : { signature: mark + signature }) };
}

/** `ix1.`, ten signs of the name's SHA-256, and a dot. It keeps suppliers apart and tells callers nothing of them. */
function markOf(supplier: string): string {
  return `ix1.${hash("sha256", supplier, "base64url").slice(0, TAG_CHARS)}.`;
}

const TAG_CHARS = 10;
