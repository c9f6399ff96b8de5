/** What `--profile-suspects` changes in the unit: no more than it takes, and only where it was asked for. Pure. */

/**
 * `free`: the methods that ask nothing. perf records with CAP_PERFMON; all else the watch has already. `named`: the rules file
 * allows more (profile: { java: [histogram] }). A JVM answers its own user and root only, signals to others take CAP_KILL, files
 * in their /tmp CAP_CHOWN, probes and network namespaces CAP_SYS_ADMIN: the service then runs as root, within these.
 */
export type UnitProfiling = "free" | "named";

/** Of root's capabilities, what the methods that a rules file may allow need. */
const NAMED_CAPABILITIES = [
  ...["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_PERFMON", "CAP_DAC_OVERRIDE", "CAP_CHOWN", "CAP_FOWNER"],
  ...["CAP_KILL", "CAP_SETUID", "CAP_SETGID", "CAP_SYS_ADMIN", "CAP_IPC_LOCK"],
].join(" ");

const CAPABILITIES = "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH";

/** Lines of the unit and what takes their place. */
const CHANGES: Record<UnitProfiling, readonly [line: RegExp, instead: string][]> = {
  free: [
    // The watch ends its profiles in order and waits for what they undo; only then the rest may be killed. One that is killed for
    // want of memory does not end the watch.
    [/^TimeoutStopSec=1min$/m, "TimeoutStopSec=2min\nKillMode=mixed\nOOMPolicy=continue"],
    [/^AmbientCapabilities=.*$/m, `AmbientCapabilities=${CAPABILITIES} CAP_PERFMON`],
    [/^CapabilityBoundingSet=.*$/m, `CapabilityBoundingSet=${CAPABILITIES} CAP_PERFMON`],
    // A second leakwatch, its watchdog and perf; perf's buffers are locked memory.
    [/^MemoryMax=256M$/m, "MemoryMax=768M\nLimitMEMLOCK=64M"],
    [/^TasksMax=64$/m, "TasksMax=256"],
    [/^SystemCallFilter=@system-service @pkey$/m, "SystemCallFilter=@system-service @pkey perf_event_open"],
  ],
  named: [
    [/^TimeoutStopSec=1min$/m, "TimeoutStopSec=2min\nKillMode=mixed\nOOMPolicy=continue"],
    [/^User=.*\nGroup=.*$/m, "User=root\nGroup=root"],
    [/^AmbientCapabilities=.*\n/m, ""],
    [/^CapabilityBoundingSet=.*$/m, `CapabilityBoundingSet=${NAMED_CAPABILITIES}`],
    // jfr is a JVM of its own.
    [/^MemoryMax=256M$/m, "MemoryMax=1G\nLimitMEMLOCK=64M"],
    [/^TasksMax=64$/m, "TasksMax=512"],
    // Locks, which a profile by hand must see, too; probes.
    [/^ProtectSystem=strict$/m, "ProtectSystem=strict\nReadWritePaths=/run"],
    [/^ProtectKernelTunables=yes$/m, "ProtectKernelTunables=no"],
    [/^RestrictNamespaces=yes$/m, "RestrictNamespaces=net"],
    [/^SystemCallFilter=@system-service @pkey$/m, "SystemCallFilter=@system-service @pkey @debug @setuid"],
    [
      /^SystemCallFilter=~@privileged .*$/m,
      "SystemCallFilter=~@clock @module @raw-io @reboot @swap @obsolete",
    ],
  ],
};

/** The unit for a watch that profiles. Throws TypeError where a line that is to change is not there. */
export function withProfiling(unit: string, profiling: UnitProfiling): string {
  return CHANGES[profiling].reduce((text, [line, instead]) => {
    if (!line.test(text)) throw new TypeError(`Cannot change the unit: no line ${line.source}`);
    return text.replace(line, () => instead);
  }, unit);
}
