/** Processes that hold still are read in turn, and none of them can move unseen for long. */

import assert from "node:assert/strict";
import { ProcessTable } from "../../../collectors/process/process_table.ts";
import { newEntry } from "../../../collectors/process/process_entry.ts";
import { AdaptiveSampling } from "../../../collectors/process/adaptive_sampling.ts";

const MIB = 2 ** 20;

/** Passes a second apart over one entry whose anonymous memory follows `bytes`; tells in which passes it was read. */
function played(bytes: (second: number) => number, intervalSeconds: number, passes: number): number[] {
  const rest = new AdaptiveSampling();
  const entry = newEntry("/proc/7", 7, 1);
  const read: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const second = 100 + pass * intervalSeconds;
    rest.begin(second);
    if (rest.isStale(entry)) continue;
    read.push(pass * intervalSeconds);
    const now = bytes(pass * intervalSeconds), before = entry.record.anon_bytes;
    entry.record.anon_bytes = now;
    rest.record(entry, now !== before, now - before);
  }
  return read;
}

Deno.test("rest: who holds still is read every five seconds, whatever the interval", () => {
  for (const interval of [0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 4.9, 5, 15, 60]) {
    const read = played(() => MIB, interval, Math.ceil(120 / interval));
    const gaps = read.slice(1).map((second, i) => second - read[i]!);
    assert.ok(Math.max(...gaps) <= Math.max(5, interval) + 1e-9, `${interval} s: ${Math.max(...gaps)}`);
    if (interval >= 5) assert.equal(read.length, Math.ceil(120 / interval), `${interval} s: all are read`);
    else if (interval <= 2) assert.ok(read.length < 0.7 * 120 / interval, `${interval} s: few are read`);
  }
});

Deno.test("rest: who moves is read at every pass", () => {
  assert.equal(played((second) => second * MIB, 1, 60).length, 60);
  // It moves after half a minute of rest: noticed within five seconds, and from then on read each time.
  const read = played((second) => Math.max(30, second) * MIB, 1, 60);
  const woken = read.find((second) => second > 30)!;
  assert.ok(woken <= 35);
  assert.deepEqual(read.filter((second) => second >= woken), range(woken, 60));
});

Deno.test("rest: a suspect never rests", () => {
  const rest = new AdaptiveSampling(), entry = newEntry("/proc/7", 7, 1);
  for (let second = 0; second < 20; second++) {
    rest.begin(second);
    rest.record(entry, false, 0);
  }
  assert.ok(rest.isStale(entry));
  entry.focused = true;
  assert.ok(!rest.isStale(entry));
});

Deno.test("rest: what moved unseen shows in the machine's total", () => {
  const rest = new AdaptiveSampling(), entry = newEntry("/proc/7", 7, 1);
  rest.begin(0);
  assert.equal(rest.unexplainedChange(1000 * MIB), false, "nothing to compare with");
  rest.begin(1);
  rest.record(entry, true, 50 * MIB);
  assert.equal(rest.unexplainedChange(1050 * MIB), false, "explained by what was read");
  rest.begin(2);
  assert.equal(rest.unexplainedChange(1100 * MIB), true, "nobody that was read grew by this");
  rest.begin(3);
  entry.record.anon_bytes = 100 * MIB;
  rest.remove(entry);
  assert.equal(rest.unexplainedChange(1000 * MIB), false, "explained by one that ended");
  rest.begin(4);
  assert.equal(rest.unexplainedChange(null), false);
  rest.begin(5);
  assert.equal(rest.unexplainedChange(900 * MIB), false, "nothing to compare with after a gap");
});

Deno.test("rest: memory that nobody we see holds wakes everybody once in five seconds, not always", () => {
  const rest = new AdaptiveSampling();
  let woken = 0;
  for (let second = 0; second < 60; second++) {
    rest.begin(second);
    // A neighbour in another pid namespace comes and goes.
    if (!rest.unexplainedChange(second % 2 * 100 * MIB)) continue;
    woken++;
    rest.acknowledge();
  }
  assert.ok(woken >= 10 && woken <= 12, `woken ${woken} times in a minute`);
  // What reading everybody did explain leaves us watchful.
  rest.begin(100);
  assert.ok(rest.unexplainedChange(1000 * MIB));
  rest.record(newEntry("/proc/7", 7, 1), true, 900 * MIB);
  rest.acknowledge();
  rest.begin(101);
  assert.ok(rest.unexplainedChange(2000 * MIB));
});

/** A machine of which some move, and what is read of it in each of so many passes, a second apart. */
function passesOver(moving: number, sleeping: number, passes: number, leak = -1) {
  const rest = new AdaptiveSampling();
  const entries = Array.from({ length: moving + sleeping }, (_, i) => newEntry(`/proc/${i}`, i, 1));
  const reads: number[] = [], longest = new Float64Array(entries.length), leakReads: number[] = [];
  for (let second = 0; second < passes; second++) {
    rest.begin(second);
    rest.choose(entries);
    let count = 0;
    entries.forEach((entry, i) => {
      if (entry.record.is_stale) return;
      count++;
      if (second > 20) longest[i] = Math.max(longest[i]!, second - entry.read_at);
      if (i === leak) leakReads.push(second);
      const before = entry.record.anon_bytes;
      if (i === leak) entry.record.anon_bytes = second * MIB;
      else if (i < moving) entry.record.anon_bytes = before === 0 ? 65_536 : 0;
      const now = entry.record.anon_bytes;
      rest.record(entry, now !== before, now - before);
      entry.read_at = second;
    });
    rest.budget.measured(count, count * 5e-6);
    reads.push(count);
  }
  return { reads, longest: Math.max(...longest), leakReads };
}

Deno.test("budget: on 20,000 processes as many are read as ten seconds ask for, each of them, in even portions", () => {
  const few = passesOver(500, 500, 60);
  assert.ok(Math.max(...few.reads.slice(20)) >= 500, "who moves among few is read at each pass");
  for (const [moving, sleeping] of [[2000, 0], [2000, 2000], [5000, 5000], [20_000, 0]] as const) {
    const { reads, longest } = passesOver(moving, sleeping, 60);
    const late = reads.slice(30), most = Math.max(...late), total = moving + sleeping;
    const mean = late.reduce((sum, count) => sum + count, 0) / late.length;
    assert.ok(longest <= 10.01, `${total}: not read for ${longest} s`);
    assert.ok(mean <= Math.max(1100, total / 8), `${total}: ${mean} in a pass`);
    assert.ok(most <= 2 * mean, `${total}: ${most} in one pass, ${mean} in the mean`);
  }
});

Deno.test("budget: a leak of 1 MiB a second among 10,000 processes is read at nearly every pass", () => {
  const { leakReads } = passesOver(5000, 5000, 100, 2500);
  assert.ok(leakReads.filter((second) => second >= 20).length >= 75, `${leakReads}`);
});

Deno.test("table: a sleeping process rests, is woken by the total, and stays in the table", async () => {
  const sleeper = new Deno.Command("sleep", { args: ["1000"], stdout: "null" }).spawn();
  const table = new ProcessTable("/proc", { skip_stale: true });
  const find = () => table.records.find(({ pid }) => pid === sleeper.pid);
  try {
    await untilAsleep(sleeper.pid);
    let second = 0;
    for (; second < 20; second++) table.scan(second, 0);
    let rested = 0;
    for (; second < 40; second++) {
      table.scan(second, 0);
      if (find()!.is_stale) rested++;
    }
    // Every five seconds; every ten where reading is dear, as on a busy machine.
    assert.ok(rested >= 14 && rested <= 18, `rested in ${rested} of 20 passes`);
    // The total moves by more than anybody who was read: in that pass nobody rests. Where others on this machine just did the
    // same, the question is not asked again for five seconds.
    let isWoken = false;
    for (let step = 0; step < 20 && !isWoken; step++) {
      table.scan(second++, 0, false, step * 1000 * MIB);
      isWoken = step > 0 && table.records.every((record) => !record.is_stale);
    }
    assert.ok(isWoken);
  } finally {
    sleeper.kill();
    await sleeper.status;
  }
  // Its end shows at its next turn.
  for (let second = 70; second < 81; second++) table.scan(second, 0);
  assert.equal(find(), undefined);
  table.close();
});

Deno.test("table: in a window of its own nobody rests", () => {
  const table = new ProcessTable("/proc");
  for (let second = 0; second < 12; second++) {
    table.scan(second, 0);
    assert.ok(table.records.every((record) => !record.is_stale));
  }
  table.close();
});

Deno.test("table: a new process is found without listing, a new thread is none", async () => {
  const table = new ProcessTable("/proc");
  table.scan(0, 0);
  table.scan(1, 0);
  const child = new Deno.Command("sleep", { args: ["1000"], stdout: "null" }).spawn();
  const worker = new Worker("data:text/javascript,postMessage(1)", { type: "module" });
  await new Promise((resolve) => worker.onmessage = resolve);
  try {
    table.scan(2, 0);
    assert.ok(table.records.some(({ pid }) => pid === child.pid));
    const threads = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => Number(name));
    assert.ok(threads.length > 1);
    const shown = table.records.filter(({ pid }) => threads.includes(pid)).map(({ pid }) => pid);
    assert.deepEqual(shown, [Deno.pid]);
  } finally {
    worker.terminate();
    child.kill();
    await child.status;
    table.close();
  }
});

/** Its program is sleep, and it has come to rest. */
async function untilAsleep(pid: number): Promise<void> {
  for (let before = "";; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`),
      statm = Deno.readTextFileSync(`/proc/${pid}/statm`);
    if (stat.includes("(sleep) S") && statm === before) return;
    before = statm;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
