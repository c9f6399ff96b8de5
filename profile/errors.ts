/** Why a profile was not taken, or ended: what, where, what to do, in one line without a stack. */
export class ProfileError extends Error {
  constructor(message: string) {
    super(message.replace(/\s*\n\s*/g, " "));
    this.name = "ProfileError";
  }
}
