import { deepStrictEqual, strictEqual } from "node:assert";
import type { Label } from "../../../bench/servers/labels.ts";
import {
  isAbout,
  leaksAt,
  type ScoredFinding,
  type ScoredProgram,
  scoredPrograms,
  tracks,
} from "../../../bench/servers/scoring/track.ts";

const START = "2026-11-21T15:00:00.000Z";
const process = (pid: number, first = 0, last = 600) => ({
  pid,
  start_ticks: pid,
  name: "server",
  command: "server",
  first_seen_seconds: first,
  last_seen_seconds: last,
});

function label(over: Partial<Label> = {}): Label {
  return {
    name: "server",
    what: "",
    truth: "leak",
    kind: "process-memory",
    rate_per_hour: 100,
    measured_bytes_per_hour: 90,
    declared_cap: null,
    warm_up_seconds: 0,
    started_at: "2026-11-21T15:00:10.000Z",
    ended_at: null,
    main_pid: 7,
    blamed_pids: [7],
    processes: [process(7)],
    shared_names: [],
    requests: { done: 0, failed: 0 },
    ...over,
  };
}

function finding(pid: number | null, over: Partial<ScoredFinding> = {}): ScoredFinding {
  return {
    kind: "process-memory",
    subject: { pid, start_ticks: pid, name: "server", unit: null, container: null },
    verdict: "leak",
    rate_per_hour: { low: 80, mid: 100, high: 120 },
    probability: 0.9,
    caused_by: null,
    ...over,
  };
}

const programOf = (over: Partial<Label> = {}): ScoredProgram => scoredPrograms([label(over)], START, 600)[0]!;

Deno.test("a program begins and ends in seconds of the recording", () => {
  const { start_seconds, end_seconds } = programOf({ ended_at: "2026-11-21T15:05:00.000Z" });
  deepStrictEqual([start_seconds, end_seconds], [10, 300]);
  strictEqual(programOf().end_seconds, 600);
});

Deno.test("the rate by design comes before the measured one", () => {
  strictEqual(programOf().rate_per_hour, 100);
  strictEqual(programOf({ rate_per_hour: null }).rate_per_hour, 90);
});

Deno.test("processes beside the leaking one are a healthy program of their own", () => {
  const both = scoredPrograms([label({ processes: [process(7), process(8)] })], START, 600);
  deepStrictEqual(both.map(({ truth, processes }) => [truth, processes.map(({ pid }) => pid)]), [
    ["leak", [7]],
    ["healthy", [8]],
  ]);
  deepStrictEqual(both.map((program) => isAbout(finding(8), program, 100)), [false, true]);
});

Deno.test("a finding about another thing that grows neither finds a leak nor accuses", () => {
  const descriptors = finding(7, { kind: "process-descriptors" });
  strictEqual(isAbout(descriptors, programOf(), 100), false);
  strictEqual(isAbout(descriptors, programOf({ kind: "process-descriptors" }), 100), true);
  strictEqual(isAbout(descriptors, programOf({ truth: "healthy", kind: null }), 100), true);
});

Deno.test("a pid counts while its process was seen", () => {
  const program = programOf({ processes: [process(7, 100, 200)] });
  deepStrictEqual([50, 150, 300].map((seconds) => isAbout(finding(7), program, seconds)), [
    false,
    true,
    false,
  ]);
});

Deno.test("shared memory is found by its name", () => {
  const program = programOf({ kind: "shared-memory", shared_names: ["memfd"] });
  const named = (name: string) =>
    finding(null, { kind: "shared-memory", subject: { ...finding(null).subject, name } });
  strictEqual(isAbout(named("memfd"), program, 100), true);
  strictEqual(isAbout(named("POSIX"), program, 100), false);
});

Deno.test("a leak that begins late leaks from then on", () => {
  const late = programOf({ warm_up_seconds: 60 });
  deepStrictEqual([59, 60].map((age) => leaksAt(late, age)), [false, true]);
  strictEqual(leaksAt(programOf({ truth: "healthy" }), 1e9), false);
});

Deno.test("a track holds the strongest finding at each evaluation of the program's life", () => {
  const evaluations = [
    { seconds: 5, findings: [finding(7)] },
    { seconds: 30, findings: [finding(7, { verdict: "growing", probability: 0.95 }), finding(7)] },
    { seconds: 60, findings: [] },
  ];
  const [track] = tracks([programOf()], evaluations);
  deepStrictEqual(
    track!.opinions.map(({ age_seconds, verdict, probability }) => [age_seconds, verdict, probability]),
    [[20, "leak", 0.9], [50, null, 0]],
  );
});

Deno.test("watching that began late counts from then", () => {
  const [track] = tracks(
    [programOf()],
    [{ seconds: 100, findings: [] }, { seconds: 130, findings: [] }],
    100,
  );
  deepStrictEqual(track!.opinions.map((opinion) => [opinion.watched_seconds, opinion.age_seconds]), [[
    30,
    120,
  ]]);
});

Deno.test("an effect accuses nobody of its own", () => {
  const healthy = programOf({ truth: "healthy", kind: null, rate_per_hour: null });
  const said = (caused_by: string | null) =>
    tracks([healthy], [{ seconds: 60, findings: [finding(7, { caused_by })] }])[0]!.opinions[0]!.verdict;
  strictEqual(said(null), "leak");
  strictEqual(said("the cause"), null);
});
