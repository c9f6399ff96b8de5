/** Asks and orders the service manager; the only file that starts systemctl and its like. */

export interface Outcome {
  code: number;
  /** Standard output and standard error, trimmed. */
  text: string;
}

/** Programs that may be run from here. */
export type Manager =
  | "systemctl"
  | "systemd-sysusers"
  | "useradd"
  | "userdel"
  | "rc-service"
  | "rc-update"
  | "restorecon";

/** Runs one of them to its end. Code 127 where it is not installed; never throws. */
export async function manage(program: Manager, ...args: string[]): Promise<Outcome> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args,
      stdin: "null",
      env: { LC_ALL: "C", SYSTEMD_COLORS: "0", SYSTEMD_PAGER: "" },
    }).output();
    const text = new TextDecoder();
    return { code, text: (text.decode(stdout) + text.decode(stderr)).trim() };
  } catch (error) {
    return { code: 127, text: error instanceof Deno.errors.NotFound ? `no ${program} here` : String(error) };
  }
}
