/** What a generated validator is, and the two functions that generated validators call. */

/** Why a value was refused, as Ajv says it: where (JSON Pointer, RFC 6901), by which keyword, in words. */
export interface ValidationError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** A compiled schema. Calling it replaces `errors`: null when the value is valid, else the reasons up to the first failure. */
export interface Check {
  (value: unknown): boolean;
  errors?: readonly ValidationError[] | null;
}

/** A check that tells TypeScript what the value is. */
export interface Validator<Value> {
  (value: unknown): value is Value;
  errors?: readonly ValidationError[] | null;
}

/** The checks of one operation: of its request, of its JSON responses by status, of an event of its stream. */
export interface OperationChecks {
  readonly request: Check | null;
  readonly responses: Readonly<Record<number, Check>>;
  readonly event: Check | null;
}

/** The length of a text in code points, which is what minLength and maxLength count (JSON Schema Validation §6.3). */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let index = 1; index < text.length; index += 1) {
    if (isLowSurrogate(text.charCodeAt(index)) && isHighSurrogate(text.charCodeAt(index - 1))) length -= 1;
  }
  return length;
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/** Whether two JSON values are the same, whatever the order of their properties (JSON Schema Core §4.2.2). */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSameJson(Reflect.get(one, name), Reflect.get(other, name)))
  );
}
