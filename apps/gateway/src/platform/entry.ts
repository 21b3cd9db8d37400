/** Who is let in: whoever has a key in force, for what its role may do, in an account that it may see. */
import type { Entry } from "@interchange/stubs";
import type { Request } from "express";
import { identify } from "../caller.ts";
import type { Engine } from "../engine.ts";
import { PLATFORM } from "./api.ts";
import type { Asker, OperationId } from "./operation.ts";
import { isRefused } from "./refused.ts";
import { findAccount, refuseRole, WHO } from "./role.ts";

/** Both headers do, whatever the operator asks of the surfaces: nobody's SDK comes here. */
const STRICT_HEADERS = false;

export async function enterPlatform(
  { ledger }: Engine,
  req: Request,
  operationId: string,
  requestId: string,
): Promise<Entry<Asker>> {
  const key = await identify(ledger, PLATFORM, STRICT_HEADERS, req);
  if (key.kind === "refused") return key;
  const refused = refuseRole(key, WHO[operationId as OperationId]);
  if (refused !== undefined) return refused;
  const accountId = await findAccount(ledger, key, String(req.params["account_id"] ?? "me"));
  return isRefused(accountId) ? accountId : { kind: "entered", context: { requestId, key, accountId } };
}
