/** What runs beside the scenarios: the monitor that records them, a web server behind the proxies, and a guard. */
import { fileURLToPath } from "node:url";
import { MARK } from "./processes.ts";

/** leakwatch's monitor at one sample a second: LEAKWATCH_BINARY, or the sources as they are. */
export function startMonitor(output: string, recording: string): Deno.ChildProcess {
  const binary = Deno.env.get("LEAKWATCH_BINARY");
  const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
  const [program, ...words] = binary ? [binary] : [Deno.execPath(), "run", "--allow-all", "--quiet", main];
  return new Deno.Command(program!, {
    args: [
      ...[...words, "monitor", "0", "1", "--quiet", "--top", "500", "--output-dir", output],
      ...["--rotate-size", "4GiB", "--retain-size", "8GiB"],
    ],
    env: { [MARK]: `${recording}/monitor` },
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

/** Answers any `/page/N` with 8 KiB. */
export function startOrigin(built: string, port: number, recording: string): Deno.ChildProcess {
  return new Deno.Command(`${built}/server`, {
    args: [String(port), "plain"],
    env: { [MARK]: `${recording}/origin` },
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Ends what the recorder started should the recorder be killed. */
export class Guard {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(recording: string, scratch: string) {
    // Its own session: an interrupt at the terminal must not end it before it is needed.
    this.#process = new Deno.Command("setsid", {
      args: ["sh", fileURLToPath(new URL("guard.sh", import.meta.url)), recording, scratch],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
  }

  /** Takes note of a session to be ended. */
  watch(session: number): void {
    void this.#tell(String(session));
  }

  /** All was ended in good order. */
  async dismiss(): Promise<void> {
    await this.#tell("done");
    await this.#process.status;
  }

  #tell(line: string): Promise<void> {
    return this.#input.write(new TextEncoder().encode(`${line}\n`));
  }
}
