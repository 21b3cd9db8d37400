/** Files with secrets in them: whole or not there, and readable by their owner alone. */
import { renameSync, writeFileSync } from "node:fs";

/** Written beside, to the disk, and renamed: nobody reads half of it, and a crash on the way leaves what was there before. */
export function writeSecretFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}
