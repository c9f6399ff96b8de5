/** Real podman and real dockerd: on this kernel, and in a guest with a pure cgroup v2. */

import assert from "node:assert/strict";
import type { ContainerSample } from "../../collectors/sample.ts";
import { readTextOrNull } from "../../collectors/read.ts";
import { containersDown, containersUp, type Lab, lab, parseLab } from "./container_lab.ts";
import { type Look, look } from "./containers_look.ts";
import { requires } from "../requires.ts";

const MIB = 1024 * 1024;
/** A leak of half a MiB per second that ends at its limit after three minutes. */
const LEAK = { LEAK_KB: "512", LEAK_LIMIT_MIB: "96", LEAK_RESTART: "no" };

function container(told: Look, { ids }: Lab, engine: string, name: string): ContainerSample {
  const found = told.containers.find((entry) => entry.id === ids[`${engine} ${name}`]);
  assert.ok(found, `${engine} ${name} among ${told.containers.map((entry) => entry.name)}`);
  return found;
}

/** What must hold of each engine's six containers, whatever the cgroup version. */
function assertContainers(told: Look, made: Lab, engines: readonly string[]): void {
  for (const engine of engines) {
    const of = (name: string) => container(told, made, engine, name);
    for (const name of ["lab-leaker", "lab-steady", "lab-cache", "lab-thrash", "lab-nolimit"]) {
      const it = of(name);
      assert.deepEqual([it.engine, it.name, it.state], [engine, name, "running"]);
      assert.equal(it.image, "localhost/lab/busybox:latest", JSON.stringify(told.unavailable));
      assert.ok(it.usage_bytes! > 0 && it.pids! >= 1 && it.anon_bytes! > 0, `${name} has numbers`);
      assert.ok(it.working_set_bytes! <= it.usage_bytes!);
      const named = told.processes.filter((process) => process.container === it.id);
      assert.ok(named.length >= 1, `processes of ${engine} ${name}`);
      assert.deepEqual(new Set(it.processes), new Set(named.map((process) => process.pid)));
    }
    assert.equal(of("lab-leaker").limit_bytes, 96 * MIB);
    assert.equal(of("lab-leaker").limit_cgroup, of("lab-leaker").cgroup);
    assert.equal(of("lab-steady").limit_bytes, 64 * MIB);
    assert.equal(of("lab-nolimit").limit_bytes, null);
    assert.ok(of("lab-steady").anon_bytes! > 19 * MIB && of("lab-steady").anon_bytes! < 30 * MIB);
    // Page cache fills it, and a working set forgives what is inactive; anonymous memory is next to nothing.
    assert.ok(
      of("lab-cache").anon_bytes! < 5 * MIB && of("lab-cache").file_bytes! > of("lab-cache").anon_bytes!,
    );
    // Version 1 has failcnt, which recent kernels leave at 0.
    assert.ok(of("lab-thrash").events_max! > (told.version === "v2" ? 0 : -1), "its limit was met");
    const oomed = of("lab-oomed");
    assert.deepEqual([oomed.state, oomed.exit_code], ["stopped", 137]);
    // Version 1 may keep its empty cgroup for a while.
    assert.ok(oomed.usage_bytes === null || oomed.usage_bytes < MIB);
    const { space, version } = told.engines.find((entry) => entry.engine === engine)!;
    assert.ok(version);
    assert.deepEqual(space.map((row) => row.kind), ["images", "containers", "volumes", "build-cache"]);
    assert.ok(space[0]!.count === 1 && space[0]!.size_bytes > MIB, "the image");
    assert.ok(space[1]!.count === 6 && space[1]!.size_bytes > 100 * MIB, "files that containers wrote");
  }
}

/** The leaking container is named, with its process and limit; no other of the lab is called a leak. */
function assertFindings(told: Look, made: Lab, engines: readonly string[]): void {
  const ours = told.findings.filter(({ kind, subject }) =>
    kind === "container-memory" && Object.values(made.ids).includes(subject.container ?? "")
  );
  const accused = ours.filter(({ verdict }) => verdict === "leak");
  const leakers = engines.map((engine) => made.ids[`${engine} lab-leaker`]!);
  assert.deepEqual(
    accused.map(({ subject }) => subject.container).sort(),
    leakers.sort(),
    ours.map(({ subject, verdict, evidence }) => `${subject.name} ${verdict}: ${evidence}`).join("\n"),
  );
  for (const finding of accused) {
    assert.equal(finding.subject.name, "lab-leaker");
    assert.match(finding.evidence, /awk \(\d+\) holds most of it, \d+ % of its 96 MiB limit/);
    assert.ok(finding.time_to_limit_seconds!.low < 600, "full within minutes");
    const rate = finding.rate_per_hour!.mid / 3600 / 1024;
    assert.ok(rate > 300 && rate < 700, `512 KiB a second, told as ${rate}`);
    const process = told.findings.find((other) =>
      other.kind === "process-memory" && other.subject.container === finding.subject.container
    );
    assert.match(process!.evidence, /in container lab-leaker, \d+ % of its 96 MiB limit/);
    assert.equal(process!.time_to_limit_seconds!.limit, "memory limit of container lab-leaker");
  }
}

Deno.test(requires("containers: real podman and dockerd on this kernel", "root", "apt-get"), async (t) => {
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

/** Runs the look in a cgroup of its own, seen from a cgroup namespace of its own. */
const INSIDE = `set -e
mkdir /sys/fs/cgroup/e2e-inside
echo 300M > /sys/fs/cgroup/e2e-inside/memory.max
echo $$ > /sys/fs/cgroup/e2e-inside/cgroup.procs
exec unshare --cgroup --mount sh -c 'umount /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup && exec "$0" run -A --no-lock "$1" 4 2' "$1" "$2"`;

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
      // The kernel lets go of the last task a moment after it is gone.
      for (const directory of [unit, inner, outer]) await removeWhenEmpty(directory);
    }
  },
);

async function removeWhenEmpty(directory: string): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      return Deno.removeSync(directory);
    } catch (error) {
      if (tries >= 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

Deno.test(requires("containers: a guest with a pure cgroup v2", "root", "apt-get"), async () => {
  const made = parseLab(await lab(["guest-up", "podman"], { ...LEAK, LEAK_SECONDS: "2", LEAK_KB: "1024" }));
  try {
    const program = new URL("containers_look.ts", import.meta.url).pathname;
    // Software emulation: some ten times slower, so a sample every other second.
    const text = await lab(["guest-exec", Deno.execPath(), "run", "-A", "--no-lock", program, "100", "2"]);
    const told = JSON.parse(text.trim().split("\n").at(-1)!) as Look;
    assert.equal(told.version, "v2");
    assertContainers(told, made, ["podman"]);
    assertFindings(told, made, ["podman"]);
    const leaker = container(told, made, "podman", "lab-leaker");
    assert.ok(leaker.kernel_unreclaimable_bytes! > 0 && leaker.oom_events === 0);
    const thrash = container(told, made, "podman", "lab-thrash");
    assert.ok(thrash.pressure_some_microseconds! > 0, "pressure of a container");
    assert.ok(told.kernel!.cgroups! > 5);

    // As a container sees it: a cgroup namespace of its own, whose root is the container.
    const inside = await lab(["guest-exec", "bash", "-c", INSIDE, "bash", Deno.execPath(), program]);
    const seen = JSON.parse(inside.trim().split("\n").at(-1)!) as Look;
    const own = seen.containers.filter((entry) => entry.cgroup !== "");
    assert.deepEqual(own.map((entry) => [entry.cgroup, entry.limit_bytes]), [["/", 300 * MIB]]);
    assert.ok(own[0]!.anon_bytes! > 10 * MIB, "leakwatch itself is in it");
    assert.ok(
      seen.processes.some((process) => process.name === "deno" && process.container === own[0]!.id),
    );
  } finally {
    await lab(["guest-down"]);
  }
});
