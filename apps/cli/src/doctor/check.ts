/** A check: one question about a running gateway, with every fault that it can find. */
import type { Context } from "./context.ts";
import type { Found } from "./found.ts";

/** What a fault looks like to whoever meets it, and what is to be done about it. */
export interface Advice {
  readonly sees: string;
  readonly remedy: string;
}

/** What the command ends with where the check fails: 2 misuse, 3 not reached, 4 the key, 5 anything else. */
export type FailureCode = 2 | 3 | 4 | 5;

export type Finding<Fault extends string = string> =
  | { readonly status: "ok"; readonly note?: string; readonly found?: Partial<Found> }
  | Trouble<Fault>
  | { readonly status: "skipped"; readonly why: string };

export interface Trouble<Fault extends string = string> {
  /** After a warning everything that needs this check goes on. */
  readonly status: "warning" | "failed";
  readonly fault: Fault;
  /** A sentence about this very case. */
  readonly what: string;
  readonly found?: Partial<Found>;
}

export interface Check<Fault extends string = string> {
  readonly id: string;
  readonly title: string;
  /** The checks without which this one has nothing to look at. */
  readonly needs: readonly string[];
  readonly exit: FailureCode;
  readonly faults: Readonly<Record<Fault, Advice>>;
  run(context: Context, found: Partial<Found>): Promise<Finding<Fault>>;
}

/** Ties what a check may find to the advice that it has: a fault without advice does not compile. */
export function check<const Fault extends string>(one: Check<Fault>): Check {
  return one;
}

export function ok(note?: string, found?: Partial<Found>): Finding<never> {
  return { status: "ok", ...(note === undefined ? {} : { note }), ...(found === undefined ? {} : { found }) };
}

export function skipped(why: string): Finding<never> {
  return { status: "skipped", why };
}

export function failed<const Fault extends string>(fault: Fault, what: string, found?: Partial<Found>): Trouble<Fault> {
  return { status: "failed", fault, what, ...(found === undefined ? {} : { found }) };
}

export function warning<const Fault extends string>(
  fault: Fault,
  what: string,
  found?: Partial<Found>,
): Trouble<Fault> {
  return { status: "warning", fault, what, ...(found === undefined ? {} : { found }) };
}
