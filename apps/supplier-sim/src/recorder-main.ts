/** The recorder as a process: one exchange with a real server, kept among the transcripts. */
import { RecordingError } from "./recorder.ts";
import { runRecorder } from "./recorder-command.ts";

try {
  console.log(`recorded ${await runRecorder(process.argv.slice(2), process.env)}`);
} catch (error) {
  console.error(error instanceof RecordingError ? `nothing recorded: ${error.message}` : error);
  process.exitCode = 1;
}
