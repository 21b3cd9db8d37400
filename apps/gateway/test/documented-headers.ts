/** The headers of our answers, held against the documents. */

/** Names that HTTP itself and CORS own: the documents may leave them unsaid. */
const UNSAID =
  /^(access-control-.+|cache-control|connection|content-length|content-type|date|keep-alive|transfer-encoding|vary)$/;

/** Whether they are sent depends on more than the status. */
const CHANGEFUL: ReadonlySet<string> = new Set(["retry-after", "retry-after-ms", "x-should-retry"]);

/** What a caller has left is told where there is a limit. */
const ALLOWANCE = /-?ratelimit-/;

type Headers = Readonly<Record<string, unknown>>;

/** Those that the document does not know for this status of the operation. Names in any case. */
export function undocumentedHeaders(document: unknown, operation: string, status: number, headers: Headers): string[] {
  const documented = documentedHeaders(document, operation, status);
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  return names.filter((name) => !UNSAID.test(name) && !documented.has(name));
}

/** Those that the document promises with this status of the operation, and that were not sent. Names in lower case. */
export function missingHeaders(document: unknown, operation: string, status: number, headers: Headers): string[] {
  return [...documentedHeaders(document, operation, status)].filter(
    (name) => headers[name] === undefined && !CHANGEFUL.has(name) && !ALLOWANCE.test(name),
  );
}

interface Node {
  readonly [name: string]: Node | undefined;
}

const known = new Map<unknown, Map<string, ReadonlySet<string>>>();

/** The names of the headers that the document gives to a status of the operation, in lower case; looked up once. */
function documentedHeaders(document: unknown, operation: string, status: number): ReadonlySet<string> {
  const ofDocument = known.get(document) ?? new Map<string, ReadonlySet<string>>();
  known.set(document, ofDocument);
  const key = `${operation} ${status}`;
  const names = ofDocument.get(key) ?? readHeaders(document as Node, operation, status);
  ofDocument.set(key, names);
  return names;
}

function readHeaders(root: Node, operation: string, status: number): ReadonlySet<string> {
  const methods = Object.values(root["paths"] ?? {}).flatMap((path) => Object.values(path ?? {}));
  const found = methods.find((method) => (method?.["operationId"] as unknown) === operation);
  const response = deref(root, found?.["responses"]?.[String(status)]);
  return new Set(Object.keys(response?.["headers"] ?? {}).map((name) => name.toLowerCase()));
}

function deref(root: Node, node: Node | undefined): Node | undefined {
  const pointer = node?.["$ref"] as string | undefined;
  if (pointer === undefined) return node;
  const steps = pointer.split("/").slice(1);
  return steps.reduce((at: Node | undefined, step) => at?.[step], root);
}
