import assert from "node:assert/strict";
import { findSession } from "../../store/catalog.ts";
import { Recorder } from "../../store/recorder.ts";
import { Replay, replay, sessionsAt } from "../../store/replay.ts";
import type { Sample } from "../../model/sample.ts";
import { fullSample, MIB, processSample } from "./samples.ts";
import { inDirectory, newSession } from "./sessions.ts";
import { SimulatedMachine } from "./simulated_machine.ts";

const OPTIONS = { kind: "memory-monitor", top: 40, hide_arguments: false, own_pid: 1 } as const;

/** Records samples every 5 s, then hands each replayed one to `look`. */
async function recordAndReplay(
  directory: string,
  samples: Iterable<Sample>,
  look: (sample: Sample) => void,
): Promise<void> {
  const session = newSession(directory);
  const recorder = new Recorder(session, OPTIONS);
  let last = 0;
  for (const sample of samples) {
    recorder.record(sample);
    last = sample.wall_seconds;
  }
  await session.end("duration", last, { samples: null, cost: null });
  assert.equal((await replay(`${directory}/${session.id}`, look))!.id, session.id);
}

function* every5Seconds(sample: Sample, count: number, change: (pass: number) => void): Generator<Sample> {
  for (let pass = 0; pass < count; pass++) {
    change(pass);
    yield sample;
    sample.time_seconds += 5;
    sample.wall_seconds += 5;
  }
}

Deno.test("replay: what a session holds comes back as it was", () =>
  inDirectory(async (directory) => {
    const sample = fullSample();
    const seen: Sample[] = [];
    await recordAndReplay(
      directory,
      every5Seconds(sample, 3, () => {}),
      (back) => seen.push(structuredClone({ ...back, renewed: new Set(back.updated) })),
    );
    assert.deepEqual(seen.map(({ wall_seconds }) => wall_seconds), [
      1_800_000_000,
      1_800_000_005,
      1_800_000_010,
    ]);
    const back = seen[2]!;
    const { uptime_seconds: _uptime, ...host } = sample.host;
    assert.deepEqual({ ...back.host, uptime_seconds: 0 }, { ...host, uptime_seconds: 0 });
    assert.equal(back.memory!.available_bytes, sample.memory!.available_bytes);
    assert.equal(back.memory!.swap_free_bytes, sample.memory!.swap_free_bytes);
    assert.deepEqual(back.pressure!.memory, sample.pressure!.memory);
    assert.deepEqual(back.zones![0]!.free_blocks, sample.zones![0]!.free_blocks);
    assert.equal(back.slab_caches!.find(({ name }) => name === "cache-59")!.size_bytes, 59 * 4096);
    const { processes: _, ...container } = sample.containers[0]!;
    for (const [name, value] of Object.entries(container)) {
      if (!UNRECORDED.has(name)) assert.equal(back.containers[0]![name as "id"], value, name);
    }
    assert.deepEqual(back.engines[0]!.space, sample.engines[0]!.space);
    assert.deepEqual(back.units, sample.units);
    assert.deepEqual(back.kernel, sample.kernel);
    assert.deepEqual(back.system_descriptors, sample.system_descriptors);
    assert.deepEqual(back.shared_memory, sample.shared_memory);
    const java = back.processes.find(({ pid }) => pid === sample.processes[0]!.pid)!;
    assert.deepEqual(java.runtime_memory, sample.processes[0]!.runtime_memory);
    assert.equal(back.memory!.unaccounted_bytes, sample.memory!.unaccounted_bytes);
    assert.equal(back.processes.length, sample.processes.length);
    for (const process of sample.processes) {
      const found = back.processes.find(({ pid }) => pid === process.pid)!;
      for (
        const field of [
          "start_ticks",
          "rss_bytes",
          "anon_bytes",
          "shmem_bytes",
          "cpu_seconds",
          "threads",
        ] as const
      ) {
        assert.equal(found[field], process[field], field);
      }
    }
  }));

/** Fields of a container that are not for judging. */
const UNRECORDED = new Set([
  "events_max",
  "oom_events",
  "pressure_some_microseconds",
  "pressure_full_microseconds",
  "restarts",
  "oom_killed",
  "exit_code",
]);

Deno.test("replay: a process that does not change keeps its values, stale between the readings of one at rest", () =>
  inDirectory(async (directory) => {
    const sample = fullSample();
    sample.processes = Array.from(
      { length: 60 },
      (_, i) => processSample({ pid: 100 + i, start_ticks: 100 + i, rss_bytes: (100 - i) * MIB }),
    );
    const smallest: { rss: number; stale: boolean | undefined }[] = [];
    await recordAndReplay(directory, every5Seconds(sample, 20, () => {}), ({ processes }) => {
      const { rss_bytes, is_stale } = processes.find(({ pid }) => pid === 159)!;
      smallest.push({ rss: rss_bytes, stale: is_stale });
    });
    assert.equal(smallest.length, 20);
    assert.ok(smallest.every(({ rss }) => rss === 41 * MIB));
    assert.ok(smallest.every(({ stale }) => stale === false), "one at rest is read every 5 s");
  }));

Deno.test("replay: a clock that is set back does not turn time back", () =>
  inDirectory(async (directory) => {
    const sample = fullSample();
    const times: number[] = [], gaps: boolean[] = [];
    const change = (pass: number) => {
      if (pass === 5) sample.wall_seconds -= 3600;
    };
    await recordAndReplay(directory, every5Seconds(sample, 10, change), ({ time_seconds, discontinuity }) => {
      times.push(time_seconds - 1_800_000_000);
      gaps.push(discontinuity);
    });
    assert.deepEqual(times, [0, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
    assert.deepEqual(gaps.flatMap((gap, i) => gap ? [i] : []), [5]);
  }));

Deno.test("replay: a directory with several sessions is not guessed at", () =>
  inDirectory(async (directory) => {
    for (let n = 0; n < 2; n++) {
      await newSession(directory).end("stopped", 1_800_000_001, { samples: 0, cost: null });
    }
    const [first, second] = sessionsAt(directory);
    assert.ok(first!.started_at_seconds <= second!.started_at_seconds);
    await assert.rejects(replay(directory, () => {}), /holds 2 sessions; name one/);
    assert.equal(await replay(`${directory}/nobody`, () => {}), null);
  }));

Deno.test("replay: a simulated machine's processes come and go as they did", () =>
  inDirectory(async (directory) => {
    const machine = new SimulatedMachine(100, 5);
    const session = newSession(directory);
    const recorder = new Recorder(session, OPTIONS);
    for (let pass = 0; pass < 200; pass++) recorder.record(machine.next());
    await session.end("duration", machine.sample.wall_seconds, { samples: 200, cost: null });
    const source = new Replay(findSession([directory], session.id)!);
    let samples = 0;
    for await (const { processes } of source) {
      samples++;
      assert.ok(processes.length >= 90, `${processes.length} processes`);
    }
    assert.equal(samples, 200);
  }));

Deno.test("replay: of a long recording only samples so far apart, and the last one, with all that lies between", () =>
  inDirectory(async (directory) => {
    const sample = fullSample();
    const session = newSession(directory);
    const recorder = new Recorder(session, OPTIONS);
    for (
      const each of every5Seconds(
        sample,
        20,
        (pass) => sample.processes[0]!.rss_bytes += pass === 7 ? 90 * MIB : 0,
      )
    ) {
      recorder.record(each);
    }
    await session.end("duration", sample.wall_seconds, { samples: 20, cost: null });
    const seen: [time: number, rss: number][] = [];
    for await (
      const { time_seconds, processes } of new Replay(sessionsAt(directory)[0]!, { every_seconds: 30 })
    ) {
      const { rss_bytes } = processes.find(({ pid }) => pid === sample.processes[0]!.pid)!;
      seen.push([time_seconds - 1_800_000_000, rss_bytes / MIB]);
    }
    assert.deepEqual(seen, [[0, 50], [30, 50], [60, 140], [90, 140], [95, 140]]);
  }));
