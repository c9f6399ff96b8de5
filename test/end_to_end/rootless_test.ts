/** Podman as an unprivileged user runs it: its socket in /run/user, its containers among the user's own cgroups. */

import assert from "node:assert/strict";
import type { ContainerSample } from "../../collectors/sample.ts";
import { requires } from "../requires.ts";
import { lab, parseLab, rootless } from "./container_lab.ts";
import { type Look, look } from "./containers_look.ts";

/** The container is found once, named by the user's own engine, and the leaking program in it is told with it. */
function assertRootless(told: Look, id: string): ContainerSample {
  const found = told.containers.filter((container) => container.id === id);
  assert.equal(found.length, 1, JSON.stringify(told.containers));
  const [container] = found;
  assert.deepEqual(
    [container!.name, container!.engine, container!.state, container!.image],
    ["lab-rootless", "podman", "running", "localhost/lab/busybox:latest"],
    JSON.stringify(told.unavailable),
  );
  assert.ok(told.engines.some(({ socket }) => socket === "/run/user/4242/podman/podman.sock"));
  const inside = told.processes.filter((process) => process.container === id);
  assert.ok(inside.some(({ name }) => name === "awk"));
  assert.deepEqual(new Set(container!.processes), new Set(inside.map(({ pid }) => pid)));
  const leak = told.findings.find((finding) =>
    finding.kind === "process-memory" && finding.subject.container === id
  );
  assert.equal(leak?.verdict, "leak", leak?.evidence);
  assert.match(leak!.evidence, /in container lab-rootless/);
  return container!;
}

const LEAK = { LEAK_KB: "512" };

for (const mode of ["delegated", "plain"]) {
  const name = mode === "plain" ? "without any" : "with a cgroup of its own";
  Deno.test(requires(`containers: rootless podman ${name}`, "root", "apt-get"), async () => {
    try {
      await lab(["engines"]);
      const id = parseLab(await rootless(["up", mode], LEAK)).ids["podman lab-rootless"]!;
      const container = assertRootless(await look(65, 1), id);
      if (mode === "delegated") {
        assert.match(container.cgroup, /^\/user\.slice\/user-4242\.slice\/.*[0-9a-f]{64}/);
        assert.ok(container.anon_bytes! > 20 * 1024 * 1024 && container.pids! >= 1);
      }
    } finally {
      await rootless(["down"]);
    }
  });
}
