/**
 * Alerts to systemd's journal with a syslog priority, wherever leakwatch was started.
 *
 * Deno reaches datagram sockets (/run/systemd/journal/socket, /dev/log) only behind an unstable flag, so this speaks the
 * stream protocol of /run/systemd/journal/stdout, as systemd-cat does: seven header lines, then lines with `<N>` prefixes
 * (systemd: src/libsystemd/sd-journal/journal-send.c, sd_journal_stream_fd).
 */

import type { Alert, OperationalError } from "../model/finding.ts";
import type { JournalConfig } from "../model/sink_config.ts";
import { DeliveryQueue } from "./delivery_queue.ts";
import { alertLine, type Sink, syslogPriority } from "./sink.ts";

const SOCKET = "/run/systemd/journal/stdout";

export class JournalSink implements Sink {
  readonly name: string;
  readonly #socket: string;
  readonly #queue: DeliveryQueue;
  #connection: Deno.UnixConn | null = null;

  constructor(config: JournalConfig, pause_seconds = 1) {
    this.name = config.name ?? "journal";
    this.#socket = config.socket ?? SOCKET;
    this.#queue = new DeliveryQueue({
      name: this.name,
      first_pause_seconds: pause_seconds,
      longest_pause_seconds: 60,
      deliver: (batch) => this.#write(batch),
    });
  }

  send(alert: Alert): void {
    this.#queue.push(alert);
  }

  error(): OperationalError | null {
    return this.#queue.trouble();
  }

  async close(timeoutSeconds: number): Promise<void> {
    await this.#queue.close(timeoutSeconds);
    this.#disconnect();
  }

  async #write(batch: readonly Alert[]): Promise<void> {
    try {
      const connection = await this.#connect();
      const lines = batch.map((alert) => `<${syslogPriority(alert)}>${alertLine(alert)}\n`).join("");
      await writeAll(connection, lines);
    } catch (error) {
      // journald was restarted, perhaps: the next try connects anew.
      this.#disconnect();
      throw error;
    }
  }

  async #connect(): Promise<Deno.UnixConn> {
    if (this.#connection !== null) return this.#connection;
    const connection = await Deno.connect({ transport: "unix", path: this.#socket });
    // Identifier, unit, default priority, prefixes on, forward to syslog, kernel log and console off.
    await writeAll(connection, "leakwatch\n\n6\n1\n0\n0\n0\n");
    connection.unref?.();
    return this.#connection = connection;
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}

async function writeAll(connection: Deno.UnixConn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
