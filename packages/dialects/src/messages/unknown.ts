/** What of a request the contract does not know. */
import { document } from "@interchange/contract/messages";
import { type UnknownIn, unknownProperties } from "../unknown-property.ts";

export const unknownIn: UnknownIn = unknownProperties(document, "CreateMessageRequest");
