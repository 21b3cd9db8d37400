/** One request for an answer: checked as the vendor would, programmed by its directives, answered by the simulated model. */
import { readJson } from "./body.ts";
import { DirectiveError, type Directives, directivesIn, readDirectiveLine, readModelName } from "./directive.ts";
import { Declined, type Exchange } from "./exchange.ts";
import { type FaultSetting, spoilAnswer, spoilScript } from "./fault.ts";
import type { Format, Letterhead, VendorError } from "./format.ts";
import { type JsonObject, stringOf } from "./json.ts";
import { play } from "./playback.ts";
import type { Prompt } from "./prompt.ts";
import { eventScript, jsonScript, type Script } from "./script.ts";
import { answerOf } from "./simulation.ts";
import { replay } from "./transcript.ts";

const chunksDefault = 8;
const afterDefault = 4;

/** Everything that one answer is made of. */
type Job = {
  readonly format: Format;
  readonly exchange: Exchange;
  readonly prompt: Prompt;
  readonly directives: Directives;
  readonly letterhead: Letterhead;
};

/** Answers the request; resolves when nothing more will be written. Throws Declined. */
export async function serveInference(format: Format, exchange: Exchange): Promise<void> {
  const body = readJson(exchange.record.body);
  const complaint = format.checkRequest(body, exchange.request.headers);
  if (complaint !== undefined) throw new Declined(complaint);
  const job = jobOf(format, exchange, body);
  const script = withHeaders(spoilScript(job.directives.fault, await scriptOf(job), faultSetting(job)), job);
  const { delayBeforeHeadersMs = 0, delayBeforeFirstMs = 0, delayBetweenMs = 0 } = job.directives;
  const pace = { beforeHeadersMs: delayBeforeHeadersMs, beforeFirstMs: delayBeforeFirstMs, betweenMs: delayBetweenMs };
  await play(script, exchange.response, exchange.record, pace);
}

function jobOf(format: Format, exchange: Exchange, body: JsonObject): Job {
  const prompt = format.readPrompt(body);
  const named = followed(() => readModelName(stringOf(body.model)));
  checkModel(named.model, exchange);
  return {
    format,
    exchange,
    prompt,
    directives: followed(() => directivesFor(named, exchange, prompt)),
    letterhead: { serial: exchange.serial, model: named.model, createdSeconds: Math.floor(Date.now() / 1000) },
  };
}

/** From the general to the particular: what stands nearer to the request wins, directive by directive. */
function directivesFor(
  named: ReturnType<typeof readModelName>,
  { desk, request }: Exchange,
  prompt: Prompt,
): Directives {
  const header = stringOf(request.headers["x-sim"]);
  return {
    ...desk.settings.directives,
    ...desk.settings.models[named.model],
    ...desk.programme.take(),
    ...named.directives,
    ...(header === "" ? {} : readDirectiveLine(header)),
    ...directivesIn(prompt.userTexts.join("\n")),
  };
}

/** A directive that cannot be followed is the caller's mistake: better a loud one than a test that proves nothing. */
function followed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DirectiveError) throw new Declined({ status: 400, message: `supplier-sim: ${error.message}` });
    throw error;
  }
}

export function checkModel(model: string, { desk }: Exchange): void {
  if (!desk.settings.onlyListedModels || Object.hasOwn(desk.settings.models, model)) return;
  throw new Declined({ status: 404, message: `there is no model ${model}`, code: "model_not_found", param: "model" });
}

async function scriptOf(job: Job): Promise<Script> {
  const { directives, prompt, format, exchange } = job;
  const { transcript } = directives;
  if (transcript !== undefined) {
    const folder = exchange.desk.settings.transcripts;
    return withStatus(await replay({ folder, format: format.name, situation: transcript }, prompt.stream), directives);
  }
  if (directives.status !== undefined) return errorScript(job, directives.status);
  return prompt.stream ? streamScript(job) : answerScript(job);
}

function withStatus(script: Script, { status }: Directives): Script {
  return status === undefined || script.head === undefined ? script : { ...script, head: { ...script.head, status } };
}

function streamScript(job: Job): Script {
  const { format, prompt, directives, letterhead } = job;
  const chunks = directives.chunks ?? directives.tokens ?? chunksDefault;
  return eventScript(format.writeEvents(answerFor(job), prompt, letterhead, chunks));
}

function answerScript(job: Job): Script {
  return jsonScript(200, job.format.writeAnswer(answerFor(job), job.prompt, job.letterhead));
}

function answerFor({ prompt, directives, letterhead }: Job): ReturnType<typeof answerOf> {
  return spoilAnswer(directives.fault, answerOf(prompt, directives, letterhead.model));
}

function errorScript(job: Job, status: number): Script {
  return jsonScript(status, job.format.writeError(errorOf(job, status), requestIdOf(job.exchange.serial)));
}

function errorOf({ directives: { message, type, code } }: Job, status: number): VendorError {
  return {
    status,
    message: message ?? `simulated error ${status}`,
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
  };
}

/** Errors of the faults are those of a vendor that is overloaded, unless the directives name a status. */
function faultSetting(job: Job): FaultSetting {
  const status = job.directives.status ?? job.format.overloadedStatus;
  return {
    after: job.directives.after ?? afterDefault,
    whole: () => answerScript(job),
    error: () => errorScript(job, status),
    errorEvent: () => job.format.writeErrorEvent(errorOf(job, status), requestIdOf(job.exchange.serial)),
  };
}

export function requestIdOf(serial: string): string {
  return `req_${serial}`;
}

function withHeaders(script: Script, { format, exchange, directives }: Job): Script {
  if (script.head === undefined) return script;
  const { retryAfter, retryAfterMs } = directives;
  const headers = {
    ...script.head.headers,
    [format.requestIdHeader]: requestIdOf(exchange.serial),
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    ...(retryAfterMs === undefined ? {} : { "retry-after-ms": String(retryAfterMs) }),
    ...directives.headers,
  };
  return { ...script, head: { ...script.head, headers } };
}
