/** The recorder as a process: one exchange with a real server, kept among the transcripts. */
import { inspect } from "node:util";
import { RecordingError } from "./recorder.ts";
import { runRecorder } from "./recorder-command.ts";

try {
  process.stdout.write(`${await runRecorder(process.argv.slice(2), process.env)}\n`);
} catch (error) {
  const problem = error instanceof RecordingError ? error.message : inspect(error);
  process.stderr.write(`nothing recorded: ${problem}\n`);
  process.exitCode = 1;
}
