import assert from "node:assert/strict";
import type { ContainerSample, Sample, UnitSample } from "../../../model/sample.ts";
import { unitTitle } from "../../../model/unit_title.ts";
import { Bench, makeContainer, makeUnit, MiB, short } from "./make.ts";

const vmstat = (oom_kills: number): Sample["vmstat"] => ({
  swap_in_bytes: 0,
  swap_out_bytes: 0,
  oom_kills,
  direct_reclaim_scanned_pages: null,
  kswapd_scanned_pages: null,
  major_faults: null,
});
const slice = (oom_kills: number) =>
  makeUnit({ name: "system.slice", cgroup: "/system.slice", kind: "slice", cgroup_id: 2, oom_kills });
const app = (cgroup_id: number, more: Partial<UnitSample> = {}) =>
  makeUnit({ cgroup_id, oom_kills: 0, limit_bytes: 64 * MiB, ...more });
const other = (cgroup_id: number, more: Partial<UnitSample> = {}) =>
  makeUnit({ name: "b.service", cgroup: "/system.slice/b.service", cgroup_id, oom_kills: 0, ...more });
const box = (cgroup_id: number, more: Partial<ContainerSample> = {}) => makeContainer({ cgroup_id, ...more });

/** What the kill rules say at each of the samples. */
function kills(...samples: Partial<Sample>[]): string[][] {
  const bench = new Bench("{}");
  return samples.map((sample) =>
    bench.step(15, sample).map(short).filter((line) => /^(unit|container)-(oom|restart)/.test(line))
  );
}

Deno.test("kills: a service restarted at once has another cgroup; the slice above tells of the kill", () => {
  assert.deepEqual(
    kills(
      { units: [app(10), other(11), slice(3)], vmstat: vmstat(5) },
      { units: [app(12), other(11), slice(4)], vmstat: vmstat(6) },
      { units: [app(12), other(11), slice(4)], vmstat: vmstat(6) },
    ),
    [[], ["unit-oom-kill firing app.service"], []],
  );
});

Deno.test("kills: on version 1, where no counter stands above, the machine's own tells", () => {
  assert.deepEqual(
    kills(
      { units: [app(10), other(11), slice(0)], vmstat: vmstat(5) },
      { units: [app(12), other(11), slice(0)], vmstat: vmstat(6) },
    ),
    [[], ["unit-oom-kill firing app.service"]],
  );
});

Deno.test("kills: a restart without a kill, and a kill elsewhere, are ascribed to nobody", () => {
  assert.deepEqual(
    kills(
      { units: [app(10), other(11), slice(3)], vmstat: vmstat(5) },
      { units: [app(12), other(11), slice(3)], vmstat: vmstat(5) },
      { units: [app(12), other(11, { oom_kills: 1 }), slice(4)], vmstat: vmstat(6) },
    ),
    [[], [], ["unit-oom-kill firing b.service"]],
  );
  // Killed outside of every cgroup that is watched, long before or after.
  const bench = new Bench("{}");
  bench.step(15, { units: [app(10)], vmstat: vmstat(5) });
  bench.step(15, { units: [app(10)], vmstat: vmstat(6) });
  for (let n = 0; n < 5; n++) bench.step(15, { units: [app(10)], vmstat: vmstat(6) });
  assert.deepEqual(bench.step(15, { units: [app(12)], vmstat: vmstat(6) }).map(short), []);
});

Deno.test("kills: of two that were restarted, the one at its limit; where neither has one, nobody is blamed", () => {
  const units = (a: number, b: number, limit: number | null) => [
    app(a, { limit_bytes: limit }),
    other(b, { limit_bytes: limit && 10 * limit }),
  ];
  assert.deepEqual(
    kills({ units: units(1, 2, 60 * MiB), vmstat: vmstat(0) }, {
      units: units(3, 4, 60 * MiB),
      vmstat: vmstat(1),
    }),
    [[], ["unit-oom-kill firing app.service"]],
  );
  assert.deepEqual(
    kills({ units: units(1, 2, null), vmstat: vmstat(0) }, { units: units(3, 4, null), vmstat: vmstat(1) }),
    [[], []],
  );
});

Deno.test("kills: a container that is gone with its kill has an alert for as long as one that is there", () => {
  const bench = new Bench("{}");
  const rule = ({ rule }: { rule: string }) => rule === "container-oom-kill";
  bench.step(15, { containers: [box(20)], vmstat: vmstat(0) });
  assert.deepEqual(
    bench.step(15, { vmstat: vmstat(1) }).map(short).filter((line) => /container/.test(line)),
    [
      "container-oom-kill firing web",
    ],
  );
  for (let n = 0; n < 30; n++) bench.step(15, { vmstat: vmstat(1) });
  assert.equal(bench.engine.active().filter(rule).length, 1);
  for (let n = 0; n < 20; n++) bench.step(15, { vmstat: vmstat(1) });
  assert.equal(bench.engine.active().filter(rule).length, 0);
});

Deno.test("kills: what happened in a new cgroup before its first look counts; what stood there at the start does not", () => {
  assert.deepEqual(
    kills(
      { containers: [box(20, { oom_kills: 7 })], vmstat: vmstat(7) },
      { containers: [box(21, { oom_kills: 2 })], vmstat: vmstat(9) },
    ),
    [[], ["container-oom-kill firing web"]],
  );
});

Deno.test("kills: an engine's oom_killed and restarts are heard, but not what they were at first sight", () => {
  const seen = (oom_killed: boolean, restarts: number) => ({
    containers: [makeContainer({ cgroup: "", oom_kills: null, oom_killed, restarts })],
  });
  assert.deepEqual(kills(seen(true, 4), seen(true, 4)), [[], []]);
  assert.deepEqual(kills(seen(false, 0), seen(true, 0), seen(true, 0)), [
    [],
    ["container-oom-kill firing web"],
    [],
  ]);
  assert.deepEqual(kills(seen(false, 0), seen(false, 1)), [[], ["container-restarted firing web"]]);
});

Deno.test("units: the system's and each user's unit of one name are told apart", () => {
  const user = (uid: number, name: string) =>
    `/user.slice/user-${uid}.slice/user@${uid}.service/app.slice/${name}`;
  const units = (usage: number) =>
    ["/system.slice/dbus.service", user(1000, "dbus.service"), user(1001, "dbus.service")].map((cgroup, i) =>
      makeUnit({
        name: "dbus.service",
        cgroup,
        limit_bytes: 100 * MiB,
        working_set_bytes: (i === 1 ? usage : 10) * MiB,
      })
    );
  const bench = new Bench("{}");
  bench.step(0, { units: units(10) });
  bench.step(15, { units: units(99) });
  assert.deepEqual(bench.step(15, { units: units(99) }).map(short), [
    "unit-limit firing dbus.service (user 1000)",
  ]);
  const [alert] = bench.engine.active();
  assert.match(alert!.next_step, /^sudo -u '#1000' .*systemctl --user status dbus\.service/);
  const title = (cgroup: string) =>
    unitTitle({ name: cgroup.slice(cgroup.lastIndexOf("/") + 1), cgroup, kind: "scope" });
  assert.equal(title("/init.scope"), "init.scope");
  assert.equal(title("/user.slice/user-7.slice/user@7.service/init.scope"), "init.scope (user 7)");
  assert.equal(title("/user.slice/user-7.slice/session-1.scope"), "session-1.scope");
  assert.equal(title("/system.slice/a.service/b.scope"), "b.scope (/system.slice/a.service)");
});
