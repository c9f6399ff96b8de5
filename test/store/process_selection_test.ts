import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { ProcessSelection } from "../../store/process_selection.ts";
import { Recorder } from "../../store/recorder.ts";
import { MIB, processSample } from "./samples.ts";
import { inDirectory, newSession } from "./sessions.ts";
import { SimulatedMachine } from "./simulated_machine.ts";

const OPTIONS = { top: 2, hide_arguments: false, own_pid: 7 };
const NOBODY = new Map<number, number>();
const processes = () =>
  [80, 70, 60, 50, 40, 30].map((size, index) =>
    processSample({ pid: index + 2, rss_bytes: size * MIB, anon_bytes: size * MIB })
  );
const pids = (items: { process: { pid: number } }[]) => items.map(({ process }) => process.pid);

Deno.test("process log: all at first, then the top, suspects and leakwatch itself", () => {
  const selection = new ProcessSelection(OPTIONS);
  const all = processes();
  assert.deepEqual(pids(selection.select(all, NOBODY, 0)), [2, 3, 4, 5, 6, 7]);
  assert.deepEqual(pids(selection.select(all, NOBODY, 5)), [2, 3, 7]);
  assert.deepEqual(pids(selection.select(all, new Map([[5, 1000]]), 10)), [2, 3, 5, 7]);
  assert.deepEqual(
    pids(selection.select(all, new Map([[5, 999]]), 15)),
    [2, 3, 7],
    "another process with that pid",
  );
});

Deno.test("process log: others when they changed noticeably since their last row, slow growth included", () => {
  const selection = new ProcessSelection(OPTIONS);
  const all = processes();
  selection.select(all, NOBODY, 0);
  const logged: number[] = [];
  for (let each = 1; each <= 100; each++) {
    all[3]!.anon_bytes += 0.01 * MIB;
    if (pids(selection.select(all, NOBODY, each * 5)).includes(5)) logged.push(each);
  }
  // 50 MiB: a row whenever another hundredth of what was logged has come.
  assert.deepEqual(logged.length, 1);
  all[4]!.open_descriptors! += 4;
  assert.deepEqual(pids(selection.select(all, NOBODY, 600)), [2, 3, 6, 7]);
  all[2] = processSample({ pid: 4, start_ticks: 5000, rss_bytes: 60 * MIB });
  const replaced = selection.select(all, NOBODY, 605);
  assert.deepEqual(pids(replaced), [4, 2, 3, 7], "a new process with an old pid");
  assert.deepEqual(
    [replaced[0]!.process.state, replaced[0]!.process.start_ticks],
    ["X", 1000],
    "the old one has ended",
  );
  assert.deepEqual(pids(selection.select(all, NOBODY, 610)), [2, 3, 4, 7], "that is still there");
  assert.deepEqual(pids(selection.select(all, NOBODY, 615)), [2, 3, 7]);
});

Deno.test("process log: every process once an hour, and a last row when it has ended", () => {
  const selection = new ProcessSelection(OPTIONS);
  const all = processes();
  selection.select(all, NOBODY, 0);
  assert.deepEqual(pids(selection.select(all, NOBODY, 3595)), [2, 3, 7]);
  assert.deepEqual(pids(selection.select(all, NOBODY, 3600)), [2, 3, 4, 5, 6, 7]);
  const ended = selection.select(all.slice(1), NOBODY, 3605);
  assert.deepEqual(ended.map(({ process }) => [process.pid, process.state]), [
    [2, "X"],
    [3, "S"],
    [4, "S"],
    [7, "S"],
  ]);
  assert.equal(ended[0]!.process.rss_bytes, 80 * MIB, "with its last values");
  assert.deepEqual(pids(selection.select(all.slice(1), NOBODY, 3610)), [3, 4, 7], "once");
});

Deno.test("process log: equals at the edge of the top do not make it longer", () => {
  const selection = new ProcessSelection({ ...OPTIONS, own_pid: 1 });
  const same = Array.from({ length: 50 }, (_, index) => processSample({ pid: index + 2 }));
  selection.select(same, NOBODY, 0);
  assert.equal(selection.select(same, NOBODY, 5).length, 2);
});

Deno.test("process log: a storm of new processes is bounded, the largest first", () => {
  const selection = new ProcessSelection({ ...OPTIONS, top: 3, own_pid: 1 });
  selection.select(processes(), NOBODY, 0);
  const storm = Array.from(
    { length: 200 },
    (_, index) => processSample({ pid: 1000 + index, rss_bytes: (2 + index / 100) * MIB }),
  );
  assert.deepEqual(pids(selection.select([...processes(), ...storm], NOBODY, 5)), [2, 3, 4]);
  const chosen = selection.select([...processes(), ...storm], NOBODY, 10);
  assert.deepEqual(pids(chosen), [2, 3, 4, 1199, 1198, 1197, 1196, 1195, 1194]);
});

Deno.test("process log: the whole command line first and once an hour, nothing of it with --hide-arguments", () => {
  const selection = new ProcessSelection(OPTIONS);
  const lengths = [0, 5, 3599, 3600, 3605].map((time) =>
    selection.select(processes(), NOBODY, time)[0]!.command_length
  );
  assert.deepEqual(lengths, [4096, 40, 40, 4096, 40]);
  const newcomer = processSample({ pid: 99, rss_bytes: 90 * MIB });
  const ofNewcomer = [3610, 3615, 3620].map((time) =>
    selection.select([newcomer, ...processes()], NOBODY, time)[0]!.command_length
  );
  assert.deepEqual(ofNewcomer, [40, 4096, 40]);
  const hidden = new ProcessSelection({ ...OPTIONS, hide_arguments: true });
  assert.equal(hidden.select(processes(), NOBODY, 0)[0]!.command_length, 0);
});

Deno.test("logs: 24 h at 5 s with 400 restless processes stay under 150 MiB as compressed (half an hour, times 48)", () =>
  inDirectory(async (directory) => {
    const machine = new SimulatedMachine(400, 5);
    const session = newSession(directory, { started_at_seconds: machine.sample.wall_seconds });
    const recorder = new Recorder(session, {
      kind: "memory-monitor",
      top: 40,
      hide_arguments: false,
      own_pid: 1000,
    });
    for (let each = 0; each < 360; each++) recorder.record(machine.next());
    await session.end("duration", machine.sample.wall_seconds, { samples: 360, cost: null });
    const day = 48 * session.paths().filter((path) => path.endsWith(".log") && !path.endsWith("_summary.log"))
      .reduce((sum, path) => sum + gzipSync(Deno.readFileSync(path)).length, 0);
    assert.ok(day < 150 * MIB, `${(day / MIB).toFixed(0)} MiB`);
  }));
