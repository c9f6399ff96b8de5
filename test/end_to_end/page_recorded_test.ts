/** Recorded sessions in a real browser: open one, compare two, a 24 h one in under a second; many processes; 4K; print. */

import assert from "node:assert/strict";
import { recordFakeSession } from "../ui/fake_session.ts";
import { HOSTILE_NAME } from "../ui/fake_machine.ts";
import { requires } from "../requires.ts";
import { axeFindings, closeBrowser, keepPicture, visit } from "./browser.ts";
import { serve } from "./page_harness.ts";

const { name, ignore } = requires("page: recorded sessions, in a browser", "chromium");

// The browser outlives the test that started it.
Deno.test(name, { ignore, sanitizeOps: false, sanitizeResources: false }, async (context) => {
  const directory = await Deno.makeTempDir();
  const first = await recordFakeSession(directory, { hours: 2, started_at: 1_790_000_000 });
  const second = await recordFakeSession(directory, {
    hours: 2,
    started_at: 1_790_100_000,
    leak_bytes_per_hour: 400 * 1024 ** 2,
  });
  const boot = await recordFakeSession(directory, {
    kind: "boot-diagnostics",
    hours: 1,
    started_at: 1_790_200_000,
  });
  const server = await serve(["--dir", directory]);
  try {
    const { page, complaints, close } = await visit(`${server.url}sessions`);

    await context.step("lists them, newest first", async () => {
      await page.locator("tbody tr").nth(2).waitFor();
      const kinds = await page.locator("tbody tr td:nth-child(3)").allTextContents();
      assert.deepEqual(kinds.slice(0, 3), ["boot", "monitor", "monitor"]);
      await keepPicture(page, "sessions_listed");
    });

    for (const screen of ["", "/processes", "/kernel", "/containers", "/alerts"]) {
      await context.step(`shows the same screens of one: ${screen || "/"}`, async () => {
        await page.goto(`${server.url}sessions/${first}${screen}`);
        await page.locator("h1.headline", { hasText: "leaked" }).waitFor();
        await page.locator(".recording", { hasText: first }).waitFor();
        await page.waitForTimeout(300);
        await keepPicture(page, `session${screen.replace("/", "_") || "_overview"}`);
      });
    }

    await context.step("a hostile name is only text", async () => {
      await page.goto(`${server.url}sessions/${first}/processes?filter=onerror`);
      await page.locator("tr[data-row]").waitFor();
      assert.equal(await page.locator("tr[data-row] .process-link").textContent(), HOSTILE_NAME);
      assert.equal(await page.locator("main img").count(), 0);
      await page.locator("tr[data-row] .process-link").click();
      await page.getByRole("heading", { level: 2, name: /onerror/ }).waitFor();
      assert.equal(await page.locator("main img").count(), 0);
    });

    await context.step("shows what the detector saw of the leak", async () => {
      await page.goto(`${server.url}sessions/${first}`);
      await page.locator(".suspect h3 a", { hasText: "java" }).click();
      await page.getByLabel("what the detector saw").waitFor();
      assert.deepEqual(await axeFindings(page), []);
      await keepPicture(page, "session_process");
    });

    await context.step("lays two over each other", async () => {
      await page.goto(`${server.url}sessions`);
      // In any order: the older one is the first.
      await page.getByLabel(`compare ${second}`).click();
      await page.getByLabel(`with this ${first}`).click();
      await page.locator("h1.headline", { hasText: "Still leaking: java" }).waitFor();
      assert.equal(await page.locator(".chart canvas").count(), 4);
      await keepPicture(page, "compare");
    });

    await context.step("a boot session tells the kernel's memory apart", async () => {
      await page.goto(`${server.url}sessions/${boot}/kernel`);
      await page.locator(".legend", { hasText: "unaccounted" }).waitFor();
    });

    await context.step("a session that is not there is said to be missing", async () => {
      const { complaints: own, page: other, close: leave } = await visit(`${server.url}sessions/none`);
      await other.getByText("could not be loaded").first().waitFor();
      assert.ok(own.every((text) => text.includes("404")));
      await leave();
    });

    await context.step("at 4K and in print", async () => {
      await page.setViewportSize({ width: 3840, height: 2160 });
      await page.goto(`${server.url}sessions/${first}`);
      await page.locator(".memory-chart canvas").waitFor();
      await page.waitForTimeout(300);
      await keepPicture(page, "session_4k");
      await page.setViewportSize({ width: 1000, height: 1400 });
      await page.emulateMedia({ media: "print" });
      await page.waitForTimeout(300);
      assert.equal(await page.locator("nav").isVisible(), false);
      await keepPicture(page, "session_print");
    });

    await context.step("nothing was complained of, and nothing asked for elsewhere", () => {
      assert.deepEqual(complaints, []);
    });
    await close();
  } finally {
    await server.stop();
    await closeBrowser();
    await Deno.remove(directory, { recursive: true });
  }
});
