/**
 * Unions, decided before they are tried. A plain `oneOf` tries every member and, when none fits, gives every member's reasons.
 * Here a value goes to the members of its own JSON type, and among objects to the one that its tag names; so a validator is
 * smaller and faster, and its first error is about the member that was meant. The same values are accepted either way.
 */
import { componentName, isSchema, rewriteSchema, type Schema } from "./schema.ts";

type Components = Readonly<Record<string, Schema>>;

/** Members that share a JSON type, and all types that they take. */
interface Group {
  readonly types: readonly string[];
  readonly members: readonly Schema[];
}

/** The schema with every `oneOf` in it decided as far as it can be. One with other rules beside it stays as it is. */
export const decideUnions = (schema: Schema, components: Components): Schema =>
  rewriteSchema(schema, (each) => {
    const isAlone = Array.isArray(each["oneOf"]) && Object.keys(each).length === 1;
    return isAlone ? decide(each["oneOf"] as Schema[], components) : each;
  });

function decide(members: readonly Schema[], components: Components): Schema {
  const groups = groupByType(members, components);
  if (!groups) return { oneOf: members };
  return groups.length === 1 ? byTag(members, components) : byType(groups, components);
}

const byType = (groups: readonly Group[], components: Components): Schema => ({
  type: groups.flatMap(({ types }) => types),
  ...groups.reduceRight<Schema>((otherwise, { types, members }, index) => {
    const inGroup = members.length === 1 ? (members[0] as Schema) : byTag(members, components);
    return index === groups.length - 1 ? inGroup : { if: { type: types }, then: inGroup, else: otherwise };
  }, {}),
});

/** Groups whose types do not overlap, or nothing when a member does not say its type. */
function groupByType(members: readonly Schema[], components: Components): Group[] | undefined {
  let groups: Group[] = [];
  for (const member of members) {
    const types = typesOf(member, components);
    if (!types) return undefined;
    const same = groups.filter((group) => overlaps(group.types, types));
    const apart = groups.filter((group) => !same.includes(group));
    groups = [...apart, joined([...same, { types, members: [member] }])];
  }
  return groups;
}

const joined = (groups: readonly Group[]): Group => ({
  types: [...new Set(groups.flatMap(({ types }) => types))],
  members: groups.flatMap(({ members }) => members),
});

const overlaps = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((type) => other.includes(type));

/** The JSON types that a schema takes; nothing when it does not say. An integer is a number. */
function typesOf(schema: Schema, components: Components): readonly string[] | undefined {
  const { type, enum: words, oneOf, ...rest } = resolve(schema, components);
  if (type !== undefined) return [type].flat().map((each) => (each === "integer" ? "number" : String(each)));
  if ("const" in rest) return [jsonTypeOf(rest["const"])];
  if (Array.isArray(words)) return [...new Set(words.map(jsonTypeOf))];
  if (!Array.isArray(oneOf)) return undefined;
  const inner = (oneOf as Schema[]).map((each) => typesOf(each, components));
  return inner.every((each) => each !== undefined) ? [...new Set(inner.flat())] : undefined;
}

const jsonTypeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

/** Objects told apart by a constant property; one member may stand for every other word. */
function byTag(members: readonly Schema[], components: Components): Schema {
  const areObjects = members.every((member) => resolve(member, components)["type"] === "object");
  const tag = areObjects ? tagOf(members, components) : undefined;
  if (!tag) return { oneOf: members };
  const [other] = tag.others;
  const tagged = {
    type: "object",
    required: [tag.name],
    discriminator: { propertyName: tag.name },
    oneOf: tag.members,
  };
  if (!other) return tagged;
  const isKnown = { required: [tag.name], properties: { [tag.name]: { enum: tag.words } } };
  return { type: "object", if: isKnown, then: tagged, else: other };
}

interface Tag {
  readonly name: string;
  readonly words: readonly string[];
  readonly members: readonly Schema[];
  readonly others: readonly Schema[];
}

/** The tag that the members share, if any. A member without a word of its own must refuse all the others' words. */
function tagOf(members: readonly Schema[], components: Components): Tag | undefined {
  const names = Object.keys(resolve(members[0] as Schema, components)["properties"] ?? {});
  const tags = names.map((name): Tag => {
    const wordFor = (member: Schema) => tagWord(resolve(member, components), name);
    const tagged = members.filter((member) => wordFor(member) !== undefined);
    const words = tagged.map((member) => String(wordFor(member)));
    return { name, words, members: tagged, others: members.filter((member) => !tagged.includes(member)) };
  });
  return tags.find(({ name, words, members: tagged, others }) => {
    const refused = others.map((other) => refusedWords(resolve(other, components), name));
    return (
      tagged.length > 1 &&
      new Set(words).size === words.length &&
      others.length <= 1 &&
      refused.every((refusedHere) => words.every((word) => refusedHere.includes(word)))
    );
  });
}

/** The one word that an object schema wants in this property. */
function tagWord(schema: Schema, name: string): string | undefined {
  const property = propertyOf(schema, name);
  const isRequired = Array.isArray(schema["required"]) && schema["required"].includes(name);
  return isRequired && typeof property?.["const"] === "string" ? property["const"] : undefined;
}

/** The words that an object schema refuses in this property by `not: {enum: […]}`. */
function refusedWords(schema: Schema, name: string): readonly unknown[] {
  const not = propertyOf(schema, name)?.["not"];
  return isSchema(not) && Array.isArray(not["enum"]) ? not["enum"] : [];
}

const propertyOf = ({ properties }: Schema, name: string): Schema | undefined => {
  const property = isSchema(properties) ? properties[name] : undefined;
  return isSchema(property) ? property : undefined;
};

/** A component behind a reference. */
const resolve = (schema: Schema, components: Components): Schema => components[componentName(schema) ?? ""] ?? schema;
