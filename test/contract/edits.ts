/** Deliberate changes of the contract: those that break a caller, with what the gate has to say, and those that do not. */
import type { Content, Edit } from "./spec-copy.ts";

export interface Break extends Edit {
  readonly title: string;
  readonly document: string;
  /** The place and the sentence, as the gate says them. */
  readonly says: string;
}

const note = { description: "Added by a test.", type: "string" };
const without = (list: unknown[], ...words: string[]): unknown[] =>
  list.filter((word) => !words.includes(String(word)));
const drop = (content: Content, key: string): boolean => Reflect.deleteProperty(content, key);

/** What breaks callers, every one in its own place, so that all of them can be made at once. */
export const BREAKS: readonly Break[] = [
  {
    title: "a request has to have a new property",
    document: "platform",
    file: "platform/schemas/CreateAccountRequest.yaml",
    change: (schema) => {
      schema.properties.colour = note;
      schema.required = [...(schema.required ?? []), "colour"];
    },
    says: "createAccount (POST /v1/accounts), request body: Properties of `CreateAccountRequest` became required: `colour`.",
  },
  {
    title: "a request may not say what it could",
    document: "platform",
    file: "platform/schemas/DepositCreditsRequest.yaml",
    change: ({ properties }) => drop(properties, "reference"),
    says: "depositCredits (POST /v1/accounts/{account_id}/credits), request body: Property `reference` of the request was removed: what callers say by it is heard no more.",
  },
  {
    title: "an answer loses a property",
    document: "platform",
    file: "platform/schemas/Account.yaml",
    change: (schema) => {
      drop(schema.properties, "created_at");
      schema.required = without(schema.required, "created_at");
    },
    says: "listAccounts (GET /v1/accounts), answer 200: Property `created_at` of `Account` was removed.",
  },
  {
    title: "an answer may leave out what it always had",
    document: "platform",
    file: "platform/schemas/Lot.yaml",
    change: (schema) => {
      schema.required = without(schema.required, "remaining");
    },
    says: "Properties of `Lot` are no longer required: `remaining`.",
  },
  {
    title: "an answer may be null where it never was",
    document: "platform",
    file: "platform/schemas/UsageSum.yaml",
    change: ({ properties }) => {
      properties.requests.type = ["integer", "null"];
    },
    says: "summarizeUsage (GET /v1/usage/summary), answer 200: Type of `requests` widened from 'integer' to 'integer | null'.",
  },
  {
    title: "a request may not use a word any more",
    document: "chat-completions",
    file: "chat-completions/schemas/ToolChoiceMode.yaml",
    change: (schema) => {
      schema.enum = without(schema.enum, "required");
    },
    says: "createChatCompletion (POST /v1/chat/completions), request body: Enum of `ToolChoiceMode` lost values: 'required'.",
  },
  {
    title: "an answer uses a word that nobody knows",
    document: "platform",
    file: "platform/schemas/ReceiptStatus.yaml",
    change: (schema) => schema.enum.push("lost"),
    says: "Enum of `ReceiptStatus` gained values: 'lost'.",
  },
  {
    title: "a word of an answer is another one",
    document: "chat-completions",
    file: "chat-completions/schemas/AnswerMessage.yaml",
    change: ({ properties }) => {
      properties.role.const = "model";
    },
    says: "createChatCompletion (POST /v1/chat/completions), answer 200: `const` of `role` changed from 'assistant' to 'model'.",
  },
  {
    title: "a status is gone",
    document: "platform",
    file: "platform/paths/v1_accounts_{account_id}_lots.yaml",
    change: ({ post }) => drop(post.responses, "409"),
    says: "depositTokens (POST /v1/accounts/{account_id}/lots), answer 409: Response `409` was removed.",
  },
  {
    title: "the redirect is gone",
    document: "messages",
    file: "messages/paths/v1_messages.yaml",
    change: ({ post }) => drop(post.responses, "307"),
    says: "createMessage (POST /v1/messages), answer 307: Response `307` was removed.",
  },
  {
    title: "a path is gone",
    document: "platform",
    file: "platform/openapi.yaml",
    change: ({ paths }) => drop(paths, "/v1/route:explain"),
    says: "/v1/route:explain: Path `/v1/route:explain` was removed.",
  },
  {
    title: "an operation is gone",
    document: "platform",
    file: "platform/paths/v1_offers_{offer_id}.yaml",
    change: (path) => drop(path, "patch"),
    says: "updateOffer (PATCH /v1/offers/{offer_id}): Operation `PATCH /v1/offers/{offer_id}` was removed.",
  },
  {
    title: "a type is another one",
    document: "platform",
    file: "platform/schemas/Tokens.yaml",
    change: (schema) => {
      schema.type = "integer";
    },
    says: "Type of `Tokens` widened from 'string' to 'integer'.",
  },
  {
    title: "a text has to be shorter",
    document: "platform",
    file: "platform/schemas/NewName.yaml",
    change: (schema) => {
      schema.maxLength = 8;
    },
    says: "createInstrument (POST /v1/instruments), request body: `maxLength` of `NewName` changed from '64' to '8'.",
  },
  {
    title: "a parameter has to be there",
    document: "platform",
    file: "platform/parameters/overrun.yaml",
    change: (parameter) => {
      parameter.required = true;
    },
    says: "listUsage (GET /v1/usage), parameters: `overrun` query parameter became required.",
  },
  {
    title: "a new parameter has to be there",
    document: "messages",
    file: "messages/paths/v1_models.yaml",
    change: ({ get }) => {
      const parameter = { name: "colour", in: "query", required: true, description: "Added.", schema: note };
      get.parameters = [...(get.parameters ?? []), parameter];
    },
    says: "listModels (GET /v1/models), parameters: Required `colour` query parameter was added.",
  },
  {
    title: "a parameter is gone",
    document: "platform",
    file: "platform/paths/v1_usage.yaml",
    change: ({ get }) => {
      get.parameters = get.parameters.filter(({ $ref = "" }) => !$ref.endsWith("of-key.yaml"));
    },
    says: "listUsage (GET /v1/usage), parameters: `key_id` query parameter was removed.",
  },
  {
    title: "a body has to be there",
    document: "platform",
    file: "platform/paths/v1_keys_{key_id}_rotate.yaml",
    change: ({ post }) => {
      post.requestBody.required = true;
    },
    says: "rotateKey (POST /v1/keys/{key_id}/rotate), request body: Request body became required.",
  },
  {
    title: "one way to show a key is gone",
    document: "platform",
    file: "platform/openapi.yaml",
    change: (root) => {
      root.security = root.security.filter((way: object) => !("apiKey" in way));
    },
    says: "#/security/1: Security requirement `apiKey` is no longer accepted.",
  },
  {
    title: "the key is in another header",
    document: "messages",
    file: "messages/openapi.yaml",
    change: ({ components }) => {
      components.securitySchemes.apiKey.name = "x-other-key";
    },
    says: "#/components/securitySchemes/apiKey: `name` of security scheme `apiKey` changed from 'x-api-key' to 'x-other-key'.",
  },
  {
    title: "what is open to everyone needs a key",
    document: "chat-completions",
    file: "chat-completions/paths/v1_models.yaml",
    change: ({ get }) => {
      get.security = get.security.filter((way: object) => Object.keys(way).length > 0);
    },
    says: "listModels (GET /v1/models), security: Calling it without a key is no longer accepted.",
  },
  {
    title: "an operation has another name",
    document: "platform",
    file: "platform/paths/v1_purchases_{purchase_id}.yaml",
    change: ({ get }) => {
      get.operationId = "readPurchase";
    },
    says: "retrievePurchase (GET /v1/purchases/{purchase_id}): `operationId` of operation `GET /v1/purchases/{purchase_id}` changed from 'retrievePurchase' to 'readPurchase'.",
  },
  {
    title: "the stream is gone",
    document: "messages",
    file: "messages/paths/v1_messages.yaml",
    change: ({ post }) => drop(post.responses["200"].content, "text/event-stream"),
    says: "createMessage (POST /v1/messages), answer 200: Media type `text/event-stream` was removed.",
  },
  {
    title: "the stream ends with another word",
    document: "chat-completions",
    file: "chat-completions/paths/v1_chat_completions.yaml",
    change: ({ post }) => {
      post.responses["200"].content["text/event-stream"]["x-sse"].done = "[END]";
    },
    says: 'createChatCompletion (POST /v1/chat/completions), answer 200: The framing of its stream, `x-sse`, changed from {"done":"[DONE]"} to {"done":"[END]"}.',
  },
  {
    title: "a kind of part is not taken any more",
    document: "chat-completions",
    file: "chat-completions/schemas/AssistantPart.yaml",
    change: (schema) => schema.oneOf.pop(),
    says: "createChatCompletion (POST /v1/chat/completions), request body: `oneOf` subschema of `AssistantPart` was removed.",
  },
  {
    title: "what is unknown is not taken any more",
    document: "messages",
    file: "messages/schemas/CountMessageTokensRequest.yaml",
    change: (schema) => {
      schema.additionalProperties = false;
    },
    says: "countMessageTokens (POST /v1/messages/count_tokens), request body: `additionalProperties` of `CountMessageTokensRequest` was set to 'false'.",
  },
  {
    title: "an answer loses a header",
    document: "platform",
    file: "platform/paths/v1_suppliers.yaml",
    change: ({ get }) => drop(get.responses["200"].headers, "x-request-id"),
    says: "listSuppliers (GET /v1/suppliers), answer 200: Response header `x-request-id` was removed.",
  },
  {
    title: "a server is gone",
    document: "chat-completions",
    file: "chat-completions/openapi.yaml",
    change: ({ servers }) => servers.splice(1, 1),
    says: "#/servers/1: Server `https://api.{host}/inline` was removed.",
  },
];

export interface Compatible extends Edit {
  readonly title: string;
}

/** What no caller has to hear of before the next release. */
export const COMPATIBLE: readonly Compatible[] = [
  {
    title: "a request may have a new property",
    file: "platform/schemas/CreateAccountRequest.yaml",
    change: ({ properties }) => {
      properties.colour = note;
    },
  },
  {
    title: "an answer has a new property",
    file: "platform/schemas/Account.yaml",
    change: ({ properties }) => {
      properties.colour = note;
    },
  },
  {
    title: "there is a new operation",
    file: "platform/openapi.yaml",
    change: ({ paths }) => {
      paths["/v1/other-usage"] = { $ref: "paths/v1_other-usage.yaml" };
    },
  },
  {
    title: "with a file of its own",
    file: "platform/paths/v1_other-usage.yaml",
    change: (path) => {
      const responses = { "204": { description: "Nothing." } };
      path.get = { operationId: "listOtherUsage", summary: "Other", description: "Other.", tags: ["Usage"], responses };
    },
  },
  {
    title: "an operation may be refused in one more way",
    file: "messages/paths/v1_models_{id}.yaml",
    change: ({ get }) => {
      get.responses["429"] = { $ref: "../responses/TooManyRequests.yaml" };
    },
  },
  {
    title: "a description says it better",
    file: "platform/schemas/Lot.yaml",
    change: (schema) => {
      schema.description = "Tokens that were bought together.";
    },
  },
  {
    title: "an example is another one",
    file: "chat-completions/examples/text.yaml",
    change: ({ request }) => {
      request.summary = "Another summary";
    },
  },
  {
    title: "a request may use a new word",
    file: "chat-completions/schemas/ToolChoiceMode.yaml",
    change: (schema) => schema.enum.push("sometimes"),
  },
  {
    title: "a request may be null where it was not",
    file: "messages/schemas/CountMessageTokensRequest.yaml",
    change: ({ properties }) => {
      properties.model.type = ["string", "null"];
    },
  },
  {
    title: "a text may be longer",
    file: "platform/schemas/NewName.yaml",
    change: (schema) => {
      schema.maxLength = 128;
    },
  },
  {
    title: "there is a parameter that nobody needs",
    file: "messages/paths/v1_models.yaml",
    change: ({ get }) => {
      const parameter = { name: "colour", in: "query", required: false, description: "Added.", schema: note };
      get.parameters = [...(get.parameters ?? []), parameter];
    },
  },
  {
    title: "an operation is on its way out",
    file: "platform/paths/v1_purchases_{purchase_id}.yaml",
    change: ({ get }) => {
      get.deprecated = true;
    },
  },
  {
    title: "a property of a request is no longer needed",
    file: "platform/schemas/DepositTokensRequest.yaml",
    change: (schema) => {
      schema.required = without(schema.required, "tokens");
    },
  },
];
