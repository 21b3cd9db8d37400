/** One change of a document since its last release: where it stands, what it says to callers, and how hard it meets them. */
import type { Impact } from "./version.ts";

export interface Change {
  readonly impact: Impact;
  /** The operation and its part, e.g. `listAccounts (GET /v1/accounts), answer 200`; or the part of the document. */
  readonly where: string;
  /** A sentence, with the name of the schema or property. */
  readonly what: string;
  /** The rule that says so. */
  readonly rule: string;
}

/** A change as `redocly diff --format json` tells it, as far as it is read here. */
export interface ToldChange {
  /** Where, as a JSON pointer from the root of the document, references followed. */
  readonly path: string;
  readonly kind: string;
  readonly impact: Impact;
  readonly property?: string;
  readonly verdicts: readonly { readonly ruleId: string; readonly impact: Impact; readonly message: string }[];
}

/** The empty requirement of `security`, which lets everyone in, as Redocly names it. */
const NOBODY = "Security requirement ``";

type Paths = Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;

/** As much of a document as gives an operation its name. */
export interface Named {
  readonly paths?: unknown;
}

/** The changes of one place. What no rule says anything about keeps its impact and is told by its kind. */
export function readChanges(told: ToldChange, documents: readonly Named[]): Change[] {
  const where = placeOf(told.path, documents);
  if (told.verdicts.length > 0) {
    return told.verdicts.map(({ impact, message, ruleId }) => ({
      impact,
      where,
      what: message.replace(NOBODY, "Calling it without a key"),
      rule: ruleId,
    }));
  }
  const lost = lostProperty(told);
  if (lost !== undefined) {
    const what = `Property \`${lost}\` of the request was removed: what callers say by it is heard no more.`;
    return [{ impact: "major", where, what, rule: "request-property-removed" }];
  }
  const what = told.property === undefined ? `It was ${told.kind}.` : `Its \`${told.property}\` was ${told.kind}.`;
  return [{ impact: told.impact, where, what, rule: "change" }];
}

/**
 * The property that a request could have and has no more. Redocly takes it lightly, since what is unknown is allowed; but a
 * caller's `reference`, say, would do nothing from then on, and nobody would be told.
 */
function lostProperty({ path, kind }: ToldChange): string | undefined {
  if (kind !== "removed") return undefined;
  return /\/requestBody\/.*\/properties\/([^/]+)$/.exec(path)?.[1];
}

/** The words for a place: the operation and which part of it, where it is in one. */
export function placeOf(pointer: string, documents: readonly Named[]): string {
  const [first, path, method, ...rest] = pointer.replace(/^#\/?/, "").split("/").map(unescaped);
  if (first !== "paths" || path === undefined) return pointer;
  if (method === undefined) return path;
  const id = documents.map(({ paths }) => (paths as Paths | undefined)?.[path]?.[method]?.operationId).find(Boolean);
  const operation = `${method.toUpperCase()} ${path}`;
  return [id === undefined ? operation : `${id} (${operation})`, ...partOf(rest)].join(", ");
}

function partOf([part, name]: readonly string[]): string[] {
  if (part === "requestBody") return ["request body"];
  if (part === "responses") return [name === undefined ? "answers" : `answer ${name}`];
  return part === undefined ? [] : [part];
}

/** RFC 6901 §4. */
function unescaped(step: string): string {
  return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
}
