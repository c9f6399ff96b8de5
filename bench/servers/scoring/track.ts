/** What was said of each program, evaluation by evaluation: findings matched with labels. Pure. */
import type { Finding, Verdict } from "../../../model/finding.ts";
import type { Label, LabelledProcess } from "../labels.ts";
import type { LeakKind } from "../scenario.ts";

/** Findings at one moment of a recording. */
export interface Evaluation {
  /** Since the recording's start. */
  seconds: number;
  findings: readonly ScoredFinding[];
}

/** The part of a finding that is scored. */
export type ScoredFinding = Pick<
  Finding,
  "kind" | "subject" | "verdict" | "rate_per_hour" | "probability" | "caused_by"
>;

/** What was said of one program at one moment. */
export interface Opinion {
  /** Since the recording's start; since the program's; since it was first watched. */
  seconds: number;
  age_seconds: number;
  watched_seconds: number;
  /** Null: nothing was said. */
  verdict: Verdict | null;
  /** 0 where nothing was said. */
  probability: number;
  rate_per_hour: number | null;
}

/** A process and when it was seen: its pid may be another's before and long after. */
export type SeenProcess = Pick<LabelledProcess, "pid" | "first_seen_seconds" | "last_seen_seconds">;

/** Processes are looked for every five seconds, and findings outlive theirs for a moment. */
const SEEN_SLACK_SECONDS = 30;

/** Whom opinions are about: a program, or the innocent processes of one that leaks elsewhere. */
export interface ScoredProgram {
  name: string;
  truth: "healthy" | "leak";
  kind: LeakKind | null;
  /** Bytes or objects per hour: by design, else as measured. */
  rate_per_hour: number | null;
  /** Age at which the leak begins. */
  leaks_from_seconds: number;
  /** Since the recording's start: when it started, and when it ended. */
  start_seconds: number;
  end_seconds: number;
  processes: readonly SeenProcess[];
  shared_names: ReadonlySet<string>;
}

export interface Track {
  program: ScoredProgram;
  opinions: Opinion[];
}

/** Findings that tell the truth about what grows; others about the same process are neither right nor wrong. */
const TELLING: Record<LeakKind, ReadonlySet<string>> = {
  "process-memory": new Set(["process-memory"]),
  "process-descriptors": new Set(["process-descriptors"]),
  "process-threads": new Set(["process-threads"]),
  "process-mappings": new Set(["process-mappings"]),
  "shared-memory": new Set(["shared-memory", "tmpfs", "process-memory"]),
  "tmpfs": new Set(["shared-memory", "tmpfs"]),
};

/** Programs of a recording; a leak whose other processes are innocent gives two. */
export function scoredPrograms(
  labels: readonly Label[],
  recordedAt: string,
  durationSeconds: number,
): ScoredProgram[] {
  const since = (time: string) => (Date.parse(time) - Date.parse(recordedAt)) / 1000;
  return labels.flatMap((label) => {
    const blamed = new Set(label.blamed_pids);
    const innocent = label.processes.filter(({ pid }) => !blamed.has(pid));
    const program: ScoredProgram = {
      name: label.name,
      truth: label.truth,
      kind: label.kind,
      rate_per_hour: label.rate_per_hour ?? (label.truth === "leak" ? label.measured_bytes_per_hour : null),
      leaks_from_seconds: label.truth === "leak" ? label.warm_up_seconds : Infinity,
      start_seconds: since(label.started_at),
      end_seconds: label.ended_at ? Math.min(durationSeconds, since(label.ended_at)) : durationSeconds,
      processes: label.processes.filter(({ pid }) => blamed.has(pid)),
      shared_names: new Set(label.shared_names),
    };
    if (label.truth === "healthy" || innocent.length === 0) return [program];
    return [program, {
      ...program,
      ...{ name: `${label.name}, its other processes`, truth: "healthy", kind: null, rate_per_hour: null },
      ...{ leaks_from_seconds: Infinity, processes: innocent, shared_names: new Set<string>() },
    }];
  });
}

/** Whether a finding is about a program, and of a kind that counts for it. */
export function isAbout(
  { kind, subject }: Pick<ScoredFinding, "kind" | "subject">,
  program: ScoredProgram,
  seconds: number,
): boolean {
  if (program.kind !== null && !TELLING[program.kind].has(kind)) return false;
  if (subject.pid !== null) {
    return program.processes.some(({ pid, first_seen_seconds, last_seen_seconds }) =>
      pid === subject.pid && seconds >= first_seen_seconds - SEEN_SLACK_SECONDS &&
      seconds <= last_seen_seconds + SEEN_SLACK_SECONDS
    );
  }
  return (kind === "tmpfs" || kind === "shared-memory") && program.shared_names.has(subject.name);
}

/** One track per program: its strongest finding at each evaluation while it lives, watched from `fromSeconds` on. */
export function tracks(
  programs: readonly ScoredProgram[],
  evaluations: readonly Evaluation[],
  fromSeconds = 0,
): Track[] {
  return programs.map((program) => ({
    program,
    opinions: evaluations
      .filter(({ seconds }) =>
        seconds > Math.max(program.start_seconds, fromSeconds) && seconds <= program.end_seconds
      )
      .map(({ seconds, findings }) => {
        const about = findings.filter((finding) => isAbout(finding, program, seconds));
        const strongest = about.filter((finding) => program.truth === "leak" || finding.caused_by === null)
          .reduce(
            (best: ScoredFinding | null, finding) =>
              best === null || outweighs(finding, best) ? finding : best,
            null,
          );
        return {
          seconds,
          age_seconds: seconds - program.start_seconds,
          watched_seconds: seconds - Math.max(program.start_seconds, fromSeconds),
          verdict: strongest?.verdict ?? null,
          probability: strongest?.probability ?? 0,
          rate_per_hour: strongest?.rate_per_hour?.mid ?? null,
        };
      }),
  }));
}

/** An accusation outweighs everything else, then the larger probability. */
function outweighs(one: ScoredFinding, other: ScoredFinding): boolean {
  const accuses = (finding: ScoredFinding) => finding.verdict === "leak" ? 1 : 0;
  return accuses(one) - accuses(other) > 0 ||
    accuses(one) === accuses(other) && one.probability > other.probability;
}

/** Whether the program leaks at that age. */
export function leaksAt(program: ScoredProgram, ageSeconds: number): boolean {
  return ageSeconds >= program.leaks_from_seconds;
}
