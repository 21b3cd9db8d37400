/** A document of the contract as one text: the Markdown twin of its page. */
import type { Json, OpenApiDocument } from "@interchange/contract";
import { anchorOf } from "../article.ts";
import { samplesOf } from "../samples/index.ts";
import { markdownOfTable, type Row } from "../table.ts";
import { type Answer, type Content, type Operation, operationsOf } from "./operation.ts";
import type { Reference } from "./reference.ts";
import { follow, isNode, type Node, nodesOf, textOf, typeOf } from "./schema.ts";

export function referenceMarkdown(reference: Reference): string {
  const { name, document } = reference;
  const { title, version, description } = document.info;
  const operations = operationsOf(document);
  const tags = nodesOf(document["tags"]);
  const parts = [
    `# ${title} ${version}`,
    `> ${reference.summary}`,
    textOf(description),
    `The OpenAPI 3.1 document: [${name}.openapi.json](${name}.openapi.json)`,
    serversOf(document),
    `## Operations\n\n${operations.map(lineOf).join("\n")}`,
    ...tags.flatMap((tag) => tagOf(reference, tag, operations)),
    "## Schemas",
    ...schemasOf(document),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function serversOf(document: OpenApiDocument): string {
  const servers = nodesOf(document["servers"]).map(
    (each) => `- \`${textOf(each["url"])}\`: ${textOf(each["description"])}`,
  );
  return servers.length === 0 ? "" : `## Servers\n\n${servers.join("\n")}`;
}

function lineOf({ method, path, summary, id }: Operation): string {
  return `- \`${method} ${path}\` [${summary}](#${anchorOf(summary)}) (\`${id}\`)`;
}

function tagOf(reference: Reference, tag: Node, operations: readonly Operation[]): string[] {
  const name = textOf(tag["name"]);
  const own = operations.filter((each) => each.tag === name);
  return [`## ${name}`, textOf(tag["description"]), ...own.flatMap((each) => operationOf(reference, each))];
}

function operationOf(reference: Reference, operation: Operation): string[] {
  const { document } = reference;
  const { method, path, id, summary, description, body, answers } = operation;
  return [
    `### ${summary}`,
    `\`${method} ${path}\` · \`${id}\``,
    description,
    parametersOf(operation),
    body === undefined
      ? ""
      : `**Body** (${body.isRequired ? "required" : "optional"}): ${typeOf(body.schema, linkTo)}. ${body.description}`,
    `**Answers**\n\n${answers.map((answer) => answerLine(answer)).join("\n")}`,
    ...samplesOf({ name: reference.name, document }, operation).map(
      ({ label, language, source }) => `**${label}**\n\n${fenced(source, language === "curl" ? "sh" : "ts")}`,
    ),
    ...answers.filter(({ status }) => status < 300).flatMap(exampleOf),
  ];
}

function parametersOf({ parameters }: Operation): string {
  const rows = parameters.map(({ name, in: place, isRequired, description, schema }) => ({
    head: `\`${name}\``,
    cells: [place, isRequired ? "yes" : "no", typeOf(schema, linkTo), inLine(description)],
  }));
  if (rows.length === 0) return "";
  return `**Parameters**\n\n${markdownOfTable({ heads: ["name", "in", "required", "type", "meaning"], rows })}`;
}

function answerLine({ status, description, contents }: Answer): string {
  const kinds = contents.map(({ mediaType, schema }) => `\`${mediaType}\` ${typeOf(schema, linkTo)}`);
  return `- **${status}**${kinds.length === 0 ? "" : ` ${kinds.join(", ")}`}: ${inLine(description)}`;
}

function exampleOf({ status, contents }: Answer): string[] {
  return contents.flatMap(({ mediaType, examples: [example] }: Content) =>
    example === undefined
      ? []
      : [
          `**Example of ${status}** \`${mediaType}\`: ${example.summary}\n\n${fenced(JSON.stringify(example.value, undefined, 2), "json")}`,
        ],
  );
}

function fenced(code: string, language: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\``;
}

function schemasOf(document: OpenApiDocument): string[] {
  return Object.entries(document.components?.["schemas"] ?? {}).map(([name, schema]) =>
    schemaOf(document, name, schema),
  );
}

function schemaOf(document: OpenApiDocument, name: string, schema: Json): string {
  const node = isNode(schema) ? schema : {};
  const rows = propertiesOf(document, node);
  const what = rows.length === 0 ? `A value: ${typeOf(node, linkTo)}.` : markdownOfTable({ heads: PROPERTY, rows });
  return [`### ${name}`, inLine(textOf(node["description"])), what].filter(Boolean).join("\n\n");
}

const PROPERTY = ["property", "required", "type", "meaning"];

/** Of the schema itself; what it is put together of is told in its type. */
function propertiesOf(document: OpenApiDocument, node: Node): Row[] {
  const required = Array.isArray(node["required"]) ? node["required"] : [];
  return Object.entries(isNode(node["properties"]) ? node["properties"] : {}).map(([name, property]) => ({
    head: `\`${name}\``,
    cells: [
      required.includes(name) ? "yes" : "no",
      typeOf(isNode(property) ? property : {}, linkTo),
      inLine(textOf(follow(document, property)["description"])),
    ],
  }));
}

function linkTo(name: string): string {
  return `[${name}](#${anchorOf(name)})`;
}

/** Descriptions are Markdown already. */
function inLine(markdown: string): string {
  return markdown.replaceAll(/\s+/g, " ");
}
