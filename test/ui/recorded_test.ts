/** Recorded sessions as the server shows them: same shapes as the live machine, from the logs alone. */

import assert from "node:assert/strict";
import { sessionLibrary } from "../../cli/serve/session_library.ts";
import { builtinRules } from "../../rules/alerts/parse.ts";
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
    const { app } = fakeApp({
      library: sessionLibrary([directory, `${directory}/none`], builtinRules(), false),
    });
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
        const { headline, memory, suspects, view } = await get<NowReply>(`/api/sessions/${id}/now`);
        assert.match(headline.text, / leaked /);
        assert.equal(view.to_seconds! - view.from_seconds!, 3600);
        const { programs_bytes, shared_bytes, cache_bytes, slab_bytes, kernel_bytes, unaccounted_bytes } =
          memory!;
        const parts = [
          programs_bytes,
          shared_bytes,
          cache_bytes,
          slab_bytes,
          kernel_bytes,
          unaccounted_bytes,
        ];
        const sum = parts.reduce<number>((total, bytes) => total + bytes!, memory!.free_bytes);
        assert.ok(Math.abs(sum - memory!.total_bytes) < 4096, `${sum} of ${memory!.total_bytes}`);
        const java = suspects.find(({ subject }) => subject.pid === LEAKING_PID)!;
        assert.deepEqual([java.verdict, java.time_to_limit_seconds, java.next_step], ["leak", null, ""]);
      });
      await context.step("down-samples, and holds what was read more seldom", async () => {
        const path = `/api/sessions/${id}/series?columns=available_bytes,slab_bytes,pressure_some_percent`;
        const few = await get<SeriesReply>(`${path}&points=40`);
        assert.ok(few.time_seconds.length <= 42 && few.time_seconds.length > 35);
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
        assert.ok(alerts.firing.some(({ rule, subject }) => rule === "leak" && subject === "java (812)"));
      });
      await context.step("arguments that are to be hidden are", async () => {
        const library = sessionLibrary([directory], builtinRules(), true);
        const { app: hiding } = fakeApp({ library });
        const text = await (await hiding.request(local(`/api/sessions/${id}/processes`))).text();
        assert.ok(!text.includes("--config"));
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
