import { ok, strictEqual } from "node:assert";
import { fillTime } from "../../../collectors/declared_limit/mod.ts";
import { fakeProcess } from "./fake_process.ts";

Deno.test("fill times: Prometheus fills for one and a half blocks", () => {
  strictEqual(fillTime(fakeProcess("/usr/bin/prometheus"))?.seconds, 3 * 3600);
  const given = fakeProcess("prometheus --storage.tsdb.min-block-duration=30m");
  strictEqual(fillTime(given)?.seconds, 45 * 60);
  strictEqual(fillTime(fakeProcess("prometheus --storage.tsdb.min-block-duration=x"))?.seconds, 3 * 3600);
});

Deno.test("fill times: etcd keeps its last requests, others keep nothing that is known", () => {
  ok(fillTime(fakeProcess("etcd"))!.reason.includes("--snapshot-count"));
  for (const line of ["", "nginx", "prometheus-node-exporter", "myetcd"]) {
    strictEqual(fillTime(fakeProcess(line)), null);
  }
});
