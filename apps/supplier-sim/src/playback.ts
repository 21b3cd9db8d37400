/** Playing a script: the bytes on the socket, at their pace, until the end or until the caller leaves. */
import type { ServerResponse } from "node:http";
import type { RecordedRequest } from "./record.ts";
import type { Script } from "./script.ts";

/** Delays in ms. */
export type Pace = {
  readonly beforeHeadersMs: number;
  readonly beforeFirstMs: number;
  readonly betweenMs: number;
};

/** A moment in which the caller reads what has left, so that a reset does not overtake it. */
const settleMs = 10;

/** Plays the script and resolves when nothing more will be written. What left is counted in the record. */
export async function play(
  script: Script,
  response: ServerResponse,
  record: RecordedRequest,
  pace: Pace,
): Promise<void> {
  watch(script, response, record);
  if (pace.beforeHeadersMs > 0) await pause(pace.beforeHeadersMs);
  if (response.destroyed) return;
  writeHead(script, response, record);
  if (pace.beforeFirstMs > 0) {
    if (script.head !== undefined) response.flushHeaders();
    await pause(pace.beforeFirstMs);
  }
  await writeFrames(script.drip === true ? bytesOf(script) : script.frames, script, response, record, pace);
  await writeEnding(script, response);
}

/** Notes in the record when the caller leaves; a reset of our own is no leaving. */
function watch({ ending }: Script, response: ServerResponse, record: RecordedRequest): void {
  const note = (): void => {
    record.aborted ||= !response.writableFinished && ending !== "reset";
  };
  if (response.destroyed) note();
  else response.once("close", note);
}

function writeHead({ head, frames, ending }: Script, response: ServerResponse, record: RecordedRequest): void {
  if (head === undefined) return;
  record.status = head.status;
  // A document's length is known, and is left out where the answer will not come to its end.
  const isWhole = ending === "end" && frames.length === 1;
  const length = isWhole ? { "content-length": Buffer.byteLength(frames[0] as string) } : {};
  response.writeHead(head.status, { ...length, ...head.headers });
}

async function writeFrames(
  frames: readonly (string | Buffer)[],
  { drip }: Script,
  response: ServerResponse,
  record: RecordedRequest,
  { betweenMs }: Pace,
): Promise<void> {
  for (const [index, frame] of frames.entries()) {
    if (betweenMs > 0 && index > 0) await pause(betweenMs);
    if (response.destroyed) return;
    record.eventsWritten++;
    if (drip === true) await writeAlone(frame, response);
    else if (!response.write(frame)) await drained(response);
  }
}

async function writeEnding({ head, ending }: Script, response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  if (ending === "end") {
    response.end();
    return;
  }
  if (head !== undefined) response.flushHeaders();
  if (ending === "hang") return;
  if (head !== undefined) await pause(settleMs);
  response.socket?.resetAndDestroy();
}

function bytesOf({ frames }: Script): readonly Buffer[] {
  return Array.from(Buffer.from(frames.join("")), (byte) => Buffer.of(byte));
}

/** Written, and gone, before the next is written. */
function writeAlone(frame: string | Buffer, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.write(frame, () => setImmediate(resolve));
  });
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

/** Keeps no process alive: a pause that nobody waits for any more is forgotten at exit. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
