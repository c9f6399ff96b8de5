/** Records the made-up machine as `monitor` or `boot` would, in no time. */

import { mkdirSync } from "node:fs";
import type { SessionKind } from "../../store/tables.ts";
import { Recorder } from "../../store/recorder.ts";
import { SessionWriter } from "../../store/session_writer.ts";
import { FakeMachine, type FakeMachineOptions } from "./fake_machine.ts";

export interface FakeSessionOptions extends FakeMachineOptions {
  kind?: SessionKind;
  hours?: number;
  interval_seconds?: number;
  /** Unix seconds. */
  started_at?: number;
}

const EVERYTHING = new Set(["meminfo", "pressure", "buddyinfo", "slabinfo", "vmstat"]);
const OFTEN = new Set(["meminfo", "pressure", "vmstat"]);

/** Writes one session into the directory and gives its id. */
export async function recordFakeSession(
  directory: string,
  options: FakeSessionOptions = {},
): Promise<string> {
  const { kind = "memory-monitor", hours = 2, interval_seconds = 15, started_at = 1_790_000_000 } = options;
  mkdirSync(directory, { recursive: true });
  const machine = new FakeMachine(options);
  machine.start = machine.time = started_at;
  machine.advance(0);
  const session = new SessionWriter({
    kind,
    directory,
    host: machine.sample.host,
    versions: { leakwatch: "0.1.0" },
    interval_seconds,
    duration_seconds: hours * 3600,
    started_at_seconds: started_at,
    rotate_bytes: 64 * 1024 ** 2,
    retain_bytes: 1024 ** 3,
    retain_seconds: 3650 * 86_400,
  });
  const recorder = new Recorder(session, { kind, top: 40, hide_arguments: false, own_pid: 1 });
  const samples = Math.floor(hours * 3600 / interval_seconds);
  for (let i = 0; i <= samples; i++) {
    const sample = machine.advance(i === 0 ? 0 : interval_seconds);
    sample.updated = i % Math.max(1, Math.round(60 / interval_seconds)) === 0 ? EVERYTHING : OFTEN;
    recorder.record(sample);
    if (i === Math.floor(samples / 3)) writeAlert(session, machine, "firing");
    if (i === Math.floor(samples / 2)) writeAlert(session, machine, "resolved");
  }
  session.flush(machine.time, true);
  await session.end("duration", machine.time, { samples, cost: { cpu_seconds: 1, rss_bytes: 40e6 } });
  return session.id;
}

function writeAlert(session: SessionWriter, machine: FakeMachine, state: "firing" | "resolved"): void {
  session.writeAlert({
    id: "1",
    rule: "pressure",
    severity: "warning",
    state,
    subject: "memory",
    value: 12.5,
    threshold: 10,
    message: "programs waited for memory 12.5 % of the last minute",
    next_step: "",
    since: new Date(machine.time * 1000).toISOString(),
  }, machine.time);
}

if (import.meta.main) {
  const [directory = "test/output/sessions", hours = "2", interval = "15", kind = "memory-monitor"] =
    Deno.args;
  console.log(
    await recordFakeSession(directory, {
      hours: Number(hours),
      interval_seconds: Number(interval),
      kind: kind as SessionKind,
    }),
  );
}
