/** What the command ends with, as scripts read it. */

export const EXIT = {
  done: 0,
  /** The gateway said no. */
  refused: 1,
  /** Flags, arguments, or a configuration that is wrong. */
  misuse: 2,
  /** It cannot be reached, or is not Interchange. */
  unreachable: 3,
  /** The key is missing, or is not allowed this. */
  key: 4,
  /** `doctor` or `config check` found something. */
  found: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a code, having said whatever there was to say. */
export class Exit extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** The command was not given as it has to be; the message says what to write. */
export class Misuse extends Error {}
