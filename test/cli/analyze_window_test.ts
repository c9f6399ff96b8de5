import assert from "node:assert/strict";
import fc from "fast-check";
import { Points } from "../../cli/analyze/decimated_series.ts";
import { WindowRecorder } from "../../cli/analyze/window_recorder.ts";
import { suspectMessage } from "../../cli/analyze/window_progress.ts";
import { emptySample } from "../../model/empty_sample.ts";
import type { ProcessSample, Sample } from "../../model/sample.ts";
import { aFinding, aProcess } from "./report_sample.ts";

const MIB = 1024 * 1024;

function sampleAt(seconds: number, processes: ProcessSample[]): Sample {
  return Object.assign(emptySample(), {
    time_seconds: 1000 + seconds,
    wall_seconds: 5000 + seconds,
    processes,
  });
}

const growthOf = (recorder: WindowRecorder, sample: Sample, index = 0) =>
  recorder.growthOf(sample.processes[index]!, sample.time_seconds);

Deno.test("window: growth is the end less the start, per identity", () => {
  const recorder = new WindowRecorder();
  recorder.record(sampleAt(0, [aProcess(7, "a", { anon_bytes: 10 * MIB, open_descriptors: 5 })]));
  const end = sampleAt(60, [
    aProcess(7, "a", { anon_bytes: 14 * MIB, swap_bytes: MIB, open_descriptors: 9, cpu_seconds: 13 }),
  ]);
  recorder.record(end);
  const growth = growthOf(recorder, end)!;
  assert.equal(growth.seconds, 60);
  assert.equal(growth.memory_bytes, 5 * MIB, "what was swapped out is still its memory");
  assert.equal(growth.open_descriptors, 4);
  assert.equal(growth.cpu_seconds, 3);
});

Deno.test("window: a pid that is given out again is another process", () => {
  const recorder = new WindowRecorder();
  recorder.record(sampleAt(0, [aProcess(7, "a", { anon_bytes: MIB })]));
  const reused = sampleAt(5, [aProcess(7, "b", { start_ticks: 999, anon_bytes: 900 * MIB })]);
  recorder.record(reused);
  assert.equal(growthOf(recorder, reused), null, "one reading says nothing");
  assert.deepEqual([recorder.started, recorder.ended], [1, 1]);
});

Deno.test("window: an exec makes another program of the same process", () => {
  const recorder = new WindowRecorder();
  recorder.record(sampleAt(0, [aProcess(7, "sh", { anon_bytes: MIB })]));
  const executed = sampleAt(5, [aProcess(7, "java", { exec_count: 1, anon_bytes: 900 * MIB })]);
  recorder.record(executed);
  assert.equal(growthOf(recorder, executed), null);
});

Deno.test("window: a process that starts within it is measured from its first reading", () => {
  const recorder = new WindowRecorder();
  recorder.record(sampleAt(0, []));
  recorder.record(sampleAt(10, [aProcess(8, "late", { anon_bytes: 10 * MIB })]));
  const end = sampleAt(30, [aProcess(8, "late", { anon_bytes: 12 * MIB })]);
  recorder.record(end);
  assert.deepEqual([growthOf(recorder, end)!.seconds, growthOf(recorder, end)!.memory_bytes], [20, 2 * MIB]);
  recorder.record(sampleAt(40, []));
  assert.deepEqual([recorder.started, recorder.ended], [1, 1]);
});

Deno.test("window: a part that becomes readable later is no growth, and a zombie released nothing", () => {
  const recorder = new WindowRecorder();
  recorder.record(
    sampleAt(0, [aProcess(7, "a", { swap_bytes: null, open_descriptors: null }), aProcess(9, "z")]),
  );
  const end = sampleAt(10, [
    aProcess(7, "a", { swap_bytes: 500 * MIB, open_descriptors: 50 }),
    aProcess(9, "z", { state: "Z", anon_bytes: 0, rss_bytes: 0 }),
  ]);
  recorder.record(end);
  assert.equal(growthOf(recorder, end)!.memory_bytes, 0);
  assert.equal(growthOf(recorder, end)!.open_descriptors, 0, "counted from its first reading");
  assert.equal(growthOf(recorder, end, 1)!.memory_bytes, null);
});

Deno.test("window: points stay few, in order, and keep the first", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), (count) => {
    const points = new Points();
    for (let i = 0; i < count; i++) points.push(i, i * 2);
    assert.ok(points.values.length <= 240);
    assert.ok(points.values.length >= Math.min(count, 110));
    assert.equal(points.time_seconds[0], 0);
    const gaps = new Set(
      points.time_seconds.slice(1).map((time, index) => time - points.time_seconds[index]!),
    );
    assert.ok(gaps.size <= 1, "evenly spaced");
    assert.deepEqual(points.values, points.time_seconds.map((time) => time * 2));
  }));
});

Deno.test("progress: names the worst suspect with its rate, made safe", () => {
  assert.equal(suspectMessage([]), "no suspect");
  const java = aProcess(812, "java\x1b[2J");
  assert.equal(suspectMessage([aFinding(java)]), "1 suspect: java\\x1b[2J +96 MiB/h");
  const two = [aFinding(java), aFinding(java, { kind: "process-descriptors", unit: "count" })];
  assert.match(suspectMessage(two), /^2 suspects: /);
});
