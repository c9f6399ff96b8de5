/**
 * `deno task pictures [SCREEN …]`: pictures of every screen below test/output/pictures, some three minutes' work. Needs Chromium.
 * Names: SCREEN_FINDINGS_AGE_LOOK.png.
 */

import { fileURLToPath } from "node:url";
import { closeBrowser, visit } from "../test/end_to_end/browser.ts";
import {
  loadPageAssets,
  LOOKS,
  RECORDED_SCREENS,
  recordTwo,
  SCENES,
  screensOf,
  serveScene,
} from "../test/end_to_end/page_scenes.ts";

const OUTPUT = fileURLToPath(new URL("../test/output/pictures/", import.meta.url));

const wanted = Deno.args;
await Deno.mkdir(OUTPUT, { recursive: true });
const recordings = await recordTwo();
const assets = await loadPageAssets();
try {
  for (const scene of SCENES) {
    const screens = Object.entries(screensOf(recordings)).filter(([screen]) =>
      (wanted.length === 0 || wanted.includes(screen)) &&
      (!RECORDED_SCREENS.has(screen) || scene.findings === 3 && scene.age === "day")
    );
    if (screens.length === 0) continue;
    const server = serveScene(scene, recordings, assets);
    for (const look of LOOKS) {
      const { page, close } = await visit(server.url, look);
      for (const [screen, path] of screens) {
        await page.goto(server.url + path);
        await page.locator("main h1, main h2").first().waitFor();
        await page.waitForTimeout(300);
        const name = `${screen}_${scene.findings}_${scene.age}_${look.name}.png`;
        await page.screenshot({ path: OUTPUT + name, fullPage: true });
      }
      await close();
    }
    await server.close();
  }
  console.log(OUTPUT);
} finally {
  await closeBrowser();
  await recordings.remove();
}
