/** The database's thread: takes requests, commits them in groups, replies. An error that it does not catch is the end of the store. */

import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { commitGroup } from "./commit-queue.ts";
import { openDatabase } from "./database.ts";
import type { FromWorker, Request, ToWorker, WorkerOptions } from "./message.ts";

/** More would gain little a request and keep the first of the group waiting. */
const GROUP_MAX = 512;

function serve(port: NonNullable<typeof parentPort>, { file, busyTimeoutMs }: WorkerOptions): void {
  const database = openDatabase(file, busyTimeoutMs);
  const say = (message: FromWorker): void => port.postMessage(message);

  const waiting = (): Request[] | undefined => {
    const next: { message: Request[] } | undefined = receiveMessageOnPort(port);
    return next?.message;
  };
  const collect = (requests: Request[]): Request[] => {
    for (let more = waiting(); more; more = requests.length < GROUP_MAX ? waiting() : undefined) requests.push(...more);
    return requests;
  };

  port.on("message", (message: ToWorker) => {
    // It is asked to close after the last reply, so no request can be waiting behind.
    if (message !== "close") return say(commitGroup(database, collect(message)));
    database.close();
    port.close();
  });
  say("open");
}

if (parentPort) serve(parentPort, workerData as WorkerOptions);
