/** Plans: those that the server keeps for a session's statements, made for tables as long as they were then. */

import type { Session } from "./session.ts";

/** In commands. Tables that so many have passed through are judged anew. */
const AGE_MIN = 64;
const AGE_MAX = 65_536;

export type KeptPlans = {
  /** Notes what a session has carried out; has its plans made anew when the tables may be twice as long as they were. */
  used(session: Session, commands: number): void;
};

/**
 * Nobody else would: until somebody analyzes, the server goes on with what was best for tables that were nearly empty.
 * https://www.postgresql.org/docs/18/sql-prepare.html
 */
export function keptPlans(): KeptPlans {
  let of: Session | undefined;
  let [before, since] = [0, 0];
  return {
    used: (session, commands) => {
      if (session !== of) [of, before, since] = [session, 0, 0];
      since += commands;
      if (session.isOver() || since < Math.min(Math.max(before, AGE_MIN), AGE_MAX)) return;
      [before, since] = [before + since, 0];
      // It goes ahead of whatever comes next; where it fails, the session is of no more use.
      session.command("DISCARD PLANS").catch((cause: Error) => session.abandon(cause));
    },
  };
}
