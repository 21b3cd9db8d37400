/** Operations of the platform document: asked in the contract's words, they answer in them or refuse. */
import type { Bearer } from "@interchange/ledger";
import type { PlatformHandlers } from "@interchange/stubs";
import type { Refused } from "./refused.ts";

/** Who asks, and about which account. */
export interface Asker {
  readonly requestId: string;
  readonly key: Bearer;
  /** The one in the path, which the key may ask about; where the path names none, the key's own. */
  readonly accountId: string;
}

export type OperationId = keyof PlatformHandlers<Asker>;

type HandlerOf<Id extends OperationId> = PlatformHandlers<Asker>[Id];

type AnswerOf<Id extends OperationId> = Extract<
  Awaited<ReturnType<HandlerOf<Id>>>,
  { readonly status: 200 | 201 | 204 }
>;

/** What is asked is as the contract says, since it was held against it before. */
export type Operation<Id extends OperationId> = (
  request: Parameters<HandlerOf<Id>>[0],
  asker: Asker,
) => Promise<AnswerOf<Id> | Refused>;

export type Operations<Ids extends OperationId = OperationId> = { readonly [Id in Ids]: Operation<Id> };
