/** A real server (the built file, or the sources) and a real browser for the page's tests. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { programs } from "../programs.ts";

export const OUTPUT = fileURLToPath(new URL("../output/page/", import.meta.url));
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

export interface Served {
  url: string;
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** Starts `leakwatch serve`; the binary where LEAKWATCH_BINARY names one. */
export async function serve(options: string[] = [], port = 0): Promise<Served> {
  const [command, ...words] = programs().at(-1)!.command;
  const child = new Deno.Command(command!, {
    args: [
      ...words,
      "serve",
      "--port",
      String(port),
      // Tests run as root, too, and ask without one.
      ...(options.includes("--token-file") ? [] : ["--no-token"]),
      ...(options.includes("--interval") ? [] : ["--interval", "1s"]),
      ...options,
    ],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!/http:\/\/\S+:\d+\//.test(said)) {
    const { value, done } = await reader.read();
    assert.ok(!done, `serve ended at once: ${said}`);
    said += value;
  }
  // Read on, or a full pipe would stop the server.
  (async () => {
    while (!(await reader.read()).done);
  })().catch(() => {});
  const url = said.match(/http:\/\/\S+:\d+\//)![0];
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    async stop() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

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

/** Serious findings of axe-core, as text. The page's own policy forbids injected scripts, so it is run as an isolated one. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  const source = await Deno.readTextFile(AXE);
  await page.evaluate(source);
  interface Results {
    passes: unknown[];
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }
  const { passes, violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<Results> } }).axe.run()
  );
  assert.ok(passes.length > 5, "axe has looked at nothing");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** Kept for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await Deno.mkdir(OUTPUT, { recursive: true });
  await page.screenshot({ path: `${OUTPUT}${name}.png` });
}

/**
 * A program that takes 1 MiB every `milliseconds` and writes to it; its name may be any 15 bytes. The name is set through
 * /proc/self/comm, so no file has to bear it; it bears it when this resolves.
 */
export async function startLeak(
  name: string,
  milliseconds: number,
): Promise<{ pid: number; stop(): Promise<void> }> {
  const child = new Deno.Command("python3", {
    args: [
      "-c",
      "import sys, time\n" +
      "open('/proc/self/comm', 'w').write(sys.argv[1])\n" +
      "print('named', flush=True)\n" +
      "held = []\n" +
      "while True:\n" +
      "    held.append(bytearray(b'x' * 1048576))\n" +
      "    time.sleep(float(sys.argv[2]) / 1000)\n",
      name,
      String(milliseconds),
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const said = child.stdout.getReader();
  assert.ok(!(await said.read()).done, "the leaking program ended at once");
  return {
    pid: child.pid,
    async stop() {
      child.kill("SIGKILL");
      await said.cancel();
      await child.status;
    },
  };
}
