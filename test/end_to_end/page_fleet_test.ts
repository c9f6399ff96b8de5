/** A fleet's page in a real browser: ranked workloads, replicas with roll-outs, one click to a lifetime's chart. */

import assert from "node:assert/strict";
import { failure, fakePrometheus } from "../fleet/fake_prometheus.ts";
import { smallFleet } from "../fleet/small_fleet.ts";
import { requires } from "../requires.ts";
import { axeFindings, closeBrowser, keepPicture, visit } from "./browser.ts";
import { serve } from "./page_harness.ts";

const WEEK = 7 * 86_400, STEP = 600;
const { name, ignore } = requires("page: a fleet, in a browser", "chromium");

// The browser outlives the test that started it.
Deno.test(name, { ignore, sanitizeOps: false, sanitizeResources: false }, async (context) => {
  // It ends now, whenever that is.
  const { data } = smallFleet(Math.floor(Date.now() / 1000 / STEP) * STEP - WEEK + STEP);
  let isDown = true;
  const prometheus = fakePrometheus(data, () => isDown ? failure(401, "unauthorized") : null);
  const server = await serve(["--from", prometheus.url]);
  try {
    const { page, complaints, close } = await visit(server.url);

    await context.step("says why nothing can be shown", async () => {
      await page.locator(".note", { hasText: "--token-file" }).waitFor();
      assert.equal(new URL(page.url()).pathname, "/fleet");
      assert.deepEqual(await axeFindings(page), []);
    });
    await close();
    await server.stop();
    isDown = false;
    const again = await serve(["--from", prometheus.url]);
    try {
      const opened = await visit(again.url);
      const { page } = opened;

      await context.step("ranks workloads; the one that leaks since a roll-out says so", async () => {
        await page.locator("h1.headline", { hasText: "4 of 11 workloads leak. 1 since a roll-out." })
          .waitFor();
        const titles = await page.locator(".workload h2").allTextContents();
        assert.equal(titles.length, 4);
        const checkout = page.locator(".workload", { hasText: "shop/checkout/app" });
        assert.match((await checkout.locator(".message").textContent())!, /in 3 of 3 replicas since v2/);
        assert.match((await checkout.locator(".rollouts").textContent())!, /v2 rolled out/);
        // Three lifetimes of v1 and three of v2, on the same axes, the roll-out in each.
        assert.equal(await checkout.locator(".lifetimes li").count(), 6);
        assert.equal(await checkout.locator(".lifetime-spark path.rollout").count(), 6);
        assert.equal(await page.locator(".fleet-others tbody tr").count(), 7);
        assert.deepEqual(await axeFindings(page), []);
        await keepPicture(page, "fleet");
      });

      await context.step("one click leads to a lifetime, with what the detector saw", async () => {
        const checkout = page.locator(".workload", { hasText: "shop/checkout/app" });
        await checkout.locator(".lifetimes li a", { hasText: "7c9b5d4f68-x2k8p" }).click();
        await page.locator("h1.headline", { hasText: "checkout-7c9b5d4f68-x2k8p of shop/checkout/app" })
          .waitFor();
        await page.locator(".lifetime canvas").first().waitFor();
        assert.ok(await page.getByLabel("what the detector saw").isChecked());
        assert.match(
          (await page.locator(".lifetime .evidence").textContent())!,
          /working set rose 1\d\d MiB in 3 d/,
        );
        assert.match((await page.locator(".lifetime .quiet").textContent())!, /v2 rolled out/);
        assert.deepEqual(await axeFindings(page), []);
        await keepPicture(page, "fleet_life");
        await page.getByRole("link", { name: "All workloads" }).click();
        await page.locator(".workload").first().waitFor();
      });

      await context.step("an address that names nothing says so", async () => {
        await page.goto(`${again.url}fleet/lifetime?workload=0123456789ab&lifetime=0123456789ab`);
        await page.locator(".note", { hasText: "no such lifetime" }).waitFor();
        // The browser itself tells of a 404.
        opened.complaints.splice(0);
      });
      assert.deepEqual(opened.complaints, []);
      await opened.close();

      for (
        const [what, options] of [["dark", { dark: true }], ["phone", { width: 390, height: 844 }]] as const
      ) {
        await context.step(`is as good ${what === "dark" ? "in the dark" : "on a phone"}`, async () => {
          const { page, complaints, close } = await visit(`${again.url}fleet`, options);
          await page.locator(".workload").first().waitFor();
          assert.deepEqual(await axeFindings(page), []);
          const [inner, scroll] = await page.evaluate(
            () => [innerWidth, document.documentElement.scrollWidth],
          );
          assert.ok(scroll! <= inner!, `${scroll} wide in a window of ${inner}`);
          await keepPicture(page, `fleet_${what}`);
          await page.locator(".lifetimes li a").first().click();
          await page.locator(".lifetime canvas").first().waitFor();
          assert.deepEqual(await axeFindings(page), []);
          await keepPicture(page, `fleet_lifetime_${what}`);
          assert.deepEqual(complaints, []);
          await close();
        });
      }
    } finally {
      await again.stop();
    }
    // A refusal of the server behind is no error of the page.
    assert.deepEqual(complaints, []);
  } finally {
    await prometheus.close();
    await server.stop().catch(() => {});
    await closeBrowser();
  }
});
