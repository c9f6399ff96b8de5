import assert from "node:assert/strict";
import { buildAnalysis } from "../../cli/analyze/build_analysis.ts";
import { WindowRecorder } from "../../cli/analyze/window_recorder.ts";
import { emptyContainer } from "../../model/empty_records.ts";
import { emptySample } from "../../model/empty_sample.ts";
import type { Finding } from "../../model/finding.ts";
import { aFinding, aProcess } from "./report_sample.ts";

const id = (pair: string) => pair.repeat(32);

Deno.test("analysis: a container's verdict is its own, whoever has the same name", () => {
  const sample = emptySample();
  const process = aProcess(812, "worker", { container: id("c3") });
  Object.assign(sample, {
    time_seconds: 100,
    wall_seconds: 100,
    processes: [process],
    containers: [
      { ...emptyContainer(id("a1")), name: "app", cgroup: "/docker/a1" },
      { ...emptyContainer(id("b2")), name: "app", cgroup: "/docker/b2" },
      // Without a cgroup of its own nothing but its processes can be judged.
      { ...emptyContainer(id("c3")), name: "app" },
    ],
  });
  const about = (kind: Finding["kind"], container: string, verdict: Finding["verdict"]) => {
    const finding = aFinding(process, { kind, verdict });
    return { ...finding, subject: { ...finding.subject, name: "app", container } };
  };
  const { containers } = buildAnalysis({
    sample,
    recorder: new WindowRecorder(),
    findings: [
      about("process-memory", id("a1"), "growing"),
      about("container-memory", id("b2"), "leak"),
      about("process-memory", id("c3"), "leak"),
    ],
    verdictOf: () => null,
    alerts: [],
    mappings: [],
    interval_seconds: 5,
    ended_early: false,
    top: 15,
    pids: [],
    own: { cpu_seconds: 0, cpu_ratio: 0, rss_bytes: 0, collectors: [] },
  });
  assert.deepEqual(containers.map(({ verdict }) => verdict), [null, "leak", "leak"]);
});
