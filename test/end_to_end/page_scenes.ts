/**
 * Every screen of the page as people meet it: on a desk and on a phone, in the light and in the dark, with no, three and thirty
 * findings, a minute and a day after the start. One made-up machine each, so that two versions of the page can be laid beside each other.
 */

import { loadPageAssets } from "../../cli/serve/page_assets.ts";
import { sessionLibrary } from "../../cli/serve/session_library.ts";
import { builtinRules } from "../../rules/alerts/assemble.ts";
import type { AssetTexts } from "../../ui/server/assets.ts";
import { fakeApp } from "../ui/fake_app.ts";
import { LEAKING_PID } from "../ui/fake_machine.ts";
import { recordFakeSession } from "../ui/fake_session.ts";

export interface Scene {
  findings: 0 | 3 | 30;
  age: "minute" | "day";
}

export const SCENES: readonly Scene[] = ([0, 3, 30] as const).flatMap((findings) =>
  (["minute", "day"] as const).map((age) => ({ findings, age }))
);

export interface Look {
  name: string;
  width: number;
  height: number;
  dark: boolean;
}

export const LOOKS: readonly Look[] = [
  { name: "desk", width: 1280, height: 800, dark: false },
  { name: "desk_dark", width: 1280, height: 800, dark: true },
  { name: "phone", width: 390, height: 844, dark: false },
  { name: "phone_dark", width: 390, height: 844, dark: true },
];

/** Two recordings, before and after a fix. */
export interface Recordings {
  directory: string;
  before: string;
  after: string;
  remove(): Promise<void>;
}

export async function recordTwo(): Promise<Recordings> {
  const directory = await Deno.makeTempDir();
  const before = await recordFakeSession(directory, { hours: 2, started_at: 1_790_000_000 });
  const after = await recordFakeSession(directory, {
    hours: 2,
    started_at: 1_790_100_000,
    leak_bytes_per_hour: 0,
  });
  return { directory, before, after, remove: () => Deno.remove(directory, { recursive: true }) };
}

/** Addresses of the screens, by the name that their pictures bear. */
export const screensOf = ({ before, after }: Recordings): Readonly<Record<string, string>> => ({
  now: "/",
  processes: "/processes",
  process: `/processes/${LEAKING_PID}/5001`,
  kernel: "/kernel",
  containers: "/containers",
  alerts: "/alerts",
  sessions: "/sessions",
  compare: `/sessions/compare?${new URLSearchParams({ a: before, b: after })}`,
});

/** Screens that are the same whatever the machine does now. */
export const RECORDED_SCREENS: ReadonlySet<string> = new Set(["sessions", "compare"]);

/** Serves the machine of a scene on a port of its own. */
export function serveScene(
  { findings, age }: Scene,
  recordings: Recordings,
  assets: AssetTexts,
): { url: string; close(): Promise<void> } {
  const hours = age === "minute" ? 1 / 60 : 24;
  const { app, machine, observe } = fakeApp({
    assets,
    leak_bytes_per_hour: findings === 0 ? 0 : 96 * 1024 ** 2 / (age === "day" ? 12 : 1),
    finding_count: findings,
    judged_after_hours: 0,
    // Much more than is in use, as on most machines.
    memory_gib: age === "day" ? 16 : 64,
    library: sessionLibrary([recordings.directory], builtinRules(), false),
  });
  const now = Date.now() / 1000;
  machine.time = machine.start = now - hours * 3600;
  const step = Math.max(2, hours * 3600 / 1500);
  while (machine.time < now - 1200) observe(machine.advance(step));
  // Making it takes a while, too.
  while (machine.time < Date.now() / 1000 - 2) observe(machine.advance(Math.min(5, step)));
  const timer = setInterval(() => observe(machine.advance(Date.now() / 1000 - machine.time)), 2000);
  const stop = new AbortController();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen: () => {} },
    app.fetch,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async close() {
      clearInterval(timer);
      // Not gracefully: event streams would be waited for.
      stop.abort();
      await server.finished;
    },
  };
}

export { loadPageAssets };
