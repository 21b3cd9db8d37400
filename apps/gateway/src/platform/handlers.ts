/** The handlers that the platform document asks for, noun by noun. */
import type { AnyResponse, PlatformHandlers } from "@interchange/stubs";
import type { Engine } from "../engine.ts";
import { refuse } from "../surface.ts";
import { accounts } from "./account.ts";
import { PLATFORM } from "./api.ts";
import { autoBuys } from "./auto-buy.ts";
import { autoReload } from "./auto-reload.ts";
import { balances } from "./balance.ts";
import { credits } from "./credit.ts";
import { instruments } from "./instruments.ts";
import { invoices } from "./invoice.ts";
import { keys } from "./key.ts";
import { lots } from "./lot.ts";
import { movements } from "./movement.ts";
import { offers } from "./offer.ts";
import type { Asker, Operations } from "./operation.ts";
import { purchases } from "./purchase.ts";
import type { Refused } from "./refused.ts";
import { routes } from "./route.ts";
import { standings } from "./standing.ts";
import { statements } from "./statement.ts";
import { suppliers } from "./supplier.ts";
import { usage } from "./usage.ts";

export function handlersOf(engine: Engine): PlatformHandlers<Asker> {
  const operations: Operations = {
    ...accounts(engine),
    ...keys(engine),
    ...balances(engine),
    ...lots(engine),
    ...movements(engine),
    ...credits(engine),
    ...purchases(engine),
    ...autoBuys(engine),
    ...autoReload(engine),
    ...invoices(engine),
    ...statements(engine),
    ...usage(engine),
    ...instruments(engine),
    ...suppliers(engine),
    ...offers(engine),
    ...standings(engine),
    ...routes(engine),
  };
  const entries = Object.entries(operations as Record<string, AnyOperation>);
  // Which refusals an operation may give is known to the document alone; tests hold them against it.
  return Object.fromEntries(
    entries.map(([id, operation]) => [id, refusing(operation)]),
  ) as unknown as PlatformHandlers<Asker>;
}

type AnyOperation = (request: never, asker: Asker) => Promise<AnyResponse | Refused>;

function refusing(operation: AnyOperation) {
  return async (request: never, asker: Asker): Promise<AnyResponse> => {
    const answer = await operation(request, asker);
    return "refusal" in answer ? refuse(PLATFORM, answer.refusal, asker.requestId) : answer;
  };
}
