import assert from "node:assert/strict";
import { createPipeline } from "../../cli/create_pipeline.ts";
import type { Pipeline } from "../../cli/pipeline.ts";
import { emptyContainer } from "../../model/empty_records.ts";
import { emptySample } from "../../model/empty_sample.ts";
import type { ContainerSample, ProcessSample, Sample } from "../../model/sample.ts";
import type { Evaluation } from "../../model/evaluation.ts";
import { rootsAt } from "../../collectors/roots.ts";
import { builtinRules } from "../../rules/alerts/parse.ts";
import { aProcess } from "./report_sample.ts";

const MIB = 1024 * 1024;

interface Watched {
  pipeline: Pipeline;
  evaluation: Evaluation;
  sample: Sample;
  focused: number[][];
}

/** Half an hour, a sample every ten seconds, with the processes that `at` gives for each. */
function watched(
  at: (second: number) => ProcessSample[],
  proc: string,
  containers: ContainerSample[] = [],
): Watched {
  const sample = emptySample();
  sample.containers = containers;
  sample.host.boot_id = "b";
  const focused: number[][] = [];
  const sampler = { sample, focus: (pids: Iterable<number>) => void focused.push([...pids]) };
  const pipeline = createPipeline({
    sampler,
    roots: rootsAt(proc, "/nowhere"),
    rules: builtinRules(),
    pids: [900],
  });
  for (let second = 0; second <= 1800; second += 10) {
    Object.assign(sample, {
      time_seconds: 1000 + second,
      wall_seconds: 5000 + second,
      processes: at(second),
    });
    pipeline.evaluate(sample);
  }
  return { pipeline, evaluation: pipeline.evaluateOnce(sample), sample, focused };
}

const leaking = (pid: number, second: number) =>
  aProcess(pid, "python3", {
    anon_bytes: (20 + 2 * second) * MIB,
    started_at_seconds: 990,
    executable: null,
  });

Deno.test("pipeline: names what leaks with its next step, and has it looked at closely", () => {
  const { pipeline, evaluation: { findings }, sample, focused } = watched(
    (second) => [leaking(812, second), aProcess(820, "steady")],
    "/nowhere",
  );
  assert.deepEqual(findings.map(({ subject, verdict }) => [subject.pid, verdict]), [[812, "leak"]]);
  assert.match(
    findings[0]!.next_step,
    /^leakwatch profile 812 .*memray attach/,
    "by its name, where nothing else can be read",
  );
  assert.deepEqual(focused[0], [900], "those asked for, from the start");
  assert.deepEqual(new Set(focused.at(-1)), new Set([900, 812]));
  assert.equal(pipeline.verdictOf(sample.processes[0]!), "leak");
  assert.equal(pipeline.verdictOf(aProcess(5, "unknown")), null);
});

Deno.test("pipeline: a leak in a container is two findings and one story of alerts", () => {
  const container = { ...emptyContainer("ab".repeat(32)), name: "shop", cgroup: "/docker/x", usage_bytes: 1 };
  const { evaluation: { findings, alerts } } = watched(
    (second) => {
      container.anon_bytes = (20 + 2 * second) * MIB;
      return [{ ...leaking(812, second), container: container.id }];
    },
    "/nowhere",
    [container],
  );
  assert.deepEqual(findings.map(({ kind }) => kind).sort(), ["container-memory", "process-memory"]);
  const told = alerts.filter(({ rule }) => rule === "leak").map(({ subject }) => subject);
  assert.deepEqual(told, ["python3 (812)"]);
});

Deno.test("pipeline: leakwatch is no suspect of its own", () => {
  const here = watched((second) => [leaking(Deno.pid, second)], "/proc");
  assert.deepEqual(here.evaluation.findings, []);
  const elsewhere = watched((second) => [leaking(Deno.pid, second)], "/nowhere");
  assert.equal(
    elsewhere.evaluation.findings.length,
    1,
    "in another machine's tree that pid is somebody else",
  );
});

Deno.test("pipeline: a single look does not wait as rules do", () => {
  const zombie = aProcess(5, "defunct", { state: "Z", anon_bytes: 0, rss_bytes: 0, vsz_bytes: 0 });
  const sample = emptySample();
  Object.assign(sample, { time_seconds: 1000, wall_seconds: 5000, processes: [zombie] });
  const pipeline = createPipeline({
    sampler: { sample, focus() {} },
    roots: { proc: "/nowhere", sys: "/nowhere" },
    rules: builtinRules(),
  });
  assert.deepEqual(pipeline.evaluateOnce(sample).alerts.map(({ rule, state }) => [rule, state]), [[
    "zombies",
    "firing",
  ]]);
});
