/** What the platform says no with, and how several values are read of which each may be refused. */
import type { Refusal } from "@interchange/inference";

export interface Refused {
  readonly kind: "refused";
  readonly refusal: Refusal;
}

export function isRefused(value: unknown): value is Refused {
  return typeof value === "object" && value !== null && (value as Partial<Refused>).kind === "refused";
}

/** A value that cannot be, though its type is right. `problem` goes on from the parameter's name, without a full stop. */
export function unfit(param: string, problem: string): Refused {
  return { kind: "refused", refusal: { kind: "request-invalid", fault: "value", param, problem } };
}

/** Somebody else's things are told as if there were none, so that ids cannot be sounded out. */
export function notFound(thing: string, id: string, param: string): Refused {
  return { kind: "refused", refusal: { kind: "not-found", thing, id, param } };
}

/** `problem` is a whole sentence. */
export function forbidden(problem: string): Refused {
  return { kind: "refused", refusal: { kind: "key-forbidden", problem } };
}

/** `problem` is a whole sentence. */
export function conflicting(problem: string, param?: string): Refused {
  return { kind: "refused", refusal: { kind: "conflict", problem, ...(param === undefined ? {} : { param }) } };
}

/** Values by name without those that are absent. */
export type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: Exclude<T[K], Refused> } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], Refused | undefined>;
};

/** All of the values, those that are absent left out; or the first that is refused. */
export function given<T extends object>(values: T): Given<T> | Refused {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (isRefused(value)) return value;
    if (value !== undefined) out[name] = value;
  }
  return out as Given<T>;
}
