/** The owner: as whom a server runs, since PostgreSQL refuses to run as root. */

import { readFileSync } from "node:fs";

export type Owner = { uid: number; gid: number };

/** Known to nearly every machine, and allowed nothing there. */
const NAMES = ["postgres", "nobody"];

/** Undefined when this process may own the server itself. */
export function ownerOfServer(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const user = NAMES.map((name) => users.find(([first]) => first === name)).find((found) => found !== undefined);
  if (user === undefined) throw new Error(`root needs a user ${NAMES.join(" or ")} to run PostgreSQL as`);
  return { uid: Number(user[2]), gid: Number(user[3]) };
}
