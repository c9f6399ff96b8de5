import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { CgroupWatch } from "../../../collectors/cgroup/cgroup_watch.ts";
import { emptyContainer } from "../../../model/empty_records.ts";
import { ProcessCgroups } from "../../../collectors/cgroup/process_cgroup.ts";
import { parseConmonName } from "../../../collectors/cgroup/process_cgroup_conmon.ts";
import type { ProcessSample } from "../../../model/sample.ts";

const id = (pair: string) => pair.repeat(32);

function process(pid: number, changes: Partial<ProcessSample> = {}): ProcessSample {
  return { pid, start_ticks: 1, name: "p", is_kernel_thread: false, command: null, ...EMPTY, ...changes };
}

const EMPTY = { cgroup: null, unit: null, container: null } as unknown as Omit<
  ProcessSample,
  "pid" | "start_ticks" | "name" | "is_kernel_thread" | "command"
>;

function mapping(name: string): ProcessCgroups {
  const base = fileURLToPath(new URL(`../../fixtures/cgroup_${name}`, import.meta.url));
  const roots = { proc: `${base}/proc`, sys: `${base}/sys` };
  return new ProcessCgroups({ roots, cgroups: new CgroupWatch(roots, () => {}) });
}

Deno.test("process mapping: container and unit of each process, and back", () => {
  const processes = [801, 802, 803, 804, 805, 806, 807].map((pid) => process(pid));
  const containers = [emptyContainer(id("e5")), emptyContainer("box-one"), emptyContainer(id("f6"))];
  mapping("systemd").collect(processes, containers);
  assert.deepEqual(processes.map((entry) => [entry.container?.slice(0, 7) ?? null, entry.unit]), [
    [null, "app.service"],
    ["e5e5e5e", null],
    ["box-one", "cron.service"],
    ["f6f6f6f", null],
    ["0a0a0a0", "quad.service"],
    [null, null],
    [null, `libpod-conmon-${id("f6")}.scope`],
  ]);
  assert.deepEqual(containers.map((container) => container.processes), [[802], [803], [804]]);
});

Deno.test("process mapping: on version 1 the unit comes from systemd's tree", () => {
  const processes = [process(41)];
  mapping("lxc").collect(processes, []);
  assert.equal(processes[0]!.container, "web");
  assert.equal(processes[0]!.unit, "nginx.service");
  assert.equal(processes[0]!.cgroup, "/lxc/web/ns/system.slice");
});

Deno.test("process mapping: inside a container the processes of its namespace are its own", () => {
  const processes = [process(12), process(13)];
  mapping("inside").collect(processes, []);
  // The second one shares the pid namespace, but lives in another cgroup namespace.
  assert.deepEqual(processes.map((entry) => entry.container), [id("1b"), null]);
});

Deno.test("process mapping: a vanished process and a kernel thread keep their nulls", () => {
  const processes = [process(99999), process(801, { is_kernel_thread: true })];
  mapping("systemd").collect(processes, []);
  assert.deepEqual(processes.map((entry) => entry.cgroup), [null, null]);
});

Deno.test("process mapping: podman's monitor names its container when no engine answers", () => {
  const container = emptyContainer(id("f6"));
  const conmon = process(807, {
    name: "conmon",
    command: `/usr/bin/conmon --api-version 1 -c ${id("f6")} -u ${
      id("f6")
    } -r /usr/bin/crun -n shop-db --exit-dir /x`,
  });
  mapping("systemd").collect([conmon], [container]);
  assert.equal(container.name, "shop-db");
  assert.equal(parseConmonName("conmon -c short -n x"), null);
  assert.equal(parseConmonName(`conmon -c ${id("f6")} -u y`), null);
});

Deno.test("process mapping: a container without a cgroup is what descends from podman's monitor", () => {
  const command = `/usr/bin/conmon -c ${id("9a")} -u ${id("9a")} -n lab-rootless`;
  const make = () => [
    process(900, { name: "conmon", command }),
    process(901, { ppid: 900 }),
    process(902, { ppid: 901 }),
    process(903, { ppid: 904 }),
    process(904, { ppid: 903 }),
    process(905, { ppid: 1, name: "conmon", command: "conmon -n nothing" }),
  ];
  const map = mapping("systemd"), processes = make(), containers = [emptyContainer(id("e5"))];
  map.collect(processes, containers);
  map.collect(processes, containers);
  const told = containers.map(({ id, name, engine, state, pids, processes }) => ({
    id,
    name,
    engine,
    state,
    pids,
    processes,
  }));
  assert.deepEqual(told.slice(1), [{
    id: id("9a"),
    name: "lab-rootless",
    engine: "podman",
    state: "running",
    pids: 2,
    processes: [901, 902],
  }]);
  assert.deepEqual(processes.map(({ container }) => container?.slice(0, 2) ?? null), [
    null,
    "9a",
    "9a",
    null,
    null,
    null,
  ]);
  // An engine that knows the container too: one record.
  const known = { ...emptyContainer(id("9a")), name: "lab-rootless", image: "busybox" };
  map.collect(make(), [known]);
  assert.deepEqual([known.processes, known.image, known.state], [[901, 902], "busybox", "running"]);
});
