/** How the page is reached: by the browser of this terminal's desktop, or through ssh from a machine that has one. */

import { createInterface } from "node:readline/promises";
import process from "node:process";
import { isLoopback } from "./loopback.ts";
import { toolLookup } from "../has_tool.ts";

/** "from another machine: ssh -L …", where the page answers on a loopback address only; null where it can be reached as it is. */
export function sshTunnel(url: string, hostname: string): string | null {
  const { hostname: host, port: given } = new URL(url);
  const port = given || "80";
  const address = host.replace(/^\[|\]$/g, "");
  if (!isLoopback(address)) return null;
  const target = address.includes(":") ? `[${address}]` : address;
  return `from another machine: ssh -L ${port}:${target}:${port} ${hostname}, then open the same address there`;
}

export interface BrowserPlace {
  /** Somebody can answer. */
  is_terminal: boolean;
  env(name: string): string | undefined;
  hasTool(name: string): boolean;
}

/** The command that opens a browser where this terminal has one; null over ssh, without a desktop, or where root would start it. */
export function browserCommand({ is_terminal, env, hasTool }: BrowserPlace): string | null {
  const hasDesktop = Boolean(env("DISPLAY") || env("WAYLAND_DISPLAY"));
  if (!is_terminal || !hasDesktop || env("SSH_CONNECTION") || env("SSH_TTY")) return null;
  // A desktop's browser runs as its user, and refuses or spoils its profile as root.
  if (env("SUDO_USER") || env("USER") === "root") return null;
  return ["xdg-open", "gio"].find(hasTool) ?? null;
}

/** Asks once; does nothing where nobody can answer or no browser would open. The wait does not hold up the page. */
export function offerBrowser(url: string): void {
  const command = browserCommand({
    is_terminal: Deno.stdin.isTerminal() && Deno.stderr.isTerminal(),
    env: (name) => Deno.env.get(name),
    hasTool: toolLookup(),
  });
  if (command !== null) void ask(command, url).catch(() => {});
}

async function ask(command: string, url: string): Promise<void> {
  // Not as a terminal: raw input would take Ctrl-C away from the server.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const answer = await lines.question("leakwatch: open it in a browser? [y/N] ");
  lines.close();
  if (!/^y(es)?$/i.test(answer.trim())) return;
  const args = command === "gio" ? ["open", url] : [url];
  new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn().unref();
}
