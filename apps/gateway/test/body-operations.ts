/** The operations that read a body, and what each answers to one that is in contract. */
import type { Format } from "@interchange/config";

export interface Operation {
  readonly surface: Format;
  readonly operation: string;
  readonly path: string;
  readonly accepted: number;
}

export const OPERATIONS: readonly Operation[] = [
  { surface: "chat-completions", operation: "createChatCompletion", path: "/v1/chat/completions", accepted: 307 },
  { surface: "messages", operation: "createMessage", path: "/v1/messages", accepted: 307 },
  { surface: "messages", operation: "countMessageTokens", path: "/v1/messages/count_tokens", accepted: 200 },
];
