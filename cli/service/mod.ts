/** `leakwatch boot --install-service`, `--uninstall-service`, `--status`. */

import { DEFAULT_CPU_BUDGET, DEFAULT_MEMORY_BUDGET } from "../commands/budget.ts";
import type { BootOptions } from "../commands/options.ts";
import { EXIT_DONE, EXIT_FAILED, UserError } from "../errors.ts";
import { say } from "../output.ts";
import { isLoopback } from "../serve/loopback.ts";
import { readToken } from "../serve/token_file.ts";
import { manage } from "../service_manager.ts";
import { serviceExecutable, serviceFile } from "./executable.ts";
import { initSystem, isRoot, missingInit } from "./init_system.ts";
import { statusLines } from "./status.ts";
import { loadRules } from "../rules/load.ts";
import type { UnitProfiling } from "./unit_profiling.ts";
import { openrcScript, SERVICE, SERVICE_USER, systemdUnit, UNIT, type UnitOptions } from "./unit.ts";

const UNIT_FILE = `/etc/systemd/system/${UNIT}`;
const OPENRC_FILE = `/etc/init.d/${SERVICE}`;

/** Installs, enables and (unless --no-start) starts the service; doing so again brings it up to date. */
export async function installService(options: BootOptions): Promise<number> {
  requireRoot("--install-service");
  const unit: UnitOptions = {
    executable: serviceExecutable(),
    arguments: serviceArguments(options),
    token_file: options.tokenFile === undefined ? null : tokenFile(options.tokenFile),
    profiling: await profilingOf(options),
  };
  switch (initSystem()) {
    case "systemd":
      await makeUser();
      await installUnit(unit, options.start);
      break;
    case "openrc":
      writeFile(OPENRC_FILE, openrcScript(unit), 0o755);
      await order("rc-update", "add", SERVICE, "default");
      if (options.start) await order("rc-service", SERVICE, "restart");
      break;
    case null:
      throw new UserError(missingInit());
  }
  say(
    `${SERVICE} is installed and starts at every boot${options.start ? "; it runs now" : ""}. ` +
      `Look with: leakwatch boot --status`,
    options.quiet,
  );
  return EXIT_DONE;
}

/** Stops and removes the service with all that it kept, except for the logs. */
export async function uninstallService(options: BootOptions): Promise<number> {
  requireRoot("--uninstall-service");
  switch (initSystem()) {
    case "systemd":
      if (exists(UNIT_FILE)) {
        await manage("systemctl", "disable", "--now", "--quiet", UNIT);
        await manage("systemctl", "clean", "--what=state", "--what=cache", "--what=runtime", UNIT);
        Deno.removeSync(UNIT_FILE);
        await order("systemctl", "daemon-reload");
        await manage("systemctl", "reset-failed", UNIT);
      }
      break;
    case "openrc":
      if (exists(OPENRC_FILE)) {
        await manage("rc-service", SERVICE, "stop");
        await manage("rc-update", "del", SERVICE);
        Deno.removeSync(OPENRC_FILE);
      }
      break;
    case null:
      throw new UserError(missingInit());
  }
  say(`${SERVICE} is removed; its logs stay in /var/log/${SERVICE}`, options.quiet);
  return EXIT_DONE;
}

/** Prints how the service is; exit code 1 where it is not installed or has failed. */
export async function serviceStatus(options: BootOptions): Promise<number> {
  const { lines, well } = await statusLines(options.outputDir ?? `/var/log/${SERVICE}`);
  for (const line of lines) console.log(line);
  return well ? EXIT_DONE : EXIT_FAILED;
}

/** The watch's own options, to be given to the service; the token's file has a way of its own (unit.ts). */
export function serviceArguments(options: BootOptions): string[] {
  const { listen } = options;
  const isScraped = listen !== undefined;
  if (isScraped && !isLoopback(listen.host) && options.tokenFile === undefined) {
    throw new UserError(
      `${listen.host} can be reached by others, so a token is needed: --token-file /etc/leakwatch/token`,
    );
  }
  return [
    ...["--minutes", `${options.minutes}s`, "--interval", `${options.interval}s`],
    // Whoever scrapes it would take its end after two hours for a fault.
    ...(options.keepWatching || isScraped ? ["--keep-watching"] : []),
    ...(isScraped ? ["--listen", addressText(listen)] : []),
    ...(options.token ? [] : ["--no-token"]),
    ...(options.profileSuspects ? ["--profile-suspects"] : []),
    ...((options.memoryBudget ?? DEFAULT_MEMORY_BUDGET) === DEFAULT_MEMORY_BUDGET
      ? []
      : ["--memory-budget", String(options.memoryBudget)]),
    ...((options.cpuBudget ?? DEFAULT_CPU_BUDGET) === DEFAULT_CPU_BUDGET
      ? []
      : ["--cpu-budget", `${100 * options.cpuBudget}%`]),
    ...(options.hideArguments ? ["--hide-arguments"] : []),
    ...(options.rules ? ["--rules", serviceFile("--rules", options.rules)] : []),
  ];
}

/** What the service will do to processes: a rules file that allows methods takes more rights. */
async function profilingOf(options: BootOptions): Promise<UnitProfiling | null> {
  if (!options.profileSuspects) return null;
  return Object.keys((await loadRules(options.rules)).profile).length > 0 ? "named" : "free";
}

const addressText = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** Its full path; throws UserError where it is no token. */
function tokenFile(file: string): string {
  const path = serviceFile("--token-file", file);
  readToken(path);
  return path;
}

/** A service that runs what it should is left alone, so that installing again is harmless. */
async function installUnit(unit: UnitOptions, start: boolean): Promise<void> {
  await makeUser();
  const text = systemdUnit(unit);
  const isSame = readFile(UNIT_FILE) === text;
  if (!isSame) {
    writeFile(UNIT_FILE, text, 0o644);
    await manage("restorecon", UNIT_FILE); // SELinux; where there is none, nothing happens
    await order("systemctl", "daemon-reload");
  }
  await order("systemctl", "enable", "--quiet", UNIT);
  if (start) {
    await order("systemctl", isSame && await isNewerThan(unit.executable) ? "start" : "restart", UNIT);
  }
}

/** Whether the service was started after its executable was put there. */
async function isNewerThan(executable: string): Promise<boolean> {
  const { text } = await manage(
    "systemctl",
    "show",
    UNIT,
    "--timestamp=unix",
    "--property=ActiveEnterTimestamp",
  );
  const started = Number(/=@(\d+)$/.exec(text)?.[1] ?? 0);
  return started > (Deno.statSync(executable).mtime?.getTime() ?? Infinity) / 1000;
}

async function makeUser(): Promise<void> {
  const line = `u ${SERVICE_USER} - "leakwatch" /var/lib/${SERVICE_USER} -`;
  if ((await manage("systemd-sysusers", "--inline", line)).code === 0) return;
  const made = await manage(
    ...["useradd", "--system", "--user-group", "--no-create-home"] as const,
    ...["--home-dir", `/var/lib/${SERVICE_USER}`, "--shell", "/usr/sbin/nologin", SERVICE_USER],
  );
  const alreadyThere = 9;
  if (made.code !== 0 && made.code !== alreadyThere) {
    throw new UserError(`cannot make the user ${SERVICE_USER}: ${made.text}`);
  }
}

async function order(...words: Parameters<typeof manage>): Promise<void> {
  const { code, text } = await manage(...words);
  if (code === 0) return;
  // OpenRC marks its errors, and says other things before them.
  const why = /^\s*\*?\s*ERROR: (.*)$/m.exec(text)?.[1] ?? (text.split("\n")[0] || `status ${code}`);
  const where = words[0].startsWith("rc-") ? `rc-service ${SERVICE} status` : `journalctl -u ${SERVICE}`;
  throw new UserError(`${words.join(" ")} failed: ${why}; see ${where}`);
}

function writeFile(path: string, text: string, mode: number): void {
  const temporary = `${path}.new`;
  try {
    Deno.removeSync(temporary);
  } catch {
    // The usual case.
  }
  Deno.writeTextFileSync(temporary, text, { mode, createNew: true });
  Deno.renameSync(temporary, path);
}

function readFile(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

function requireRoot(option: string): void {
  if (!isRoot()) throw new UserError(`${option} needs root; try: sudo leakwatch boot ${option}`);
}
