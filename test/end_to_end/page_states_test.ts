/** Every screen, in the light and in the dark, on a desk and on a phone: nothing for axe to find, nothing a keyboard cannot reach. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { requires } from "../requires.ts";
import { axeFindings, closeBrowser, visit } from "./browser.ts";
import { loadPageAssets, LOOKS, recordTwo, screensOf, serveScene } from "./page_scenes.ts";

const { name, ignore } = requires("page: every screen in every look, in a browser", "chromium");

// The browser outlives the test that started it.
Deno.test(name, { ignore, sanitizeOps: false, sanitizeResources: false }, async (context) => {
  const recordings = await recordTwo();
  const server = serveScene({ findings: 30, age: "minute" }, recordings, await loadPageAssets());
  const { page, complaints, close } = await visit(server.url);
  try {
    for (const [screen, path] of Object.entries(screensOf(recordings))) {
      await context.step(screen, async () => {
        await page.goto(server.url + path);
        await page.locator("main h1, main h2").first().waitFor();
        const found: string[] = [];
        for (const { name, width, height, dark } of LOOKS) {
          await page.setViewportSize({ width, height });
          await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
          // What a screen asks for by itself has come, and is drawn.
          await page.waitForTimeout(200);
          const wrong = [...await axeFindings(page), ...await overflow(page)];
          found.push(...wrong.map((finding) => `${name}: ${finding}`));
          if (name === "desk") found.push(...await unreachable(page));
        }
        assert.deepEqual(found, []);
      });
    }
    assert.deepEqual(complaints, []);
  } finally {
    await close();
    await server.close();
    await closeBrowser();
    await recordings.remove();
  }
});

/** Nothing is to be scrolled sideways but what says so. */
async function overflow(page: Page): Promise<string[]> {
  const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
  return scroll! > inner! ? [`${scroll} px wide in a window of ${inner}`] : [];
}

/** Controls that Tab does not come to, or that do not show that they have the focus. */
async function unreachable(page: Page): Promise<string[]> {
  const controls = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>(
      'a[href], button:enabled, input:enabled, select:enabled, summary, [tabindex="0"]',
    );
    const left = new Set([...all].filter((one) => one.tabIndex >= 0 && one.checkVisibility()));
    Object.assign(globalThis, { left, unmarked: new Set<HTMLElement>() });
    (document.activeElement as HTMLElement | null)?.blur();
    return left.size;
  });
  assert.ok(controls > 5, "there is nothing to reach");
  for (let i = 0; i < controls + 5; i++) {
    await page.keyboard.press("Tab");
    await page.evaluate(() => {
      const { left, unmarked } = globalThis as unknown as Record<"left" | "unmarked", Set<Element>>;
      const focused = document.activeElement!;
      left.delete(focused);
      const { outlineStyle, boxShadow } = getComputedStyle(focused);
      if (outlineStyle === "none" && boxShadow === "none" && focused !== document.body) unmarked.add(focused);
    });
  }
  return await page.evaluate(() => {
    const { left, unmarked } = globalThis as unknown as Record<"left" | "unmarked", Set<Element>>;
    const text = ({ outerHTML }: Element) => outerHTML.slice(0, 160);
    return [
      // What was drawn anew meanwhile is another element.
      ...[...left].filter((one) => one.isConnected).map((one) => `Tab does not reach ${text(one)}`),
      ...[...unmarked].map((one) => `no sign of focus on ${text(one)}`),
    ];
  });
}
