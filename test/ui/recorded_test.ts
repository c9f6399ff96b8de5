/** Recorded sessions as the server shows them: same shapes as the live machine, from the logs alone. */

import assert from "node:assert/strict";
import { sessionLibrary } from "../../cli/serve/session_library.ts";
import { Grid } from "../../cli/serve/recorded/time_grid.ts";
import { fakeApp, local } from "./fake_app.ts";
import type {
  AlertsReply,
  KernelReply,
  NowReply,
  ProcessesReply,
  SeriesReply,
  SessionsReply,
} from "../../ui/server/api.ts";
import { HOSTILE_NAME, LEAKING_PID } from "./fake_machine.ts";
import { recordFakeSession } from "./fake_session.ts";

Deno.test({
  name: "recorded: one session, all its screens",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(context) {
    const directory = await Deno.makeTempDir();
    const id = await recordFakeSession(directory, { hours: 1 });
    const { app } = fakeApp({ library: sessionLibrary([directory, `${directory}/none`], false) });
    const get = async <T>(path: string): Promise<T> => {
      const response = await app.request(local(path));
      assert.equal(response.status, 200, path);
      return await response.json() as T;
    };
    try {
      await context.step("is listed", async () => {
        const { sessions, unreadable } = await get<SessionsReply>("/api/sessions");
        assert.deepEqual(sessions.map((one) => [one.id, one.kind, one.hostname, one.is_running]), [[
          id,
          "monitor",
          "db-7",
          false,
        ]]);
        assert.deepEqual(unreadable, []);
      });
      await context.step("names the leak in the past tense and keeps the parts adding up", async () => {
        const { sentence, memory, suspects, view } = await get<NowReply>(`/api/sessions/${id}/now`);
        assert.match(sentence.text, /^java \(812\) leaked/);
        assert.equal(view.to_seconds! - view.from_seconds!, 3600);
        const sum = memory!.programs_bytes + memory!.slab_bytes! + memory!.cache_bytes + memory!.free_bytes;
        assert.ok(Math.abs(sum - memory!.total_bytes) < 4096);
        assert.equal(memory!.kernel_bytes, null);
        assert.equal(suspects[0]!.subject.pid, LEAKING_PID);
        assert.equal(suspects[0]!.time_to_limit_seconds, null);
      });
      await context.step("down-samples, and holds what was read more seldom", async () => {
        const path = `/api/sessions/${id}/series?columns=available_bytes,slab_bytes,pressure_some_percent`;
        const few = await get<SeriesReply>(`${path}&points=40`);
        assert.ok(few.time_seconds.length <= 41 && few.time_seconds.length > 35);
        const zoomed = await get<SeriesReply>(`${path}&from=1790000607&to=1790000900`);
        assert.ok(zoomed.time_seconds.length >= 19);
        assert.ok(zoomed.columns["slab_bytes"]!.every((value) => value !== null));
        assert.ok(zoomed.columns["pressure_some_percent"]!.every((value) => value !== null));
      });
      await context.step("has its processes, kernel, containers and alerts", async () => {
        const { processes } = await get<ProcessesReply>(`/api/sessions/${id}/processes`);
        assert.ok(processes.some((row) => row.name === HOSTILE_NAME));
        const java = processes.find((row) => row.pid === LEAKING_PID)!;
        assert.equal(java.verdict, "leak");
        await get(`/api/sessions/${id}/processes/${java.pid}/${java.start_ticks}`);
        const kernel = await get<KernelReply>(`/api/sessions/${id}/kernel`);
        assert.ok(kernel.slab_caches!.length > 5 && kernel.zones.length === 2);
        assert.equal(kernel.zones[0]!.unusable[0]!.length, 11);
        const alerts = await get<AlertsReply>(`/api/sessions/${id}/alerts`);
        assert.equal(alerts.firing.length, 0);
        assert.deepEqual(alerts.history.map((alert) => alert.state), ["resolved", "firing"]);
      });
      await context.step("arguments that are to be hidden are", async () => {
        const library = sessionLibrary([directory], true);
        const { app: hiding } = fakeApp({ library });
        const text = await (await hiding.request(local(`/api/sessions/${id}/processes`))).text();
        assert.ok(!text.includes("--config"));
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("grid: keeps the extremes of each cell, and holes", () => {
  const grid = new Grid(0, 100, 10, ["a"]);
  for (const time of [1, 2, 3, 55]) grid.mark(time);
  grid.add(1, 0, 5);
  grid.add(2, 0, 50);
  grid.add(3, 0, 11);
  grid.add(55, 0, 7);
  const { time_seconds, columns, low, high } = grid.reply(0);
  assert.deepEqual(time_seconds, [2, 55]);
  assert.deepEqual([columns["a"], low["a"], high["a"]], [[22, 7], [5, 7], [50, 7]]);
});
