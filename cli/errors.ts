/** Errors that a user can cause: one line each, with the exit code they end in. */

export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
/** `--strict`: a part of a fleet could not be read. */
export const EXIT_PARTIAL = 3;
export const EXIT_THRESHOLD = 10;

/** What, where, what to do; printed as `leakwatch: MESSAGE` without a stack. */
export class UserError extends Error {
  constructor(message: string, readonly exitCode: number = EXIT_FAILED) {
    super(message);
    this.name = "UserError";
  }
}

/** Wrong words on the command line. */
export class UsageError extends UserError {
  constructor(message: string) {
    super(message, EXIT_USAGE);
    this.name = "UsageError";
  }
}
