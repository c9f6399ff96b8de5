/** A real browser for the page's tests: what it complained of, what axe finds, and pictures for people. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const OUTPUT = fileURLToPath(new URL("../output/page/", import.meta.url));
const AXE = new URL(import.meta.resolve("axe-core/axe.min.js"));
/** Whatever Chromium asks its maker by itself is switched off: no request may leave the machine. */
const BROWSER_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Target {
  page: Page;
  context: BrowserContext;
  /** What the console, the page and the network complained of. */
  complaints: string[];
  close(): Promise<void>;
}

let browser: Browser | null = null;

export async function openBrowser(): Promise<Browser> {
  return browser ??= await chromium.launch({ executablePath: chromiumPath(), args: BROWSER_ARGUMENTS });
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = null;
}

function chromiumPath(): string {
  const paths = (Deno.env.get("PATH") ?? "").split(":").map((directory) => `${directory}/chromium`);
  const path = paths.find((one) => {
    try {
      return Deno.statSync(one).isFile;
    } catch {
      return false;
    }
  });
  assert.ok(path, "chromium is not installed: apt-get install chromium");
  return path;
}

export interface VisitOptions {
  width?: number;
  height?: number;
  dark?: boolean;
}

/** Beside ten other lanes on two cores a page may be slow to draw; how slow is measured in bench/page. */
const PATIENCE_MS = 120_000;

/** A new window of its own, that notes every error and every request that leaves the machine. */
export async function visit(url: string, options: VisitOptions = {}): Promise<Target> {
  const context = await (await openBrowser()).newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", async (dialog) => {
    complaints.push(`a dialog opened: ${dialog.message()}`);
    await dialog.dismiss();
  });
  const origin = new URL(url).origin;
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, context, complaints, close: () => context.close() };
}

interface AxeFinding {
  id: string;
  nodes: { html: string }[];
}

/** What axe-core finds, as text. The page's own policy forbids injected scripts, so it is run as an isolated one. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(await Deno.readTextFile(AXE));
  const { passes, violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<{ passes: unknown[]; violations: AxeFinding[] }> } })
      .axe.run()
  );
  assert.ok(passes.length > 5, "axe has looked at nothing");
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** Kept for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await Deno.mkdir(OUTPUT, { recursive: true });
  await page.screenshot({ path: `${OUTPUT}${name}.png` });
}
