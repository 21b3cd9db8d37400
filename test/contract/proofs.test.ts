/** Goal: what the contract promises of itself is held, and turns the gate red where it is not. Method: spoilt copies of spec/ under the gate's own commands. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readText } from "../workspace.ts";
import { type Edit, type Outcome, SpecCopy } from "./spec-copy.ts";

interface Spoilt extends Edit {
  readonly title: string;
  /** The rule and, where it has words of ours, the words. */
  readonly says: RegExp;
}

const text = { description: "Added by a test.", type: "string" };

const SPOILT: readonly Spoilt[] = [
  {
    title: "an example of an answer that does not fit its schema",
    file: "chat-completions/examples/text.yaml",
    change: ({ answer }) => {
      answer.value.choices[0].index = "first";
    },
    says: /no-invalid-media-type-examples +Example value must conform to the schema: `index` property type must be integer/,
  },
  {
    title: "an example of a request that lacks what it needs",
    file: "messages/examples/system.yaml",
    change: ({ request }) => Reflect.deleteProperty(request.value, "max_tokens"),
    says: /no-invalid-media-type-examples +Example value must conform to the schema: must have required property 'max_tokens'/,
  },
  {
    title: "an example of an error that does not fit its schema",
    file: "platform/examples/error-404.yaml",
    change: ({ error }) => {
      error.value.error.message = 404;
    },
    says: /no-invalid-media-type-examples +Example value must conform to the schema: `message` property type must be string/,
  },
  {
    title: "an example beside a schema that does not fit it",
    file: "platform/schemas/Instant.yaml",
    change: (schema) => {
      schema.examples = [17];
    },
    says: /no-invalid-schema-examples/,
  },
  {
    title: "a property without a description",
    file: "platform/schemas/Lot.yaml",
    change: ({ properties }) => {
      properties.colour = { type: "string" };
    },
    says: /house\/property-description +Property `colour` has to say in a description what it means\./,
  },
  {
    title: "a schema without a description",
    file: "messages/schemas/TextBlock.yaml",
    change: (schema) => Reflect.deleteProperty(schema, "description"),
    says: /house\/schema-description +A schema with a name has to say in a description what it stands for\./,
  },
  {
    title: "a property of a request that does not say what becomes of it",
    file: "chat-completions/schemas/CreateChatCompletionRequest.yaml",
    change: ({ properties }) => {
      properties.colour = text;
    },
    says: /house\/request-translation +Property `colour` of a request body needs `x-translation`/,
  },
  {
    title: "a pattern without words",
    file: "platform/schemas/NewName.yaml",
    change: (schema) => Reflect.deleteProperty(schema, "x-pattern-says"),
    says: /house\/pattern-says +A `pattern` needs `x-pattern-says`/,
  },
  {
    title: "a default",
    file: "platform/schemas/CreateAccountRequest.yaml",
    change: ({ properties }) => {
      properties.colour = { ...text, default: "red" };
    },
    says: /rule\/no-default +A default is told in the description/,
  },
  {
    title: "a discriminator",
    file: "messages/schemas/ImageSource.yaml",
    change: (schema) => {
      schema.discriminator = { propertyName: "type" };
    },
    says: /rule\/no-discriminator +A union is told apart by `const` tags/,
  },
  {
    title: "an answer that does not name the request",
    file: "platform/paths/v1_suppliers.yaml",
    change: ({ get }) => Reflect.deleteProperty(get.responses["200"].headers, "request-id"),
    says: /rule\/response-names-the-request +Every response documents `x-request-id` and `request-id`\./,
  },
  {
    title: "an operationId that is there twice",
    file: "platform/paths/v1_usage.yaml",
    change: ({ get }) => {
      get.operationId = "listLots";
    },
    says: /operation-operationId-unique/,
  },
  {
    title: "an operation without a description",
    file: "platform/paths/v1_purchases_{purchase_id}.yaml",
    change: ({ get }) => Reflect.deleteProperty(get, "description"),
    says: /operation-description/,
  },
];

describe("a contract that is spoilt", () => {
  const copy = new SpecCopy();
  let lint: Outcome;
  beforeAll(async () => {
    for (const edit of SPOILT) copy.edit(edit);
    lint = await copy.lint();
  }, 120_000);
  afterAll(() => copy.remove());

  test("does not pass `lint:spec`", () => expect(lint.code).toBe(1));
  test.each(SPOILT)("is told of $title", ({ says }) => expect(lint.stdout + lint.stderr).toMatch(says));
});

test("a contract that was not generated from does not pass, and the check says which files and what to do", async () => {
  const copy = new SpecCopy();
  onTestFinished(() => copy.remove());
  copy.edit({
    file: "platform/schemas/Lot.yaml",
    change: ({ properties }) => {
      properties.colour = text;
    },
  });
  copy.edit({
    file: "platform/paths/v1_purchases_{purchase_id}.yaml",
    change: ({ get }) => {
      get.operationId = "readPurchase";
    },
  });
  const { code, stdout, stderr } = await copy.checkGenerated();
  expect(stderr).toContain("run `pnpm generate` and commit the result");
  expect(code).toBe(1);
  expect(stdout.trim().split("\n")).toEqual(
    expect.arrayContaining([
      "stale    packages/contract/operations.txt",
      "stale    packages/contract/src/platform/types.ts",
      "stale    packages/client/src/generated/platform.ts",
      "stale    packages/stubs/src/generated/platform.ts",
    ]),
  );
  expect(stdout).not.toMatch(/messages|chat-completions/);
}, 120_000);

test("the gate runs all of it", () => {
  const { scripts } = JSON.parse(readText("package.json")) as { scripts: Record<string, string> };
  expect(scripts["check"]).toMatch(/^pnpm turbo lint:spec breaking lint:code check /);
  expect(scripts["lint:spec"]).toMatch(/redocly lint --config spec\/redocly\.yaml$/);
  const codegen = JSON.parse(readText("packages/codegen/package.json")) as { scripts: Record<string, string> };
  expect(codegen.scripts).toMatchObject({ check: "node src/main.ts --check", breaking: "node src/released/main.ts" });
});
