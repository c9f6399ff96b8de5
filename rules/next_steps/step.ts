/** A next step: one line for a shell, what kind it is, and what it needs. Pure: whether a tool is there is asked of the caller. */

import type { NextStep } from "../../model/finding.ts";

export interface Step {
  command: string;
  /** What it shows; of a step that digs, what it does to the process. */
  remark: string;
  /** `look` reads what is there. `dig` stops, signals, traces or changes what it looks at. */
  kind: "look" | "dig";
  /** Commands it needs that not every machine has; those of POSIX, coreutils and procps's `ps` go without saying. */
  tools: readonly string[];
}

/** Whether a command is on this machine's PATH. */
export type HasTool = (name: string) => boolean;

export const look = (command: string, remark = "", ...tools: string[]): Step => ({
  command,
  remark,
  kind: "look",
  tools,
});

export const dig = (command: string, remark: string, ...tools: string[]): Step => ({
  command,
  remark,
  kind: "dig",
  tools,
});

/** Debian's package of a command, or how else one gets it. A command that is its own package needs no row. */
const PACKAGES: Readonly<Record<string, string>> = {
  ss: "iproute2",
  ip: "iproute2",
  nstat: "iproute2",
  lsns: "util-linux",
  nsenter: "util-linux",
  zramctl: "util-linux",
  slabtop: "procps",
  fuser: "psmisc",
  jcmd: "default-jdk-headless",
  "memleak-bpfcc": "bpfcc-tools",
  perf: "linux-perf",
  systemctl: "systemd",
  "systemd-cgtop": "systemd",
  "systemd-cgls": "systemd",
  machinectl: "systemd-container",
};

/** Not in Debian. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  memray: "pip install memray",
  "py-spy": "pip install py-spy",
  rbspy: "cargo install rbspy",
  phpspy: "github.com/adsr/phpspy",
  "dotnet-gcdump": "dotnet tool install -g dotnet-gcdump",
  crictl: "github.com/kubernetes-sigs/cri-tools",
};

/** The first whose tools are all there; else the first, which then says how to get what is lacking. */
export function chooseStep(steps: readonly Step[], hasTool: HasTool): Step {
  return steps.find(({ tools }) => tools.every(hasTool)) ?? steps[0]!;
}

/** The step for people, with how to get what is missing. */
export function completeStep({ kind, command, remark, tools }: Step, hasTool: HasTool): NextStep {
  const missing = tools.filter((tool) => !hasTool(tool)).map((tool) =>
    `${tool} is not installed: ${ELSEWHERE[tool] ?? `apt install ${PACKAGES[tool] ?? tool}`}`
  );
  return { kind, command, remark: [remark, ...missing].filter((text) => text !== "").join("; ") };
}
