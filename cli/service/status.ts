/** What `leakwatch boot --status` says. */

import { listSessions } from "../../store/catalog.ts";
import { manage } from "../service_manager.ts";
import { initSystem } from "./init_system.ts";
import { SERVICE, UNIT } from "./unit.ts";

export interface ServiceStatus {
  lines: string[];
  /** Installed, and not failed. */
  well: boolean;
}

export async function statusLines(directory: string): Promise<ServiceStatus> {
  const service = initSystem() === "openrc" ? await openrcStatus() : await systemdStatus();
  return { ...service, lines: [...service.lines, ...logLines(directory)] };
}

async function systemdStatus(): Promise<ServiceStatus> {
  const names = "LoadState,UnitFileState,ActiveState,SubState,Result,StatusText,NRestarts,MemoryCurrent," +
    "ActiveEnterTimestamp,InactiveEnterTimestamp";
  const { code, text } = await manage("systemctl", "show", UNIT, `--property=${names}`);
  if (code !== 0) return { lines: [`service    unknown: ${text.split("\n")[0]}`], well: false };
  const show = new Map(text.split("\n").map((line) => line.split(/=(.*)/s, 2) as [string, string]));
  const get = (name: string) => show.get(name) ?? "";
  if (get("LoadState") === "not-found") {
    return {
      lines: ["service    not installed; install it with: sudo leakwatch boot --install-service"],
      well: false,
    };
  }
  const running = get("ActiveState") === "active";
  const failed = get("ActiveState") === "failed";
  const state = running
    ? `running since ${get("ActiveEnterTimestamp")}`
    : failed
    ? `failed (${get("Result")}); see journalctl -u ${SERVICE}`
    : get("InactiveEnterTimestamp")
    ? `ended ${get("InactiveEnterTimestamp")} (${get("Result")}), starts again at the next boot`
    : "has not run since this boot";
  const restarts = Number(get("NRestarts"));
  const memory = Number(get("MemoryCurrent"));
  return {
    lines: [
      `service    ${state}`,
      `at boot    ${get("UnitFileState") === "enabled" ? "yes" : "no"}`,
      ...(running && get("StatusText") ? [`now        ${get("StatusText")}`] : []),
      ...(restarts > 0 ? [`restarts   ${restarts}`] : []),
      ...(memory > 0 && Number.isSafeInteger(memory)
        ? [`its memory ${(memory / 1024 ** 2).toFixed(0)} MiB with its page cache`]
        : []),
    ],
    well: !failed,
  };
}

async function openrcStatus(): Promise<ServiceStatus> {
  const { code, text } = await manage("rc-service", SERVICE, "status");
  if (/does not exist/.test(text)) {
    return {
      lines: ["service    not installed; install it with: sudo leakwatch boot --install-service"],
      well: false,
    };
  }
  const state = /status: (\S+)/.exec(text)?.[1];
  return { lines: [`service    ${state ?? (text.split("\n")[0] || `status ${code}`)}`], well: code === 0 };
}

/** The newest session's files. */
function logLines(directory: string): string[] {
  const newest = listSessions([directory]).find((session) => session.kind === "boot-diagnostics");
  if (!newest) return [`logs       none in ${directory}`];
  const summary = newest.logs.summary?.[0]?.path;
  return [
    `logs       ${directory}/${newest.id}_*.log`,
    ...(summary ? [`summary    ${summary}`] : []),
    ...(summary ? verdictOf(summary).map((line) => `           ${line}`) : []),
  ];
}

/** The lines below VERDICT, up to the next section. */
function verdictOf(path: string): string[] {
  try {
    const lines = Deno.readTextFileSync(path).split("\n");
    const start = lines.findIndex((line) => line.startsWith("VERDICT"));
    const end = lines.findIndex((line, index) => index > start && line === "");
    return start < 0
      ? []
      : lines.slice(start + 1, end < 0 ? start + 6 : Math.min(end, start + 6)).map((line) => line.trim());
  } catch {
    return [];
  }
}
