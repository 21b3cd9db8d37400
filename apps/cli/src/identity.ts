/** Whose key it is, as the gateway tells it. */
import { unwrap } from "@interchange/client";
import type { Session } from "./session.ts";

export interface Identity {
  readonly gateway: string;
  readonly account: string;
  readonly name: string;
  readonly key: string;
  readonly role: string;
  readonly status: string;
  readonly expires_at: string | null;
}

/** Throws what the client throws, an UnauthorizedError above all. */
export async function readIdentity({ platform, settings, terminal }: Session): Promise<Identity> {
  const { signal } = terminal;
  const of = { params: { path: { account_id: "me" } }, signal };
  const account = await unwrap(platform.GET("/v1/accounts/{account_id}", of));
  const key = await unwrap(
    platform.GET("/v1/keys/{key_id}", { params: { path: { key_id: publicId(settings.key ?? "") } }, signal }),
  );
  const { id, role, status, expires_at } = key;
  return { gateway: settings.url, account: account.id, name: account.name, key: id, role, status, expires_at };
}

/** The part of a key that is no secret: between the first two underscores. */
function publicId(key: string): string {
  return key.split("_")[1] ?? "";
}
