/** What went wrong, as a sentence, what to do about it, the request's id, and the code the command ends with. */
import {
  ClientError,
  ConnectionError,
  RedirectError,
  StatusError,
  StreamError,
  TimeoutError,
  UnexpectedAnswerError,
} from "@interchange/client";
import { CommanderError } from "commander";
import { EXIT, Exit, type ExitCode, Misuse } from "./exit.ts";
import { duration } from "./figures.ts";
import { markOf } from "./mark.ts";
import { paintFor } from "./paint.ts";
import { say, type Terminal } from "./terminal.ts";

interface Failure {
  readonly code: ExitCode;
  /** None where everything has been said. */
  readonly sentence?: string;
  readonly hint?: string;
  readonly requestId?: string;
}

/** Says what went wrong on stderr, and gives the code. */
export function fail(error: unknown, terminal: Terminal): ExitCode {
  const { code, sentence, hint, requestId } = failureOf(error, terminal);
  if (sentence === undefined) return code;
  const paint = paintFor(terminal.stderr, terminal.env);
  const lines = [markOf(terminal) + sentence, ...(hint === undefined ? [] : [hint])];
  if (requestId !== undefined) lines.push(paint("dim", `request ${requestId}`));
  for (const line of lines) say(terminal, line);
  return code;
}

function failureOf(error: unknown, { signal }: Terminal): Failure {
  if (error instanceof Exit) return { code: error.code };
  // Commander has said what it does not understand.
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? EXIT.done : EXIT.misuse };
  if (error instanceof Misuse) return { code: EXIT.misuse, sentence: error.message };
  if (signal.aborted) return { code: EXIT.interrupted, sentence: "Interrupted." };
  if (error instanceof StatusError) return refusalOf(error);
  if (error instanceof StreamError) return { code: EXIT.refused, sentence: error.message };
  if (error instanceof ConnectionError || error instanceof TimeoutError) return unreachable(error);
  if (error instanceof UnexpectedAnswerError || error instanceof RedirectError) return unreachable(error);
  if (error instanceof ClientError) return { code: EXIT.misuse, sentence: error.message };
  return { code: EXIT.refused, sentence: error instanceof Error ? error.message : String(error) };
}

function unreachable({ message }: Error): Failure {
  return { code: EXIT.unreachable, sentence: message, hint: "`interchange doctor` looks for what is in the way." };
}

const KEY_STATUSES = [401, 403];

function refusalOf(error: StatusError): Failure {
  const { status, requestId } = error;
  const hint = hintOf(error);
  return {
    code: KEY_STATUSES.includes(status) ? EXIT.key : EXIT.refused,
    sentence: sentenceOf(error),
    ...(hint === undefined ? {} : { hint }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** Status and id stand behind the message, where programs look for them; here they have a line of their own, or none. */
function sentenceOf({ message }: StatusError): string {
  return message.replace(/ \(status \d+(?:, request \S+)?\)$/, "");
}

function hintOf({ status, retryAfterMs }: StatusError): string | undefined {
  if (status === 401) return "Log in with `interchange login`, or give a key as INTERCHANGE_KEY.";
  if (status === 403) return "`interchange whoami` shows which key is used and what it may do.";
  if (status === 402)
    return "`interchange balances list` shows what is left, `interchange purchases create` buys more.";
  return retryAfterMs === undefined ? undefined : `Try again in ${duration(retryAfterMs)}.`;
}
