/** The database's thread: takes requests in groups, commits each group at once, replies. An error that it does not catch is the end of the store. */

import { parentPort, workerData } from "node:worker_threads";
import { commitGroup } from "./commit-queue.ts";
import { openDatabase } from "./database.ts";
import type { FromWorker, ToWorker, WorkerOptions } from "./message.ts";

function serve(port: NonNullable<typeof parentPort>, { file, busyTimeoutMs }: WorkerOptions): void {
  const database = openDatabase(file, busyTimeoutMs);
  const say = (message: FromWorker): void => port.postMessage(message);

  port.on("message", (message: ToWorker) => {
    // It is asked to close after the last reply, so no request can be waiting behind.
    if (message !== "close") return say(commitGroup(database, message));
    database.close();
    port.close();
  });
  say("open");
}

if (parentPort) serve(parentPort, workerData as WorkerOptions);
