/**
 * Writes one session: its tables, text logs, prose and session.json. Rows are flushed to the kernel at most FLUSH_SECONDS
 * after their sample (alerts at once), and the disk is asked to keep them at every flush: neither kill -9 nor a power cut loses
 * more than one flush interval.
 */

import { errnoOf } from "../model/error_reason.ts";
import { safeText } from "../model/safe_text.ts";
import { shortLine } from "../model/alert_line.ts";
import type { Alert } from "../model/finding.ts";
import type { HostInfo } from "../model/sample.ts";
import { compressSegment } from "./compress.ts";
import { lineFormatter, rowOf } from "./csv.ts";
import { createExclusively, exists, replaceFile, writeErrorReason } from "./files.ts";
import { compressAll, tidyLeftovers } from "./recovery.ts";
import { type LogError, LogFile } from "./log_file.ts";
import { applyRetention, type Retention } from "./retention.ts";
import { readOwner, type SessionInfo } from "./session_info.ts";
import { infoName, logName, sessionId } from "./session_names.ts";
import { type AnyTable, headerOf, rfc3339, type Table } from "./table.ts";
import { type SessionKind, TABLES, TEXT_LOGS } from "./tables.ts";
import { alertsTable } from "./tables/alerts.ts";

export const FLUSH_SECONDS = 5;
const CHECK_SECONDS = 60;
const RETENTION_SECONDS = 600;

export interface SessionOptions extends Retention {
  kind: SessionKind;
  /** Must exist. */
  directory: string;
  host: HostInfo;
  versions: Record<string, string>;
  interval_seconds: number;
  /** null: until stopped. */
  duration_seconds: number | null;
  /** Wall clock, Unix seconds. */
  started_at_seconds: number;
  rotate_bytes: number;
}

interface OpenTable {
  file: LogFile;
  format: (rows: readonly string[][]) => string;
}

export class SessionWriter {
  readonly id: string;
  readonly directory: string;
  readonly #options: SessionOptions;
  readonly #info: SessionInfo;
  readonly #tables = new Map<string, OpenTable>();
  readonly #texts = new Map<string, LogFile>();
  readonly #proseErrors = new Map<string, LogError>();
  #compressing: Promise<unknown> = Promise.resolve();
  #lastFlush = -Infinity;
  #lastCheck = -Infinity;
  #lastRetention = -Infinity;

  /** Takes a name that nobody has, tidies up what killed sessions left, and makes every file. Throws what opening throws. */
  constructor(options: SessionOptions) {
    this.#options = options;
    this.directory = options.directory;
    this.#compressing = compressAll(tidyLeftovers(options.directory));
    this.#info = infoOf(options);
    this.id = this.#info.id = claimName(options);
    this.#writeInfo(options.started_at_seconds);
    for (const [name, table] of Object.entries(TABLES[options.kind])) {
      this.#tables.set(name, {
        file: this.#logFile(name, headerOf(table)),
        format: lineFormatter(table),
      });
    }
    this.flush(options.started_at_seconds, true);
  }

  /** Adds a row about each item; written by a later flush. Kept until then as one text: less for the garbage collector. */
  write<Item>(table: Table<Item>, items: readonly Item[], wallSeconds: number): void {
    if (items.length === 0) return;
    const { file, format } = this.#open(table);
    file.append(format(items.map((item) => rowOf(table, item, wallSeconds))));
  }

  /** Writes an alert's new state at once. */
  writeAlert(alert: Alert, wallSeconds: number): void {
    this.write(alertsTable, [{ ...alert, message: shortLine(alert.message) }], wallSeconds);
    this.#open(alertsTable).file.flush(wallSeconds);
  }

  /** Appends one line to a text log; control characters are spelled out. */
  writeLine(log: string, line: string): void {
    let file = this.#texts.get(log);
    if (!file) this.#texts.set(log, file = this.#logFile(log, ""));
    file.append(safeText(line) + "\n");
  }

  /** Replaces a prose log as a whole. OperationalError is kept like a table's. */
  replaceText(log: string, text: string, wallSeconds: number): void {
    this.#replace(this.#path(logName(this.id, log)), text, wallSeconds);
  }

  /** Writes what is due. `timeSeconds` is the axis of the samples; call it after every sample. */
  flush(timeSeconds: number, force = false): void {
    if (!force && timeSeconds - this.#lastFlush < FLUSH_SECONDS - 0.01) return;
    this.#lastFlush = timeSeconds;
    for (const table of this.#tables.values()) table.file.flush(timeSeconds);
    for (const file of this.#texts.values()) file.flush(timeSeconds);
    for (const file of this.#files()) file.sync(timeSeconds);
    if (timeSeconds - this.#lastCheck >= CHECK_SECONDS) {
      this.#lastCheck = timeSeconds;
      if (!exists(this.#infoPath())) this.#writeInfo(timeSeconds);
    }
    if (this.#proseErrors.has(this.#infoPath())) this.#writeInfo(timeSeconds);
    if (timeSeconds - this.#lastRetention >= RETENTION_SECONDS) {
      this.#lastRetention = timeSeconds;
      applyRetention(this.directory, this.#options, Date.now() / 1000);
    }
  }

  /** Files that cannot be written now. */
  errors(): LogError[] {
    const ofLogs = this.#files().flatMap((file) => file.error ? [file.error] : []);
    return [...ofLogs, ...this.#proseErrors.values()];
  }

  /** Full paths of the session's files as they stand, summary and session.json included. */
  paths(): string[] {
    const texts = Object.keys(TEXT_LOGS[this.#info.kind]).filter((log) =>
      log !== "profiles" || this.#texts.has(log) // few sessions have one
    );
    const names = [...Object.keys(TABLES[this.#info.kind]), ...texts];
    return [...names.map((name) => this.#path(logName(this.id, name))), this.#infoPath()];
  }

  /** Writes all that is left, gives session.json its end and waits for compressions. */
  async end(
    reason: string,
    wallSeconds: number,
    end: Pick<SessionInfo, "samples" | "cost" | "findings">,
  ): Promise<void> {
    for (const table of this.#tables.values()) table.file.flush(wallSeconds);
    for (const file of this.#files()) file.close(wallSeconds);
    Object.assign(this.#info, { ended_at: rfc3339(wallSeconds), end_reason: reason, ...end });
    this.#writeInfo(wallSeconds);
    await this.#compressing;
  }

  #infoPath(): string {
    return this.#path(infoName(this.id));
  }

  #writeInfo(seconds: number): void {
    this.#replace(this.#infoPath(), JSON.stringify(this.#info, null, 2) + "\n", seconds);
  }

  #open(table: AnyTable): OpenTable {
    const open = this.#tables.get(table.name);
    if (!open) {
      throw new TypeError(`Cannot write ${table.name}: a ${this.#info.kind} session has no such table`);
    }
    return open;
  }

  #replace(path: string, text: string, wallSeconds: number): void {
    try {
      replaceFile(path, text);
      this.#proseErrors.delete(path);
    } catch (error) {
      const since_seconds = this.#proseErrors.get(path)?.since_seconds ?? wallSeconds;
      this.#proseErrors.set(path, {
        file: path,
        why: writeErrorReason(error),
        since_seconds,
        lost_lines: 0,
      });
    }
  }

  #logFile(log: string, header: string): LogFile {
    return new LogFile({
      path: this.#path(logName(this.id, log)),
      header,
      rotate_bytes: this.#options.rotate_bytes,
      onSegment: (path) => this.#compressing = this.#compressing.then(() => compressSegment(path)),
    });
  }

  #files(): LogFile[] {
    return [...[...this.#tables.values()].map((table) => table.file), ...this.#texts.values()];
  }

  #path(name: string): string {
    return `${this.directory}/${name}`;
  }
}

/** Creates an empty session.json under the first free name: two sessions of one second get two seconds. */
function claimName({ kind, directory, started_at_seconds }: SessionOptions): string {
  for (let second = 0;; second++) {
    const id = sessionId(kind, started_at_seconds + second);
    try {
      createExclusively(`${directory}/${infoName(id)}`);
      return id;
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
  }
}

function infoOf(options: SessionOptions): SessionInfo {
  const { kind, host, versions, interval_seconds, duration_seconds, started_at_seconds } = options;
  return {
    schema: "leakwatch.session/1",
    id: "",
    kind,
    hostname: host.hostname,
    kernel_release: host.kernel_release,
    boot_id: host.boot_id,
    host: {
      boot_time_seconds: host.boot_time_seconds,
      cpu_count: host.cpu_count,
      page_bytes: host.page_bytes,
      is_root: host.is_root,
    },
    versions,
    interval_seconds,
    duration_seconds,
    started_at: rfc3339(started_at_seconds),
    ended_at: null,
    end_reason: null,
    samples: null,
    cost: null,
    owner: readOwner(),
  };
}
