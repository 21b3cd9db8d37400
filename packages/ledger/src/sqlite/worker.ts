/** The database's thread: takes requests in groups, commits each group at once, replies. A failure of the disk or of the file is its end. */

import { parentPort, workerData } from "node:worker_threads";
import { commitGroup } from "./commit-queue.ts";
import { openDatabase } from "./database.ts";
import type { FromWorker, ToWorker, WorkerOptions } from "./message.ts";

function serve(port: NonNullable<typeof parentPort>, { file, busyTimeoutMs }: WorkerOptions): void {
  const database = openDatabase(file, busyTimeoutMs);
  const say = (message: FromWorker): void => port.postMessage(message);

  const close = (): void => {
    port.close();
    database.close();
  };

  port.on("message", (message: ToWorker) => {
    // It is asked to close after the last reply, so no request can be waiting behind.
    if (message === "close") return close();
    try {
      say(commitGroup(database, message));
    } catch (error) {
      close();
      throw error;
    }
  });
  say("open");
}

if (parentPort) serve(parentPort, workerData as WorkerOptions);
