/** An examination: every check in turn, those left out that need one that failed. */
import type { Advice, Check, Finding } from "./check.ts";
import type { Context, SurfaceName } from "./context.ts";
import { type Cost, costOf } from "./cost.ts";
import type { Found } from "./found.ts";
import { idOf } from "./trip.ts";

export type Status = Finding["status"];

/** What came of one check. */
export interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly ms: number;
  /** Something to know, where all is well. */
  readonly note?: string;
  /** Of a warning and a failure: the name, what it is in this case, and what to do. */
  readonly fault?: string;
  readonly what?: string;
  readonly do?: string;
  /** Why it was skipped. */
  readonly why?: string;
}

export interface Asked {
  readonly surface: SurfaceName;
  readonly inline: boolean;
  readonly requestId: string | null;
  readonly firstTokenMs: number | null;
}

export interface Examination {
  readonly outcomes: readonly Outcome[];
  /** What was asked and answered, if only in part. */
  readonly questions: readonly Asked[];
  readonly cost: Cost;
  readonly exit: 0 | 2 | 3 | 4 | 5;
}

/** The doctor's own mistake, which may come of any check. */
export const OWN_FAULTS = {
  "check-broken": {
    sees: "A check that stops with an error of its own.",
    remedy: "Report it with the message; the other checks are still to be believed.",
  },
} as const satisfies Readonly<Record<string, Advice>>;

/** Whoever looks on. */
export interface Witness {
  /** Told each outcome as soon as it is there. */
  readonly tell: (outcome: Outcome) => void;
  /** Stands by while a check is made, and gives what that gives. */
  readonly during: <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;
}

/** Throws only where whoever asked has gone. */
export async function examine(
  context: Context,
  checks: readonly Check[],
  { tell, during }: Witness,
): Promise<Examination> {
  const outcomes: Outcome[] = [];
  const gone = new Set<string>();
  const found: Partial<Found> = {};
  for (const check of checks) {
    const startedMs = context.clock();
    const lost = checks.find(({ id }) => check.needs.includes(id) && gone.has(id));
    const finding =
      lost === undefined ? await during(check.title, () => run(check, context, found)) : blocked(lost, outcomes);
    if (lost !== undefined || finding.status === "failed") gone.add(check.id);
    if ("found" in finding) Object.assign(found, finding.found);
    const outcome = outcomeOf(check, finding, context.clock() - startedMs);
    outcomes.push(outcome);
    tell(outcome);
  }
  return { outcomes, questions: askedIn(found), cost: costOf(found), exit: exitOf(checks, outcomes) };
}

function askedIn({ trips = [] }: Partial<Found>): Asked[] {
  return trips.map(({ surface, inline, ids, firstTokenMs }) => ({
    surface,
    inline,
    requestId: idOf({ ids }) ?? null,
    firstTokenMs: firstTokenMs ?? null,
  }));
}

async function run(check: Check, context: Context, found: Partial<Found>): Promise<Finding> {
  try {
    return await check.run(context, found);
  } catch (error) {
    if (context.signal?.aborted === true) throw error;
    return { status: "failed", fault: "check-broken", what: error instanceof Error ? error.message : String(error) };
  }
}

/** Says the check that really failed, not those that were skipped for it. */
function blocked(lost: Check, outcomes: readonly Outcome[]): Finding {
  const outcome = outcomes.find(({ id }) => id === lost.id);
  const why = outcome?.status === "failed" ? `“${lost.title}” failed` : (outcome?.why ?? "");
  return { status: "skipped", why };
}

function outcomeOf({ id, title, faults }: Check, finding: Finding, ms: number): Outcome {
  const head = { id, title, status: finding.status, ms };
  if (finding.status === "ok") return { ...head, ...(finding.note === undefined ? {} : { note: finding.note }) };
  if (finding.status === "skipped") return { ...head, why: finding.why };
  const { fault, what } = finding;
  const advice: Advice | undefined = { ...OWN_FAULTS, ...faults }[fault];
  return { ...head, fault, what, do: advice?.remedy ?? "" };
}

/** What stands nearer to the caller goes first: misuse, then the way there, then the key, then everything else. */
function exitOf(checks: readonly Check[], outcomes: readonly Outcome[]): Examination["exit"] {
  const broken = new Set(outcomes.filter(({ status }) => status === "failed").map(({ id }) => id));
  const codes = checks.filter(({ id }) => broken.has(id)).map(({ exit }) => exit);
  return codes.length === 0 ? 0 : (Math.min(...codes) as 2 | 3 | 4 | 5);
}
