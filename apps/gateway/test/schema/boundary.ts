/**
 * Every boundary of a request schema: at each place the values at the limit and one past it, in an otherwise least body.
 *
 * A body is held against the document by a validator of the tests' own, so that a row that says what the document does
 * not is a mistake of this walker and thrown.
 */
import type { OpenApiDocument } from "@interchange/contract";
import { Ajv2020 } from "ajv/dist/2020.js";
import { leastOf, leastOfForm } from "./least.ts";
import { type Form, formsOf, type JsonType, propertiesOf, requiredOf, type Schema, typesOf } from "./schema.ts";
import { wordsFor } from "./words.ts";

/** `shape`: a wrong type or something missing. `value`: the right type, out of range or of no known variant. */
export type Verdict = "accepted" | "shape" | "value";

export interface Row {
  /** What stands at the place, in words. */
  readonly given: string;
  readonly body: unknown;
  readonly want: Verdict;
  /** What the refusal must name. */
  readonly param: string;
}

export interface Place {
  /** As refusals name it, and which of the forms that may stand there: `messages[0] (UserMessage)`. */
  readonly name: string;
  readonly rows: readonly Row[];
}

/** Properties of every place in the body are walked once for each component that stands there. */
export function boundariesOf(document: OpenApiDocument, body: Schema, fixed: Record<string, unknown>): Place[] {
  const judge = judgeOf(document, body);
  const places: Place[] = [];
  const walk = { document, judge, places, walked: new Set<string>() };
  const whole = leastOf(document, body) as Record<string, unknown>;
  const form = formsOf(document, body)[0] as Form;
  walkObject(walk, form, { name: "", isChoice: false, bodyWith: (value) => value }, { ...whole, ...fixed });
  return places;
}

interface Walk {
  readonly document: OpenApiDocument;
  readonly judge: (body: unknown) => boolean;
  readonly places: Place[];
  /** Components whose properties have been walked. */
  readonly walked: Set<string>;
}

interface Spot {
  readonly name: string;
  /** Whether a union stands on the way, so that what one form refuses another may accept. */
  readonly isChoice: boolean;
  /** The whole body with the value at this spot. */
  readonly bodyWith: (value: unknown) => unknown;
}

function judgeOf(document: OpenApiDocument, body: Schema): (body: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const rooted = { components: document.components, ...body };
  return ajv.compile(rooted) as (body: unknown) => boolean;
}

function walkSpot(walk: Walk, schema: Schema, spot: Spot): void {
  const forms = formsOf(walk.document, schema);
  const choice = { ...spot, isChoice: spot.isChoice || forms.length > 1 };
  const tries = [...typeTries(forms), ...forms.flatMap((form) => boundTries(walk.document, form.schema))];
  walk.places.push({ name: spot.name, rows: tries.map((tried) => rowOf(walk, choice, tried)) });
  for (const form of forms) walkForm(walk, form, choice);
}

function walkForm(walk: Walk, form: Form, spot: Spot): void {
  const { schema } = form;
  const items = schema["items"] as Schema | undefined;
  if (typesOf(schema).includes("array") && items !== undefined) {
    walkSpot(
      walk,
      items,
      below(spot, "[0]", (item) => [item]),
    );
  }
  const others = schema["additionalProperties"];
  if (typeof others === "object")
    walkSpot(
      walk,
      others as Schema,
      below(spot, ".key", (value) => ({ key: value })),
    );
  if (schema["properties"] === undefined) return;
  walkObject(walk, form, spot, leastOfForm(walk.document, schema) as Record<string, unknown>);
}

function walkObject(walk: Walk, { schema, component }: Form, spot: Spot, least: Record<string, unknown>): void {
  if (component !== undefined && walk.walked.has(component)) return;
  if (component !== undefined) walk.walked.add(component);
  const form = String(schema["title"] ?? component?.split("/").at(-1) ?? "an object");
  walk.places.push({
    name: `${spot.name} (${form})`.trim(),
    rows: objectTries(schema, least).map((tried) => rowOf(walk, spot, tried)),
  });
  for (const [name, property] of propertiesOf(schema)) {
    walkSpot(
      walk,
      property,
      below(spot, `.${name}`, (value) => ({ ...least, [name]: value })),
    );
  }
}

function below(spot: Spot, step: string, around: (value: unknown) => unknown): Spot {
  return {
    ...spot,
    name: `${spot.name}${step}`.replace(/^\./, ""),
    bodyWith: (value) => spot.bodyWith(around(value)),
  };
}

interface Try {
  readonly given: string;
  readonly value: unknown;
  readonly want: Verdict;
  /** Added to the spot's own name: what is named when something in it is missing. */
  readonly step?: string;
}

function rowOf(walk: Walk, spot: Spot, tried: Try): Row {
  const body = spot.bodyWith(tried.value);
  const isAccepted = walk.judge(body);
  const { name, isChoice } = spot;
  const want = isAccepted && isChoice ? "accepted" : tried.want;
  if (isAccepted !== (want === "accepted")) throw new Error(`${name}, ${tried.given}: the document says otherwise`);
  return { given: tried.given, body, want, param: `${name}${tried.step ?? ""}`.replace(/^\./, "") };
}

/** One value of each type. */
const SAMPLES: readonly (readonly [type: JsonType, given: string, value: unknown])[] = [
  ["null", "null", null],
  ["boolean", "true", true],
  ["boolean", "false", false],
  ["integer", "7", 7],
  ["number", "1.5", 1.5],
  ["string", "a text", "a text"],
  ["array", "[]", []],
  ["object", "{}", {}],
];

/** Every type that no form has is refused; null and the booleans are accepted where a form has them. */
function typeTries(forms: readonly Form[]): Try[] {
  const known = new Set(forms.flatMap(({ schema }) => typesOf(schema)));
  const isKnown = (type: JsonType): boolean => known.has(type) || (type === "integer" && known.has("number"));
  return SAMPLES.flatMap(([type, given, value]): Try[] => {
    if (!isKnown(type)) return [{ given, value, want: "shape" }];
    return type === "null" || type === "boolean" ? [{ given, value, want: "accepted" }] : [];
  });
}

function boundTries(document: OpenApiDocument, schema: Schema): Try[] {
  const words = wordTries(schema);
  if (words !== undefined) return words;
  return [...numberTries(schema), ...textTries(schema), ...arrayTries(document, schema)];
}

/** Words of a closed list: each is accepted, and no other. Undefined when there is no such list. */
function wordTries(schema: Schema): Try[] | undefined {
  const words = schema["const"] === undefined ? (schema["enum"] as readonly unknown[]) : [schema["const"]];
  if (words === undefined) return undefined;
  const known = words.map((value): Try => ({ given: JSON.stringify(value), value, want: "accepted" }));
  const texts = words.filter((word) => typeof word === "string");
  const strange = ["no-such-word", "", ...texts.map((word) => word.toUpperCase())];
  return [...known, ...strange.map((value): Try => ({ given: JSON.stringify(value), value, want: "value" }))];
}

const isNumeric = (schema: Schema): boolean => typesOf(schema).some((type) => type === "integer" || type === "number");

function numberTries(schema: Schema): Try[] {
  if (schema["type"] === undefined || !isNumeric(schema)) return [];
  const step = typesOf(schema).includes("integer") ? 1 : 0.001;
  const { minimum, maximum } = schema as Record<string, number | undefined>;
  const tries: Try[] = [numberTry(minimum ?? maximum ?? 0, "accepted")];
  if (minimum !== undefined) tries.push(numberTry(minimum - step, "value"));
  else if (maximum === undefined) tries.push(numberTry(-Number.MAX_SAFE_INTEGER, "accepted"));
  if (maximum !== undefined) tries.push(numberTry(maximum, "accepted"), numberTry(maximum + step, "value"));
  else tries.push(numberTry(Number.MAX_SAFE_INTEGER, "accepted"));
  return tries;
}

function numberTry(value: number, want: Verdict): Try {
  return { given: String(value), value, want };
}

function textTries(schema: Schema): Try[] {
  if (schema["type"] === undefined || !typesOf(schema).includes("string")) return [];
  const { minLength, maxLength } = schema as Record<string, number | undefined>;
  const pattern = schema["pattern"] as string | undefined;
  if (pattern !== undefined) return patternTries(pattern);
  const tries = [textTry(minLength ?? 0, "accepted")];
  if (minLength !== undefined) tries.push(textTry(minLength - 1, "value"));
  if (maxLength !== undefined) tries.push(textTry(maxLength, "accepted"), textTry(maxLength + 1, "value"));
  return tries;
}

/** A sign outside the basic plane, since a length counts signs and not their halves. */
function textTry(length: number, want: Verdict): Try {
  return { given: `a text of ${length}`, value: "𝄞".repeat(length), want };
}

function patternTries(pattern: string): Try[] {
  const { matching, others } = wordsFor(pattern);
  const tryOf = (want: Verdict) => (value: string) => ({ given: JSON.stringify(value), value, want });
  return [...matching.map(tryOf("accepted")), ...others.map(tryOf("value"))];
}

function arrayTries(document: OpenApiDocument, schema: Schema): Try[] {
  if (schema["type"] === undefined || !typesOf(schema).includes("array")) return [];
  const { minItems, maxItems } = schema as Record<string, number | undefined>;
  const ofLength = (length: number, want: Verdict): Try => ({
    given: `${length} items`,
    value: Array.from({ length }, () => leastOf(document, schema["items"] as Schema)),
    want,
  });
  const tries = [ofLength(minItems ?? 0, "accepted")];
  if (minItems !== undefined) tries.push(ofLength(minItems - 1, "value"));
  if (maxItems !== undefined) tries.push(ofLength(maxItems, "accepted"), ofLength(maxItems + 1, "value"));
  return tries;
}

/** What is required is missed, and what is not known is let through. */
function objectTries(schema: Schema, least: Record<string, unknown>): Try[] {
  const without = (name: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(least).filter(([key]) => key !== name));
  return [
    { given: "the least", value: least, want: "accepted" },
    { given: "an unknown property", value: { ...least, unknown_property: { any: ["thing"] } }, want: "accepted" },
    ...requiredOf(schema).map(
      (name): Try => ({ given: `no ${name}`, value: without(name), want: "shape", step: `.${name}` }),
    ),
  ];
}
