/** The guard: a process that ends the server and removes its folder when this process ends, however it ends. */

import { spawn } from "node:child_process";
import { once } from "node:events";

export type Guard = {
  /** Tells which process to end; undefined when there is none. */
  watch(pid: number | undefined): void;
  /** Ends the server and removes the folder. */
  end(): Promise<void>;
};

/**
 * It reads ids of processes until there is nobody left to write any. SIGQUIT is an immediate shutdown: the server ends all of
 * its processes. https://www.postgresql.org/docs/18/server-shutdown.html
 */
const SCRIPT = `
  pid=
  while read -r line; do pid=$line; done
  if [ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null; then
    tries=100
    while kill -0 "$pid" 2>/dev/null && [ $tries -gt 0 ]; do sleep 0.05; tries=$((tries - 1)); done
    kill -KILL "$pid" 2>/dev/null
  fi
  rm -rf "$0"`;

export function guardOf(folder: string): Guard {
  // In a group of its own, so that what is typed at the terminal does not reach it.
  const shell = spawn("sh", ["-c", SCRIPT, folder], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  const ended = once(shell, "exit");
  const input = shell.stdin;
  shell.unref();
  // A pipe of a child is a socket, whatever its type says.
  (input as typeof input & { unref(): void }).unref();
  return {
    watch: (pid) => {
      input.write(`${pid ?? ""}\n`);
    },
    end: async () => {
      shell.ref();
      input.end();
      await ended;
    },
  };
}
