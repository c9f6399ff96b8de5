/**
 * Every screen of the page as people meet it: on a desk and on a phone, in the light and in the dark, with no, three and thirty
 * findings, a minute and a day after the start. One made-up machine each, so that two versions of the page can be laid beside each other.
 */

import type { Page } from "playwright-core";
import { loadPageAssets } from "../../cli/serve/page_assets.ts";
import { sessionLibrary } from "../../cli/serve/session_library.ts";
import { loadRules } from "../../cli/rules/load.ts";
import type { AssetTexts } from "../../ui/server/assets.ts";
import { fakeApp } from "../ui/fake_app.ts";
import { LEAKING_PID } from "../ui/fake_machine.ts";
import { recordFakeSession } from "../ui/fake_session.ts";
import { visit } from "./browser.ts";

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

/** A screen of one machine as one person sees it. */
export interface State {
  screen: string;
  scene: Scene;
  look: Look;
}

/** Where the pictures are kept; CI names a folder that outlives its clone. */
export const PICTURES = Deno.env.get("LEAKWATCH_PICTURES") ??
  new URL("../output/pictures", import.meta.url).pathname;

/** "alerts_30_day_phone_dark". */
export const nameOf = ({ screen, scene: { findings, age }, look }: State): string =>
  `${screen}_${findings}_${age}_${look.name}`;

/** Two recordings, before and after a fix. */
interface Recordings {
  directory: string;
  before: string;
  after: string;
  remove(): Promise<void>;
}

async function recordTwo(): Promise<Recordings> {
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
const screensOf = ({ before, after }: Recordings): Readonly<Record<string, string>> => ({
  now: "/",
  processes: "/processes",
  process: `/processes/${LEAKING_PID}/5001`,
  kernel: "/kernel",
  containers: "/containers",
  alerts: "/alerts",
  sessions: "/sessions",
  compare: `/sessions/compare?${new URLSearchParams({ a: before, b: after })}`,
});

const NOWHERE: Recordings = { directory: "", before: "", after: "", remove: () => Promise.resolve() };
/** Screens that are the same whatever the machine does now. */
const RECORDED_SCREENS: ReadonlySet<string> = new Set(["sessions", "compare"]);

/** All of them: recordings only once, for they are the same whatever the machine does now. */
export const STATES: readonly State[] = SCENES.flatMap((scene) =>
  LOOKS.flatMap((look) =>
    Object.keys(screensOf(NOWHERE))
      .filter((screen) => !RECORDED_SCREENS.has(screen) || scene.findings === 3 && scene.age === "day")
      .map((screen) => ({ screen, scene, look }))
  )
);

/** Opens each state in a window of its scene and look, and has `see` look at it. Gives what the browser complained of. */
export async function showStates(
  states: readonly State[],
  see: (page: Page, state: State) => Promise<void>,
): Promise<string[]> {
  const recordings = await recordTwo();
  const assets = await loadPageAssets();
  const complained: string[] = [];
  try {
    for (const [scene, ofScene] of Map.groupBy(states, ({ scene }) => scene)) {
      const server = serveScene(scene, recordings, assets);
      for (const [look, ofLook] of Map.groupBy(ofScene, ({ look }) => look)) {
        const { page, complaints, close } = await visit(server.url, look);
        for (const state of ofLook) {
          await page.goto(server.url + screensOf(recordings)[state.screen]);
          await page.locator("main h1, main h2").first().waitFor();
          // What a screen asks for by itself has come and is drawn.
          await page.waitForTimeout(300);
          await see(page, state);
        }
        complained.push(...complaints);
        await close();
      }
      await server.close();
    }
  } finally {
    await recordings.remove();
  }
  return complained;
}

/** Serves the machine of a scene on a port of its own. */
function serveScene(
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
    library: sessionLibrary([recordings.directory], loadRules(), false),
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
