/**
 * Runs a program for each alert, with the alert in its environment and no shell in between.
 *
 * At most two run at once, the rest waits; one that outlives its time is killed.
 */

import { parseDuration } from "../model/quantity.ts";
import type { Alert, OperationalError } from "../model/finding.ts";
import type { CommandConfig } from "../model/sink_config.ts";
import { dropLeastGrave } from "./delivery_queue.ts";
import { reasonOf } from "../model/error_reason.ts";
import { plural } from "../model/format.ts";
import type { Sink } from "./sink.ts";

const AT_ONCE = 2;
const MAX_WAITING = 100;

export class CommandSink implements Sink {
  readonly name: string;
  readonly #program: string;
  readonly #arguments: string[];
  readonly #timeoutSeconds: number;
  readonly #host: string;
  readonly #waiting: Alert[] = [];
  readonly #running = new Map<Deno.ChildProcess, Promise<void>>();
  #why: string | null = null;
  #dropped = 0;
  #closed = false;

  constructor(config: CommandConfig, host: string) {
    this.name = config.name ?? "command";
    [this.#program, ...this.#arguments] = config.command as [string, ...string[]];
    this.#timeoutSeconds = parseDuration(config.timeout ?? 30) ?? 30;
    this.#host = host;
  }

  send(alert: Alert): void {
    if (this.#closed) return;
    this.#waiting.push(alert);
    if (this.#waiting.length > MAX_WAITING) {
      dropLeastGrave(this.#waiting);
      this.#dropped++;
      this.#why = `${plural(this.#dropped, "alert")} lost: the command is slower than alerts come`;
    }
    this.#start();
  }

  error(): OperationalError | null {
    return this.#why === null ? null : { name: this.name, why: this.#why };
  }

  async close(timeoutSeconds: number): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    while (this.#running.size > 0 && Date.now() < deadline) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const over = new Promise<void>((resolve) => timer = setTimeout(resolve, deadline - Date.now()));
      await Promise.race([...this.#running.values(), over]);
      clearTimeout(timer);
    }
    this.#closed = true;
    this.#waiting.length = 0;
    for (const child of this.#running.keys()) kill(child, "SIGKILL");
    await Promise.all(this.#running.values());
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#running.size < AT_ONCE && !this.#closed) {
      const alert = this.#waiting.shift()!;
      try {
        const child = new Deno.Command(this.#program, {
          args: this.#arguments,
          clearEnv: true,
          env: { ...inherited(), ...alertEnvironment(alert, this.#host) },
          stdin: "null",
          stdout: "null",
          stderr: "null",
        }).spawn();
        const done = this.#wait(child).finally(() => {
          this.#running.delete(child);
          this.#start();
        });
        this.#running.set(child, done);
      } catch (error) {
        this.#why = `cannot run ${this.#program}: ${reasonOf(error)}`;
      }
    }
  }

  async #wait(child: Deno.ChildProcess): Promise<void> {
    let late = false;
    const stop = setTimeout(() => {
      late = true;
      kill(child, "SIGTERM");
    }, this.#timeoutSeconds * 1000);
    const force = setTimeout(() => kill(child, "SIGKILL"), (this.#timeoutSeconds + 2) * 1000);
    Deno.unrefTimer(stop as unknown as number);
    Deno.unrefTimer(force as unknown as number);
    const status = await child.status;
    clearTimeout(stop);
    clearTimeout(force);
    if (late) this.#why = `${this.#program} took longer than ${this.#timeoutSeconds} s`;
    else if (!status.success) this.#why = `${this.#program} ended with ${status.signal ?? status.code}`;
    else this.#why = null;
  }
}

/** What a program needs to find its way; nothing else of ours is its business. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "LANG", "TZ", "USER"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

/** The alert as environment variables. A NUL would end the value, so there is none (names is made safe). */
function alertEnvironment(alert: Alert, host: string): Record<string, string> {
  return {
    LEAKWATCH_HOST: host,
    LEAKWATCH_ID: alert.id,
    LEAKWATCH_RULE: alert.rule,
    LEAKWATCH_SEVERITY: alert.severity,
    LEAKWATCH_STATE: alert.state,
    LEAKWATCH_SUBJECT: alert.subject,
    LEAKWATCH_VALUE: alert.value === null ? "" : String(alert.value),
    LEAKWATCH_THRESHOLD: alert.threshold === null ? "" : String(alert.threshold),
    LEAKWATCH_MESSAGE: alert.message,
    LEAKWATCH_NEXT_STEP: alert.next_step,
    LEAKWATCH_SINCE: alert.since,
  };
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended by itself meanwhile.
  }
}
