/** The exports, read by the programs that they are for. */

import assert from "node:assert/strict";
import { flameTree } from "../../../profile/export/flame_tree.ts";
import { encodePprof } from "../../../profile/export/pprof.ts";
import { toSpeedscope } from "../../../profile/export/speedscope.ts";
import type { Profile } from "../../../profile/profile.ts";
import { rankSites } from "../../../profile/result.ts";
import { requires } from "../../requires.ts";

const site = (live_bytes: number, count: number, ...stack: string[]) => ({
  stack,
  type: null,
  live_bytes,
  count,
  held_by: null,
});

const PROFILE: Profile = {
  schema: "leakwatch.profile/1",
  process: {
    pid: 812,
    start_ticks: 1,
    start_time: "2026-01-01T00:00:00Z",
    name: "app",
    executable: "/srv/app",
    runtime: null,
  },
  started_at: "2026-01-01T00:01:00Z",
  results: [{
    method: "perf-malloc",
    pid: 812,
    start_time: "2026-01-01T00:00:00Z",
    seconds: 6,
    part: null,
    growth_bytes: 8 << 20,
    growth_source: "rss",
    meaning: "outstanding",
    coverage: 1,
    lost_events: 0,
    sites: rankSites([
      site(
        6 << 20,
        1536,
        "remember_session /srv/leak.cpp:9",
        "handle_request /srv/leak.cpp:13",
        "main /srv/leak.cpp:14",
      ),
      site(
        2 << 20,
        40,
        "std::deque<int, std::allocator<int> >::push_back (libx.so)",
        "handle_request /srv/leak.cpp:13",
      ),
    ]),
    cost: { pause_ms: 0, slowdown: null, left_behind: [] },
    warnings: [],
  }],
  errors: [],
  declined: [],
};

Deno.test({
  ...requires("export: go tool pprof reads the profile", "go"),
  fn: async () => {
    const file = Deno.makeTempFileSync({ suffix: ".pb.gz" });
    try {
      Deno.writeFileSync(file, encodePprof(PROFILE));
      const run = async (...args: string[]) => {
        const { stdout, stderr } = await new Deno.Command("go", { args: ["tool", "pprof", ...args, file] })
          .output();
        return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      };
      const top = await run("-top", "-lines");
      assert.match(top, /Type: inuse_space/);
      assert.match(top, /6MB 75\.00% +75\.00% +6MB 75\.00% +remember_session \/srv\/leak\.cpp:9/);
      assert.match(top, /8MB +100% +handle_request \/srv\/leak\.cpp:13/);
      assert.match(await run("-top", "-sample_index=inuse_objects"), /1536 97\.46%.*remember_session/);
    } finally {
      Deno.removeSync(file);
    }
  },
});

Deno.test("export: speedscope's format, outermost frame first", () => {
  const { profiles, shared } = JSON.parse(toSpeedscope(PROFILE));
  assert.equal(profiles[0].unit, "bytes");
  assert.equal(profiles[0].endValue, 8 << 20);
  const names = profiles[0].samples[0].map((index: number) => shared.frames[index].name);
  assert.deepEqual(names, [
    "main /srv/leak.cpp:14",
    "handle_request /srv/leak.cpp:13",
    "remember_session /srv/leak.cpp:9",
  ]);
});

Deno.test("export: the tree of a flame graph sums what is below", () => {
  const tree = flameTree(PROFILE.results[0]!)!;
  assert.equal(tree.value, 8 << 20);
  const sum = (node: typeof tree): number => node.children.reduce((total, child) => total + child.value, 0);
  assert.ok(tree.children.every((child) => sum(child) <= child.value));
  assert.equal(flameTree({ sites: [{ ...site(1, 1), type: "Map", share: 1 }] }), null);
});
