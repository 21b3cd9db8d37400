/** A command as a row: which operation of the platform, its words, what is said to it and what is shown of its answer. */
import type { AnswerOf, BodyOf, Field, OperationId, PathOf, QueryOf, Required, ValueAt } from "./contract.ts";
import type { Block, Column } from "./layout.ts";
import type { Must, Option } from "./option.ts";

/** A word after the command's own. */
export interface Argument {
  readonly argument: string;
  readonly text: string;
  /** Where nothing is said. */
  readonly fallback?: string;
}

/** Where a part of the path comes from. */
export type Source = Argument | Option<string>;

type Options<Value, Musts extends string> = {
  readonly [Place in Musts]: Place extends keyof Value ? Must<Value[Place]> : never;
} & {
  readonly [Place in Exclude<Field<Value>, Musts>]?: Option<ValueAt<Value, Place>>;
};

/** Paging is the machinery's. */
type Paging = "limit" | "cursor";

type QuerySide<Id extends OperationId> = [Exclude<keyof QueryOf<Id>, Paging>] extends [never]
  ? { readonly query?: never }
  : [Exclude<Required<QueryOf<Id>>, Paging>] extends [never]
    ? { readonly query?: Options<Omit<QueryOf<Id>, Paging>, never> }
    : { readonly query: Options<Omit<QueryOf<Id>, Paging>, Exclude<Required<QueryOf<Id>>, Paging>> };

/** Fixed values need no option. */
type BodySide<Id extends OperationId> = [BodyOf<Id>] extends [never]
  ? { readonly body?: never; readonly fixed?: never }
  :
      | { readonly body: Options<BodyOf<Id>, Required<BodyOf<Id>>>; readonly fixed?: never }
      | { readonly body?: never; readonly fixed: BodyOf<Id> };

type PathSide<Id extends OperationId> = [keyof PathOf<Id>] extends [never]
  ? { readonly path?: never }
  : { readonly path: { readonly [Name in keyof PathOf<Id>]: Source } };

type Shown<Answer> = [Answer] extends [undefined]
  ? { readonly done: string }
  : Answer extends { data: readonly (infer Item)[] }
    ? { readonly columns: readonly Column<Field<Item>>[]; readonly empty: string }
    : { readonly show?: (answer: Answer) => readonly Block[]; readonly note?: string };

export type Spec<Id extends OperationId> = {
  readonly words: string;
  readonly text: string;
  /** Asked before it is done, since it cannot be undone. `{name}` stands for a part of the path. */
  readonly confirm?: string;
} & PathSide<Id> &
  QuerySide<Id> &
  BodySide<Id> &
  Shown<AnswerOf<Id>>;

/** A row as the machinery reads it, its types having done their work. */
export interface Row {
  readonly operation: OperationId;
  readonly words: string;
  readonly text: string;
  readonly confirm?: string;
  readonly path?: Readonly<Record<string, Source>>;
  readonly query?: Readonly<Record<string, Option<unknown>>>;
  readonly body?: Readonly<Record<string, Option<unknown>>>;
  readonly fixed?: object;
  readonly columns?: readonly Column<string>[];
  readonly empty?: string;
  readonly show?: (answer: never) => readonly Block[];
  /** Said after it is done. `{name}` stands for a part of the path. */
  readonly done?: string;
  /** Said beside the answer, on stderr. */
  readonly note?: string;
}

export function row<const Id extends OperationId>(operation: Id, spec: Spec<Id>): Row {
  return { ...(spec as Omit<Row, "operation">), operation };
}

export function argument(name: string, text: string): Argument {
  return { argument: name, text };
}
