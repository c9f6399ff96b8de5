/** A person with the token logs in with a real browser; one without does not. */

import assert from "node:assert/strict";
import { requires } from "../requires.ts";
import { closeBrowser, visit } from "./browser.ts";
import { serve } from "./page_harness.ts";

const TOKEN = "correct horse battery";

const { name, ignore } = requires("page: a person logs in with the token", "chromium");

// The browser outlives the test that started it.
Deno.test(name, { ignore, sanitizeOps: false, sanitizeResources: false }, async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, `${TOKEN}\n`);
  await Deno.chmod(file, 0o600);
  // A loopback address besides the usual one: bound to it, and asked by its name.
  const server = await serve(["--host", "127.0.0.2", "--token-file", file]);
  try {
    assert.match(server.url, /^http:\/\/127\.0\.0\.2:/);
    const { page, close } = await visit(server.url);
    assert.equal(new URL(page.url()).pathname, "/login");
    await page.locator("#token").fill("not the token at all");
    await page.locator("button").click();
    await page.locator("[role=alert]").filter({ hasText: "Wrong token." }).waitFor();
    await page.locator("#token").fill(TOKEN);
    await page.locator("button").click();
    await page.locator("h1.headline").filter({ hasText: /\w/ }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/");
    await page.reload();
    await page.locator("h1.headline").filter({ hasText: /\w/ }).waitFor();
    await close();
  } finally {
    await server.stop();
    await closeBrowser();
    await Deno.remove(file);
  }
});
