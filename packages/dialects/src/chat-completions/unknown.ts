/** What of a request the contract does not know. */
import { document } from "@interchange/contract/chat-completions";
import { type UnknownIn, unknownProperties } from "../unknown-property.ts";

export const unknownIn: UnknownIn = unknownProperties(document, "CreateChatCompletionRequest");
