/** The live page in a real browser: updates, a leak that is named, sort, filter, detail, zoom, looks, reconnection. */

import assert from "node:assert/strict";
import { axeFindings, closeBrowser, keepPicture, visit } from "./browser.ts";
import { serve, type Served, startLeak } from "./page_harness.ts";
import { requires } from "../requires.ts";

/** Its own on a machine that runs this test twice at a time; 15 bytes at most. */
const LEAKER = `leaky<b>${Deno.pid}`;
/** A first verdict takes one minute of samples, and several on a machine that is busy with other tests. */
const PATIENCE = 300_000;

const { name, ignore } = requires("page: this machine live, in a browser", "chromium", "python3");

// The browser outlives the test that started it.
Deno.test(name, { ignore, sanitizeOps: false, sanitizeResources: false }, async (context) => {
  const leak = await startLeak(LEAKER, 250);
  let server: Served = await serve();
  try {
    const { page, complaints, close } = await visit(server.url);
    const loaded = performance.now();

    await context.step("says something true at once, and draws", async () => {
      await page.locator("h1.headline").filter({ hasText: /available|leak|grow/ }).waitFor();
      await page.locator(".memory-chart canvas").waitFor();
    });

    await context.step(
      "its first chart comes within the page: it is drawn before anything is asked for",
      async () => {
        const { page: other, close: leave } = await visit(server.url);
        await other.locator(".memory-chart canvas").waitFor();
        const asked = await other.evaluate(() =>
          performance.getEntriesByType("resource").map(({ name }) => name)
        );
        assert.deepEqual(asked.filter((url) => /api\/(now|series|alerts)/.test(url)), []);
        await leave();
      },
    );

    await context.step("goes on by itself", async () => {
      const time = page.locator(".memory-chart .legend-time");
      const before = await time.textContent();
      await page.waitForFunction(
        (old) => document.querySelector(".memory-chart .legend-time")?.textContent !== old,
        before,
      );
    });

    await context.step(
      "the process table filters while one types, and its state is in the address",
      async () => {
        await page.getByRole("navigation").getByRole("link", { name: "Processes" }).click();
        await page.getByPlaceholder(/filter/).fill(LEAKER);
        await page.waitForFunction(() => document.querySelectorAll("tr[data-row]").length === 1);
        assert.equal(new URL(page.url()).searchParams.get("filter"), LEAKER);
        assert.equal(await page.locator("tr[data-row] .process-link").textContent(), LEAKER);
      },
    );

    await context.step("a click on a header sorts, both ways", async () => {
      await page.getByPlaceholder(/filter/).fill("");
      const pids = async () =>
        (await page.locator("tr[data-row]").evaluateAll((rows) =>
          rows.map((row) => Number(row.getAttribute("data-row")!.split("-")[0]))
        ))
          .slice(0, 10);
      await page.getByRole("columnheader", { name: "pid" }).getByRole("button").click();
      const down = await pids();
      assert.deepEqual(down, down.toSorted((a, b) => b - a));
      await page.getByRole("columnheader", { name: "pid" }).getByRole("button").click();
      const up = await pids();
      assert.deepEqual(up, up.toSorted((a, b) => a - b));
      assert.match(page.url(), /sort=pid/);
    });

    await context.step("the table holds still under the pointer", async () => {
      await page.getByRole("columnheader", { name: "rss" }).getByRole("button").click();
      await page.locator("tr[data-row]").nth(3).hover();
      const order = () =>
        page.locator("tr[data-row]").evaluateAll((rows) =>
          rows.slice(0, 8).map((row) => row.getAttribute("data-row"))
        );
      const before = await order();
      await page.waitForTimeout(5500);
      assert.deepEqual(await order(), before);
      await keepPicture(page, "processes");
    });

    await context.step(
      "a process that ends while one reads stays in its place, and is said to have ended",
      async () => {
        const brief = new Deno.Command("sleep", { args: ["7.125"] }).spawn();
        await page.getByPlaceholder(/filter/).fill("sleep 7.125");
        await page.locator("tr[data-row]").first().hover();
        await page.locator("tr.gone", { hasText: "ended" }).waitFor();
        assert.deepEqual(await axeFindings(page), []);
        await brief.status;
        await page.getByPlaceholder(/filter/).fill("");
      },
    );

    await context.step(
      "the process table and its small multiples have no serious findings of axe",
      async () => {
        assert.deepEqual(await axeFindings(page), []);
        await page.getByRole("button", { name: "small multiples" }).click();
        await page.locator(".multiples li").first().waitFor();
        assert.deepEqual(await axeFindings(page), []);
        await keepPicture(page, "multiples");
        await page.getByRole("button", { name: "table" }).click();
      },
    );

    await context.step("a row opens the process, with what it has open and mapped", async () => {
      await page.getByPlaceholder(/filter/).fill(LEAKER);
      await page.waitForFunction(() => document.querySelectorAll("tr[data-row]").length === 1);
      await page.locator("tr[data-row] td.number").first().click();
      await page.getByRole("heading", { level: 2, name: LEAKER }).waitFor();
      assert.match(page.url(), new RegExp(`/processes/${leak.pid}/\\d+`));
      await page.getByRole("heading", { name: /Mappings/ }).waitFor();
      await page.locator("section", { has: page.getByRole("heading", { name: /Open descriptors/ }) })
        .getByRole("listitem").first().waitFor();
      assert.deepEqual(await axeFindings(page), []);
      await keepPicture(page, "process");
    });

    await context.step(
      "the keyboard is enough: / filters, arrows go from row to row, Enter opens",
      async () => {
        await page.goto(`${server.url}processes`);
        await page.locator("tr[data-row]").nth(3).waitFor();
        await page.keyboard.press("/");
        await page.keyboard.type("e");
        assert.match(page.url(), /filter=e/);
        await page.getByRole("region", { name: "Processes" }).focus();
        const focused = () =>
          page.evaluate(() => document.activeElement?.closest("tr")?.getAttribute("aria-rowindex"));
        await page.keyboard.press("ArrowDown");
        assert.equal(await focused(), "2");
        await page.keyboard.press("ArrowDown");
        assert.equal(await focused(), "3");
        await page.keyboard.press("ArrowUp");
        assert.equal(await focused(), "2");
        await page.keyboard.press("Enter");
        await page.waitForURL(/processes\/\d+\/\d+/);
      },
    );

    await context.step("zoom: drag narrows all charts, double click goes back, keys work", async () => {
      await page.goto(server.url);
      const over = page.locator(".memory-chart .u-over");
      await over.waitFor();
      const box = (await over.boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 6 });
      await page.mouse.up();
      await page.locator(".zoomed").waitFor();
      assert.match(page.url(), /from=\d+&to=\d+/);
      await over.dblclick();
      await page.locator(".zoomed").waitFor({ state: "detached" });
      await page.locator(".memory-chart .canvas").focus();
      await page.keyboard.press("+");
      await page.locator(".zoomed").waitFor();
      const narrow = page.url();
      await page.keyboard.press("ArrowLeft");
      await page.waitForURL((url) => url.href !== narrow && url.searchParams.has("from"));
      await page.keyboard.press("0");
      await page.locator(".zoomed").waitFor({ state: "detached" });
    });

    for (const screen of ["kernel", "containers", "alerts", "sessions"]) {
      await context.step(`the screen ${screen} shows`, async () => {
        await page.goto(`${server.url}${screen}`);
        await page.locator("main h1, main h2").first().waitFor();
      });
    }

    await context.step(
      "3:00 on a phone, in the dark: sentence, suspects, one chart, nothing to scroll sideways",
      async () => {
        const phone = await visit(server.url, { width: 390, height: 844, dark: true });
        await phone.page.locator(".memory-chart canvas").waitFor();
        const width = await phone.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= 390, `it is ${width} px wide`);
        assert.equal(await phone.page.locator(".chart:visible").count(), 1);
        const dark = await phone.page.evaluate(() =>
          getComputedStyle(document.documentElement).backgroundColor
        );
        assert.match(dark, /rgb\((\d|[1-4]\d), /);
        assert.deepEqual(await axeFindings(phone.page), []);
        await keepPicture(phone.page, "phone_dark");
        assert.deepEqual(phone.complaints, []);
        await phone.close();
      },
    );

    await context.step("the leaking program is accused by name, without markup of its own", async () => {
      await page.goto(server.url);
      const card = page.locator(".suspect", { hasText: LEAKER });
      await card.locator(".verdict", { hasText: /leak|grow/ }).waitFor({
        timeout: PATIENCE - (performance.now() - loaded),
      });
      assert.equal(await page.locator(".suspect h3 b").count(), 0);
      await card.getByRole("button", { name: /copy/i }).waitFor();
      await page.locator("h1.headline", { hasText: /leak|grow/ }).waitFor();
      assert.deepEqual(await axeFindings(page), []);
      await keepPicture(page, "leak_named");
    });

    await context.step("its alert is listed with the rule behind it", async () => {
      await page.getByRole("navigation").getByRole("link", { name: /Alerts/ }).click();
      await page.locator(".alert", { hasText: LEAKER }).first().waitFor();
      assert.ok(await page.getByText("fires when").count() > 0);
      await keepPicture(page, "alerts_firing");
    });

    await context.step("nothing was complained of, and nothing asked for elsewhere", () => {
      assert.deepEqual(complaints, []);
    });

    await context.step("says so when the server is gone, and comes back with it", async () => {
      const { port } = server;
      await page.goto(server.url);
      await page.locator(".status.is-live").waitFor();
      await server.stop();
      await page.locator("h1.headline", { hasText: "does not answer" }).waitFor();
      await keepPicture(page, "disconnected");
      server = await serve([], port);
      await page.locator(".status.is-live").waitFor();
      await page.locator("h1.headline", { hasText: "does not answer" }).waitFor({ state: "detached" });
    });
    await close();
  } finally {
    await leak.stop();
    await server.stop();
    await closeBrowser();
  }
});
