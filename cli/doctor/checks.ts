/** What stands around the kernel's sources: rights, mounts and services that decide what can be seen. */

import { readCgroupHierarchy } from "../../collectors/cgroup/cgroup_hierarchy.ts";
import type { Roots } from "../../collectors/roots.ts";
import { findSockets } from "../../collectors/container/engine_sockets.ts";
import { parseHidepid } from "../../collectors/process/processes.ts";
import { readTextOrNull } from "../../collectors/fs.ts";
import type { Sample } from "../../model/sample.ts";
import { readSignalTreatment } from "../signal_treatment.ts";

export interface Check {
  what: string;
  ok: boolean;
  /** How it stands here. */
  state: string;
  /** What to do; empty where it is well or nothing helps. */
  hint: string;
}

/** All checks, after a sample with everything in it was taken. */
export function checksOf(sample: Sample, roots: Roots): Check[] {
  const kernel = [
    privilege(sample, roots),
    hidden(roots),
    cgroups(roots),
    pressure(sample),
    memoryOfOthers(sample),
  ];
  // Another machine's trees say nothing about this one's services.
  return roots.is_live
    ? [...kernel, engines(sample), journal(), kernelLog(), serviceManager(), noDebugger()]
    : kernel;
}

/** From capabilities(7): the bits in CapEff of /proc/self/status. */
const CAP_DAC_READ_SEARCH = 2n;
const CAP_SYS_PTRACE = 19n;

function privilege(sample: Sample, roots: Roots): Check {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readTextOrNull(`${roots.proc}/self/status`) ?? "")?.[1];
  const bits = effective === undefined ? null : BigInt(`0x${effective}`);
  const has = (bit: bigint) => bits !== null && (bits >> bit & 1n) === 1n;
  const both = has(CAP_DAC_READ_SEARCH) && has(CAP_SYS_PTRACE);
  if (sample.host.is_root && (both || bits === null)) return well("rights", "root");
  if (both) {
    return well("rights", "not root, with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: all that is needed");
  }
  return {
    what: "rights",
    ok: false,
    state: sample.host.is_root
      ? "root without CAP_SYS_PTRACE or CAP_DAC_READ_SEARCH, as in a container"
      : "not root: descriptors, mappings and PSS of other users' processes are hidden",
    hint: sample.host.is_root
      ? "start the container with --cap-add SYS_PTRACE --cap-add DAC_READ_SEARCH"
      : "sudo leakwatch doctor",
  };
}

function hidden(roots: Roots): Check {
  const value = parseHidepid(readTextOrNull(`${roots.proc}/mounts`) ?? "");
  if (value === null) return well("hidepid", "off: all processes are visible");
  const group = /gid=(\d+)/.exec(readTextOrNull(`${roots.proc}/mounts`) ?? "")?.[1];
  return {
    what: "hidepid",
    ok: false,
    state: `hidepid=${value}: other users' processes are invisible without root`,
    hint: group
      ? `run as root, or as a member of group ${group}`
      : `run as root, or mount -o remount,hidepid=0 /proc`,
  };
}

function cgroups(roots: Roots): Check {
  const layout = readCgroupHierarchy(roots);
  if (!layout) {
    return {
      what: "cgroups",
      ok: false,
      state: "no cgroup tree is mounted",
      hint: "mount -t cgroup2 none /sys/fs/cgroup",
    };
  }
  const tree = `${layout.version}, memory in ${layout.tree}${
    layout.namespaced ? ", own namespace only" : ""
  }`;
  if (layout.memory === null) {
    return {
      what: "cgroups",
      ok: false,
      state: `${tree}: without the memory controller`,
      hint: "boot with cgroup_enable=memory",
    };
  }
  return well("cgroups", tree);
}

function pressure(sample: Sample): Check {
  if (sample.pressure?.memory) return well("pressure (PSI)", "measured");
  return {
    what: "pressure (PSI)",
    ok: false,
    state: "not measured by this kernel",
    hint: "boot with psi=1 (Linux 4.20, CONFIG_PSI)",
  };
}

/** Whether smaps of somebody else's process opens: the surest test of what a suspect can be asked. */
function memoryOfOthers(sample: Sample): Check {
  const others = sample.processes.filter((process) =>
    !process.is_kernel_thread && process.rss_bytes > 0 && process.pid !== Deno.pid
  );
  const read = others.filter((process) => process.pss_bytes !== null).length;
  if (others.length === 0) {
    return { what: "smaps", ok: false, state: "no other process is visible", hint: "" };
  }
  if (read > 0) return well("smaps", "mappings and PSS of other processes are readable");
  return {
    what: "smaps",
    ok: false,
    state: "mappings and PSS of other processes are not readable: suspects' memory cannot be broken down",
    hint: sample.host.is_root ? "Linux 4.14 or newer has smaps_rollup" : "run as root",
  };
}

function engines(sample: Sample): Check {
  const sockets = findSockets();
  if (sockets.length === 0) {
    return well("container engines", "none installed; containers are found by their cgroups");
  }
  const answering = sample.engines.map((engine) => `${engine.engine} ${engine.version ?? ""}`.trim());
  if (answering.length >= sockets.length) return well("container engines", answering.join(", "));
  const silent = sockets.filter((socket) => !sample.engines.some((engine) => engine.socket === socket));
  return {
    what: "container engines",
    ok: false,
    state: `${answering.length ? `${answering.join(", ")}; ` : ""}no answer from ${silent.join(", ")}`,
    hint: "run as root, or start the engine; without it names and disk space are missing",
  };
}

function journal(): Check {
  const stored = ["/var/log/journal", "/run/log/journal"].find(exists);
  if (stored) return well("journal", stored);
  return {
    what: "journal",
    ok: false,
    state: "no systemd journal: boot reads kernel events from /dev/kmsg",
    hint: "",
  };
}

function kernelLog(): Check {
  try {
    Deno.openSync("/dev/kmsg").close();
    return well("/dev/kmsg", "readable");
  } catch {
    return {
      what: "/dev/kmsg",
      ok: false,
      state: "not readable: OOM events only from the journal",
      hint: "run as root",
    };
  }
}

function serviceManager(): Check {
  if (exists("/run/systemd/system")) return well("service manager", "systemd");
  const openrc = exists("/run/openrc");
  return {
    what: "service manager",
    ok: openrc,
    state: openrc ? "OpenRC" : "no systemd: boot --install-service has nowhere to install to",
    hint: "",
  };
}

function noDebugger(): Check {
  const treatment = readSignalTreatment();
  if (treatment !== "delivered") return well("debugger", `never opens: SIGUSR1 is ${treatment}`);
  return {
    what: "debugger",
    ok: false,
    state: "SIGUSR1 opens one on 127.0.0.1:9229 to every local user until leakwatch closes it",
    hint: "do not send SIGUSR1 to leakwatch, or start it with env --block-signal=USR1",
  };
}

const well = (what: string, state: string): Check => ({ what, ok: true, state, hint: "" });

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
