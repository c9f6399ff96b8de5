/** The observer that writes a session's logs: a row for each sample, a row for each change of an alert, and the summary. */

import type { Evaluation } from "../../model/evaluation.ts";
import type { Finding } from "../../model/finding.ts";
import type { ProfileEvidence } from "../../model/profile_evidence.ts";
import { Recorder, type Suspects } from "../../store/recorder.ts";
import { MAX_FINDINGS, type SessionFinding } from "../../store/session_info.ts";
import { SessionWriter } from "../../store/session_writer.ts";
import type { SessionKind } from "../../store/tables.ts";
import { ownCost } from "../analyze/own_cost.ts";
import { UserError } from "../errors.ts";
import type { Section } from "../report/document.ts";
import { evidenceSections } from "../report/sections/inside.ts";
import { renderText } from "../report/text.ts";
import { VERSION } from "../version.ts";
import type { EndReason, Observer } from "../sample_loop.ts";
import { RunningStats } from "./running_stats.ts";
import { isSuspect, SessionStats } from "./session_stats.ts";
import { summaryDocument } from "./summary.ts";

/** The summary is rewritten this often. */
const SUMMARY_SECONDS = 600;
/** One that could not be written is tried again this often. */
const SUMMARY_RETRY_SECONDS = 15;

export interface SessionLoggerOptions {
  kind: SessionKind;
  directory: string;
  interval_seconds: number;
  /** null: until stopped. */
  duration_seconds: number | null;
  rotate_bytes: number;
  retain_bytes: number;
  retain_seconds: number;
  top: number;
  hide_arguments: boolean;
  /** What this kind of session adds to its logs and summary. */
  addition?: SessionAddition;
  /** What was found inside suspects so far (--profile-suspects). */
  profiles?: () => readonly ProfileEvidence[];
  /** Says once when a log cannot be written, and once when it can again. */
  say(message: string): void;
}

/** What one kind of session writes besides. */
export interface SessionAddition {
  observe(evaluation: Evaluation, session: SessionWriter): void | Promise<void>;
  /** For the summary. */
  sections(): Section[];
  close(): void;
}

/** The session begins with the first sample. */
export class SessionLogger implements Observer {
  readonly stats = new SessionStats();
  readonly #options: SessionLoggerOptions;
  readonly #ownRss = new RunningStats();
  #session: SessionWriter | null = null;
  #recorder: Recorder | null = null;
  #latest: Evaluation | null = null;
  #lastSummary = 0;
  #reported = new Set<string>();

  constructor(options: SessionLoggerOptions) {
    this.#options = options;
  }

  /** null before the first sample. */
  get session(): SessionWriter | null {
    return this.#session;
  }

  /** Logs that cannot be written now: for the alert rule about them. */
  errors(): { name: string; why: string }[] {
    return this.#session?.errors().map(({ file, why }) => ({ name: file, why })) ?? [];
  }

  async observe(evaluation: Evaluation): Promise<void> {
    const { sample, findings, changes } = evaluation;
    const session = this.#session ??= this.#open(evaluation);
    this.#recorder ??= new Recorder(session, { ...this.#options, own_pid: Deno.pid });
    this.#latest = evaluation;
    // What quiet hours held back was recorded when it happened.
    const changed = changes.filter(({ route }) => route !== "notify").map(({ alert }) => alert);
    this.stats.observe(sample, findings, changed);
    this.#ownRss.add(Deno.memoryUsage().rss);
    for (const alert of changed) session.writeAlert(alert, sample.wall_seconds);
    this.#recorder.record(sample, suspectsOf(findings));
    await this.#options.addition?.observe(evaluation, session);
    const failed = session.errors().some(({ file }) => file.endsWith("_summary.log"));
    if (sample.time_seconds - this.#lastSummary >= (failed ? SUMMARY_RETRY_SECONDS : SUMMARY_SECONDS)) {
      this.#lastSummary = sample.time_seconds;
      this.writeSummary();
    }
    this.#reportErrors();
  }

  /** Writes the summary as things stand; nothing before the first sample. */
  writeSummary(endReason: EndReason | null = null): void {
    if (!this.#session || !this.#latest) return;
    const { interval_seconds, addition } = this.#options;
    const { sample, findings, alerts } = this.#latest;
    const session = this.#session;
    const document = summaryDocument({
      version: VERSION,
      sample,
      stats: this.stats,
      findings,
      alerts,
      interval_seconds,
      end_reason: endReason,
      own: ownCost(sample.collectors),
      own_rss: this.#ownRss,
      files: session.paths().map((path) => ({ path, bytes: sizeOf(path) })),
      errors: session.errors(),
      more: [...evidenceSections(this.#options.profiles?.() ?? []), ...addition?.sections() ?? []],
    });
    session.replaceText("summary", renderText(document, { color: false }), sample.wall_seconds);
  }

  async close(reason: EndReason, final: Evaluation | null): Promise<void> {
    this.#options.addition?.close();
    this.#latest = final ?? this.#latest;
    if (!this.#session || !this.#latest) return;
    const { time_seconds, wall_seconds, collectors } = this.#latest.sample;
    this.#session.flush(time_seconds, true);
    this.writeSummary(reason);
    const { cpu_seconds, rss_bytes } = ownCost(collectors);
    await this.#session.end(reason, wall_seconds, {
      samples: this.stats.samples,
      cost: { cpu_seconds, rss_bytes },
      findings: this.#latest.findings.slice(0, MAX_FINDINGS).map(sessionFinding),
    });
    this.#reportErrors();
  }

  #open({ sample }: Evaluation): SessionWriter {
    const { directory } = this.#options;
    try {
      return new SessionWriter({
        ...this.#options,
        host: sample.host,
        started_at_seconds: sample.wall_seconds,
        versions: { leakwatch: VERSION, deno: Deno.version.deno, v8: Deno.version.v8 },
      });
    } catch (error) {
      throw new UserError(
        `cannot begin a session in ${directory}: ${error instanceof Error ? error.message : error}; ` +
          "make room, or name another with --output-dir",
      );
    }
  }

  #reportErrors(): void {
    const now = new Set<string>();
    for (const { file, why } of this.#session?.errors() ?? []) {
      now.add(file);
      if (!this.#reported.has(file)) {
        this.#options.say(`cannot write ${file}: ${why}; retrying every few seconds`);
      }
    }
    for (const file of this.#reported) if (!now.has(file)) this.#options.say(`writing ${file} again`);
    this.#reported = now;
  }
}

function suspectsOf(findings: readonly Finding[]): Suspects {
  const processes = new Map<number, number>();
  const slab_caches = new Set<string>();
  for (const finding of findings) {
    const { pid, start_ticks, name } = finding.subject;
    if (!isSuspect(finding)) continue;
    if (pid !== null && start_ticks !== null) processes.set(pid, start_ticks);
    if (finding.kind === "kernel-slab") slab_caches.add(name);
  }
  return { processes, slab_caches };
}

const sessionFinding = ({ kind, subject, verdict, rate_per_hour, unit }: Finding): SessionFinding => ({
  kind,
  name: subject.name.slice(0, 256),
  pid: subject.pid,
  verdict,
  rate_per_hour: rate_per_hour?.mid ?? null,
  unit,
});

function sizeOf(path: string): number {
  try {
    return Deno.lstatSync(path).size;
  } catch {
    return 0;
  }
}
