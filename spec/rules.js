/** House rules of the documents that look at a schema together with its neighbours, which redocly's configurable rules cannot. */

const words = ["map", "filter", "named", "inert"];

/** The schema behind a reference, or the schema itself. */
const behind = (schema, resolve) => (schema?.$ref ? resolve(schema).node : schema) ?? {};

/** Holds for the property itself, words beside its `$ref` included, or for the schema that it refers to. */
const says = (schema, key, resolve) => schema?.[key] ?? behind(schema, resolve)[key];

/** Every property has a description, its own or that of the schema it refers to. */
const propertyDescription = () => ({
  SchemaProperties(properties, { report, resolve, location }) {
    for (const [name, schema] of Object.entries(properties)) {
      if (says(schema, "description", resolve)) continue;
      report({
        message: `Property \`${name}\` has to say in a description what it means.`,
        location: location.child([name]),
      });
    }
  },
});

/** Every schema of a file of its own has a description. */
const schemaDescription = () => ({
  ref: {
    leave(_ref, { report, type, location }, { node }) {
      if (type.name !== "Schema" || node?.description) return;
      report({ message: "A schema with a name has to say in a description what it stands for.", location });
    },
  },
});

/** Every property of a request body says what becomes of it in another format. */
const requestTranslation = () => ({
  RequestBody: {
    MediaType(media, { report, resolve, location }) {
      for (const [name, schema] of Object.entries(behind(media.schema, resolve).properties ?? {})) {
        if (words.includes(says(schema, "x-translation", resolve))) continue;
        report({
          message: `Property \`${name}\` of a request body needs \`x-translation\`: ${words.join(", ")}.`,
          location: location.child(["schema"]),
        });
      }
    },
  },
});

/** Whoever is told that a text does not fit hears it in words. */
const patternSays = () => ({
  Schema(schema, { report, location }) {
    if (schema.pattern === undefined || typeof schema["x-pattern-says"] === "string") return;
    report({
      message: 'A `pattern` needs `x-pattern-says`: what a value must be, to go on from "must be".',
      location: location.child(["pattern"]),
    });
  },
});

/** The plugin that redocly.yaml names. */
export default function house() {
  return {
    id: "house",
    rules: {
      oas3: {
        "property-description": propertyDescription,
        "schema-description": schemaDescription,
        "request-translation": requestTranslation,
        "pattern-says": patternSays,
      },
    },
  };
}
