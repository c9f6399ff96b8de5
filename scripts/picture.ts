/**
 * `deno task picture`: docs/picture.png, the picture at the top of the README. Records a made-up machine with a leak for a day,
 * serves the recording and photographs it. Needs Chromium.
 */

import { fileURLToPath } from "node:url";
import { recordFakeSession } from "../test/ui/fake_session.ts";
import { closeBrowser, openBrowser } from "../test/end_to_end/browser.ts";
import { serve } from "../test/end_to_end/page_harness.ts";

const PICTURE = fileURLToPath(new URL("../docs/picture.png", import.meta.url));

const directory = await Deno.makeTempDir();
const id = await recordFakeSession(directory, {
  hours: 12,
  interval_seconds: 15,
  leak_bytes_per_hour: 320 * 1024 ** 2,
});
const server = await serve(["--dir", directory]);
try {
  const context = await (await openBrowser()).newContext({
    viewport: { width: 1360, height: 860 },
    deviceScaleFactor: 2,
    colorScheme: "light",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(180_000);
  const page = await context.newPage();
  await page.goto(`${server.url}sessions/${id}`);
  await page.locator(".suspect").first().waitFor();
  await page.locator(".memory-chart canvas").waitFor();
  await page.locator(".grows-most .spark-line").first().waitFor();
  await page.screenshot({ path: PICTURE });
  console.log(PICTURE);
} finally {
  await closeBrowser();
  await server.stop();
  await Deno.remove(directory, { recursive: true });
}
