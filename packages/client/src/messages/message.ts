/** Events → the message that the unstreamed call gives. */
import { StreamError } from "../client-error.ts";
import type { Fold } from "../event-stream.ts";
import { isNode, type Node } from "../growth.ts";
import { addToBlock, type Block, openBlock, writeBlock } from "./block.ts";
import { addUsage } from "./usage.ts";

/** What is gathered, until it is a message. */
interface Draft {
  message: Node | undefined;
  /** In the order in which they began. */
  readonly blocks: Block[];
  /** The last that began with an index. */
  readonly byIndex: Map<unknown, Block>;
}

type Step = (draft: Draft, event: Node) => void;

/** Events that are not here, as `ping` and whatever comes to be, add nothing. */
const steps: Readonly<Record<string, Step>> = {
  message_start(draft, { message }) {
    draft.message ??= structuredClone(message) as Node;
  },
  content_block_start({ blocks, byIndex }, { index, content_block }) {
    const block = openBlock(content_block as Node);
    blocks.push(block);
    byIndex.set(index, block);
  },
  content_block_delta({ byIndex }, { index, delta }) {
    const block = byIndex.get(index);
    if (block) addToBlock(block, delta as Node);
  },
  message_delta(draft, { type: _, delta, usage, ...rest }) {
    if (!draft.message) return;
    Object.assign(draft.message, delta, rest);
    if (isNode(usage)) addUsage(draft.message, usage);
  },
};

export function foldMessage(): Fold<unknown, unknown> {
  const draft: Draft = { message: undefined, blocks: [], byIndex: new Map() };
  return {
    add(event) {
      const { type } = event as Node;
      if (Object.hasOwn(steps, String(type))) steps[String(type)]?.(draft, event as Node);
    },
    answer() {
      const { message, blocks } = draft;
      if (!message) throw new StreamError("the stream ended before a message began: ask again");
      const begun = (message["content"] ?? []) as unknown[];
      return { ...message, content: [...begun, ...blocks.map(writeBlock)] };
    },
  };
}
