/** A throw-away machine with a real systemd, for tests; machine.sh does the work. */

import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("./machine.sh", import.meta.url));
const OPENRC_SCRIPT = fileURLToPath(new URL("./openrc.sh", import.meta.url));

/** What the lab needs, for `requires`; debootstrap downloads with wget. */
export const MACHINE_PARTS = ["root", "apt-get", "wget"] as const;

export interface Result {
  code: number;
  out: string;
  err: string;
}

export interface MachineOptions {
  /** A kernel of its own, slower; else a container. */
  qemu?: boolean;
  /** Boots OpenRC instead; it takes one bind, to /mnt, and does not reboot. */
  openrc?: boolean;
  /** SOURCE:TARGET[:ro] */
  binds?: string[];
}

export class Machine {
  readonly name: string;

  private constructor(name: string, readonly script: string) {
    this.name = name;
  }

  /** Boots one, gives it to the test, and destroys it whatever happens. */
  static async with(
    name: string,
    options: MachineOptions,
    test: (machine: Machine) => Promise<void>,
  ): Promise<void> {
    const machine = new Machine(`${name}-${Deno.pid}`, options.openrc ? OPENRC_SCRIPT : SCRIPT);
    const binds = (options.binds ?? []).flatMap((bind) => ["--bind", bind]);
    try {
      await machine.#succeed("up", machine.name, ...(options.qemu ? ["--qemu"] : []), ...binds);
      await test(machine);
    } finally {
      await call(machine.script, "down", machine.name);
    }
  }

  /** A line of shell; what it prints. Throws with its words where it fails. */
  async sh(line: string): Promise<string> {
    const { code, out, err } = await this.try(line);
    if (code !== 0) throw new Error(`status ${code} of: ${line}\n${out}${err}`);
    return out;
  }

  /** The same, whatever its status. */
  try(line: string): Promise<Result> {
    return call(this.script, "exec", this.name, "/bin/sh", "-c", line);
  }

  /** Tries a line once a second until it succeeds; throws with its last words where it does not. */
  async until(line: string, seconds: number): Promise<string> {
    for (let left = seconds;; left--) {
      const { code, out, err } = await this.try(line);
      if (code === 0) return out;
      if (left <= 0) throw new Error(`not within ${seconds} s: ${line}\n${out}${err}`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  async reboot(how: "clean" | "power-cut" = "clean"): Promise<void> {
    await this.#succeed("reboot", this.name, ...(how === "power-cut" ? ["--hard"] : []));
  }

  async #succeed(...args: string[]): Promise<void> {
    const { code, out, err } = await call(this.script, ...args);
    if (code !== 0) {
      throw new Error(
        `${this.script.replace(/.*\//, "")} ${args.join(" ")} ended with status ${code}:\n${out}${err}`,
      );
    }
  }
}

async function call(script: string, ...args: string[]): Promise<Result> {
  const { code, stdout, stderr } = await new Deno.Command(script, { args, stdin: "null" }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout).trim(), err: text.decode(stderr).trim() };
}
