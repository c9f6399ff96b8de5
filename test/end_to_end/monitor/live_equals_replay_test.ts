/**
 * `monitor` beside a memory leak, a descriptor leak and a sawtooth: its recording names what the live end named, and nothing
 * else, in `analyze --from` and on the page.
 */

import assert from "node:assert/strict";
import type { Finding } from "../../../model/finding.ts";
import { listSessions } from "../../../store/catalog.ts";
import { serve } from "../page_harness.ts";
import { leakwatch } from "../../cli/leakwatch.ts";
import { programs } from "../../programs.ts";
import { requires } from "../../requires.ts";
import { inDirectory } from "../../store/sessions.ts";

/** Descriptors are counted every 15 s, and a trend needs more than a dozen counts. */
const SECONDS = 240;

const PROGRAMS = {
  leak: `
import os, time
kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 2: kept.append(os.urandom(1024) * 1024)
    time.sleep(0.1)`,
  descriptors: `
import os, time
kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 5: kept.append(os.open("/dev/null", os.O_RDONLY))
    time.sleep(0.1)`,
  sawtooth: `
import os, time
kept, begin = [], time.monotonic()
while True:
    if len(kept) == 40: kept.clear()
    kept.append(os.urandom(1024) * 1024)
    time.sleep(0.25)`,
};

/** Live and replay see the same samples up to the last one; a recording rounds to kilobytes. */
const TOLERANCE = 0.05;
/** A count is held for 15 s, and a recording has it at each sample where a busy live end read it at some: other weights in a line. */
const DESCRIPTORS_TOLERANCE = 0.15;

interface Named {
  verdict: string;
  rate: number;
}

/** What is said of these processes, by program and kind; rates aside. */
function namedIn(findings: readonly Finding[], pids: ReadonlyMap<number, string>): Map<string, Named> {
  return new Map(findings.flatMap(({ kind, subject, verdict, rate_per_hour }) => {
    const program = pids.get(subject.pid ?? -1);
    return program ? [[`${program}: ${kind}`, { verdict, rate: rate_per_hour!.mid }]] : [];
  }));
}

function assertSame(live: Map<string, Named>, replayed: Map<string, Named>, where: string): void {
  const verdicts = (said: Map<string, Named>) =>
    [...said].map(([name, { verdict }]) => `${name}: ${verdict}`).sort();
  assert.deepEqual(verdicts(replayed), verdicts(live), where);
  for (const [name, { rate }] of replayed) {
    const expected = live.get(name)!.rate;
    const allowed = name.endsWith("process-descriptors") ? DESCRIPTORS_TOLERANCE : TOLERANCE;
    assert.ok(
      Math.abs(rate / expected - 1) < allowed,
      `${where}: ${name} at ${rate} instead of ${expected}`,
    );
  }
}

async function suspectsAt(url: string): Promise<Finding[]> {
  const response = await fetch(url);
  return (await response.json() as { suspects: Finding[] }).suspects;
}

for (const program of programs()) {
  Deno.test({
    ...requires(`a recording says what the live end said (${program.name})`, "python3"),
    fn: () =>
      inDirectory(async (directory) => {
        const children = Object.entries(PROGRAMS).map(([name, code]) => ({
          name,
          process: new Deno.Command("python3", { args: ["-c", code] }).spawn(),
        }));
        const pids = new Map(children.map(({ name, process }) => [process.pid, name]));
        try {
          const ran = await leakwatch(program, ["monitor", `${SECONDS}s`, "1", "-q", "-o", directory]);
          assert.equal(ran.code, 0, ran.stderr);
        } finally {
          for (const { process } of children) process.kill("SIGKILL");
          await Promise.all(children.map(({ process }) => process.status));
        }
        const [session] = listSessions([directory]);
        const live = new Map(
          session!.info!.findings!.flatMap(({ kind, pid, verdict, rate_per_hour }) => {
            const name = pids.get(pid ?? -1);
            return name ? [[`${name}: ${kind}`, { verdict, rate: rate_per_hour! }] as const] : [];
          }),
        );
        assert.ok(live.has("leak: process-memory"), "the live end names the memory leak");
        assert.ok(live.has("descriptors: process-descriptors"), "and that of descriptors");
        assert.ok(
          ![...live.keys()].some((name) => name.startsWith("sawtooth")),
          "and not the sawtooth",
        );

        const analyzed = await leakwatch(program, ["analyze", "--from", directory, "--format", "json"]);
        assert.equal(analyzed.code, 0, analyzed.stderr);
        assertSame(live, namedIn(JSON.parse(analyzed.stdout).findings, pids), "analyze --from");

        const server = await serve(["--dir", directory]);
        try {
          const shown = await suspectsAt(`${server.url}api/sessions/${session!.id}/now`);
          assertSame(live, namedIn(shown, pids), "the page");
        } finally {
          await server.stop();
        }
      }),
  });
}
