/** JSON with one thing amiss: what suppliers may send that no contract foresees. */

/** Stands for a number that JSON can say and no number can hold. */
const HUGE = "1e999";

const ODD: readonly unknown[] = [null, true, -1, 1.5, 2 ** 60, HUGE, "", "x", [], ["x"], [{}], {}, { type: "x" }];

/** The value with one of its places made odd or left out: every place, every way. */
export function* mutations(value: unknown): Generator<unknown> {
  yield* ODD;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    for (const odd of mutations(inner)) yield replaced(value, key, odd);
    yield replaced(value, key, undefined);
  }
}

function replaced(value: object, key: string, odd: unknown): unknown {
  if (Array.isArray(value))
    return value.flatMap((item, at) => (String(at) !== key ? [item] : odd === undefined ? [] : [odd]));
  return { ...value, [key]: odd };
}

/** As it is on the wire. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value).replaceAll(`"${HUGE}"`, HUGE);
}
