/** Real podman and real dockerd on this kernel. */

import assert from "node:assert/strict";
import { readTextOrNull } from "../../collectors/fs.ts";
import { assertContainers, assertFindings, container, LEAK } from "./container_checks.ts";
import { containersDown, containersUp, type Lab, lab, LAB_PARTS } from "./container_lab.ts";
import { look } from "./containers_look.ts";
import { removeCgroup } from "./remove_cgroup.ts";
import { profileJvmInPodman, profileNodeInPodman } from "./profile/in_podman.ts";
import { has, requires } from "../requires.ts";

const MIB = 1024 * 1024;

Deno.test(requires("containers: real podman and dockerd on this kernel", ...LAB_PARTS), async (t) => {
  const made = await containersUp(LEAK);
  try {
    await t.step(
      "the leaking container is named, the steady and the cache-filling ones are not",
      async () => {
        const told = await look(75, 1);
        assertContainers(told, made, ["podman", "docker"]);
        assertFindings(told, made, ["podman", "docker"]);
        assert.equal(container(told, made, "docker", "lab-oomed").oom_killed, true);
        if (told.version === "hybrid") {
          assert.notEqual(container(told, made, "docker", "lab-thrash").pressure_some_microseconds, null);
        }
      },
    );

    await t.step({
      name: "profile: a JVM and a Node in podman containers are looked into, and go on",
      ignore: !(["java", "javac", "node"] as const).every(has),
      fn: async () => {
        await Promise.all([profileJvmInPodman(), profileNodeInPodman()]);
      },
    });

    await t.step("a restarted container keeps its identity, and is accused of nothing", async () => {
      const id = made.ids["docker lab-steady"]!;
      let restarted: Promise<string> | undefined;
      const told = await look(40, 1, (sample) => {
        if (sample === 15) restarted = lab(["engine", "docker", "restart", "-t", "1", "lab-steady"]);
      });
      await restarted;
      const kept = told.containers.filter((entry) => entry.id === id);
      assert.equal(kept.length, 1);
      assert.ok(kept[0]!.usage_bytes! > 15 * MIB, "its new cgroup is read");
      const steady = told.findings.filter((finding) => finding.subject.container === id);
      assert.deepEqual(steady.map((finding) => finding.verdict).filter((verdict) => verdict === "leak"), []);
    });

    await t.step("OOM kills and restarts are counted", async () => {
      const args = [
        "--memory",
        "16m",
        "--memory-swap",
        "16m",
        "--restart",
        "always",
        "--network",
        "none",
        "--label",
        "lab=1",
      ];
      const image = "localhost/lab/busybox:latest";
      await lab([
        "engine",
        "docker",
        "run",
        "-d",
        "--name",
        "lab-again",
        ...args,
        image,
        "leak",
        "4096",
        "1",
      ]);
      // 4 MiB a second: it dies of its limit every four seconds.
      await new Promise((resolve) => setTimeout(resolve, 9000));
      const told = await look(5, 1);
      const again = told.containers.find((entry) => entry.name === "lab-again")!;
      assert.ok(again.restarts! >= 1, `restarts: ${again.restarts}`);
      assert.equal(again.oom_killed, true);
      // Between two lives it has no cgroup.
      assert.ok(again.cgroup === "" || again.limit_bytes === 16 * MIB, String(again.limit_bytes));
      await lab(["engine", "docker", "rm", "-f", "lab-again"]);
    });

    await t.step("an engine that hangs delays no sample and hides no container", async () => {
      const pid = Number(readTextOrNull(`${stateOf(made)}/docker.number`)?.trim());
      assert.ok(pid > 1);
      Deno.kill(pid, "SIGSTOP");
      try {
        const told = await look(10, 1);
        // Each question to it hangs for 15 s: had a sample waited, there would be one or two.
        assert.ok(told.samples > 3, String(told.samples));
        const steady = container(told, made, "docker", "lab-steady");
        assert.ok(steady.usage_bytes! > 15 * MIB);
        assert.equal(steady.name, null);
        assert.equal(steady.engine, "docker", "the path tells");
        assert.equal(container(told, made, "podman", "lab-steady").name, "lab-steady");
        const note = told.unavailable.find((entry) => entry.source.includes("docker.sock"))!;
        assert.match(note.why, /no answer within/);
      } finally {
        Deno.kill(pid, "SIGCONT");
      }
    });

    await t.step("podman's containers keep their names without any engine", async () => {
      Deno.env.delete("CONTAINER_HOST");
      const told = await look(2, 1);
      const steady = container(told, made, "podman", "lab-steady");
      assert.deepEqual([steady.name, steady.engine], ["lab-steady", "podman"]);
    });
  } finally {
    await containersDown();
  }
});

/** Where the lab keeps its daemons' numbers: beside their sockets. */
const stateOf = (made: Lab) => made.sockets.docker!.replace(/\/[^/]*$/, "");

Deno.test(
  requires("containers: nested slices and the limit of a parent, in the real tree", "root"),
  async () => {
    const v1 = readTextOrNull("/sys/fs/cgroup/memory/memory.usage_in_bytes") !== null;
    const tree = v1 ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
    const outer = `${tree}/leakwatch-e2e.slice`;
    const inner = `${outer}/leakwatch-e2e-inner.slice`;
    const unit = `${inner}/leakwatch-e2e.service`;
    Deno.mkdirSync(outer);
    if (!v1) Deno.writeTextFileSync(`${outer}/cgroup.subtree_control`, "+memory +pids");
    Deno.mkdirSync(inner);
    if (!v1) Deno.writeTextFileSync(`${inner}/cgroup.subtree_control`, "+memory +pids");
    Deno.mkdirSync(unit);
    const sleeper = new Deno.Command("sleep", { args: ["600"] }).spawn();
    try {
      const limit = (directory: string, bytes: number) =>
        Deno.writeTextFileSync(`${directory}/${v1 ? "memory.limit_in_bytes" : "memory.max"}`, String(bytes));
      limit(outer, 48 * MIB);
      limit(unit, 200 * MIB);
      Deno.writeTextFileSync(`${unit}/cgroup.procs`, String(sleeper.pid));
      const told = await look(1, 1);
      const found = told.units.find((entry) => entry.name === "leakwatch-e2e.service")!;
      assert.equal(found.limit_bytes, 48 * MIB);
      assert.equal(found.kind, "service");
      assert.equal(
        told.units.find((entry) => entry.name === "leakwatch-e2e-inner.slice")!.limit_bytes,
        48 * MIB,
      );
      const process = told.processes.find((entry) => entry.pid === sleeper.pid)!;
      assert.equal(process.unit, "leakwatch-e2e.service");
    } finally {
      sleeper.kill("SIGKILL");
      await sleeper.status;
      for (const directory of [unit, inner, outer]) await removeCgroup(directory);
    }
  },
);
