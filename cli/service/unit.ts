/** The systemd unit and the OpenRC script of the boot watcher. Pure: text from where leakwatch lies and how to run it. */

import { type UnitProfiling, withProfiling } from "./unit_profiling.ts";

export const SERVICE = "boot-diagnostics";
export const UNIT = `${SERVICE}.service`;
export const SERVICE_USER = "leakwatch";

export interface UnitOptions {
  /** Full path of the executable. */
  executable: string;
  /** Arguments behind `boot`, each one word. */
  arguments: readonly string[];
  /** File with the token that viewers must show; the service manager reads it, so that it may be root's alone. */
  token_file?: string | null;
  /** null: it only watches. */
  profiling?: UnitProfiling | null;
}

/**
 * The unit. Reading other users' processes takes CAP_SYS_PTRACE (descriptors, smaps) and CAP_DAC_READ_SEARCH (slabinfo, the
 * journal); nothing else of root is left to it. MemoryDenyWriteExecute= would kill V8, which needs @pkey, too. /proc and
 * /sys/fs/cgroup stay readable as a whole: they are what it is for.
 */
export function systemdUnit(options: UnitOptions): string {
  const unit = watchingUnit(options);
  return options.profiling ? withProfiling(unit, options.profiling) : unit;
}

function watchingUnit({ executable, arguments: words, token_file = null }: UnitOptions): string {
  const command = [executable, "boot", "--quiet", ...words].map(quoted).join(" ") +
    (token_file === null ? "" : " --token-file ${CREDENTIALS_DIRECTORY}/token");
  return `[Unit]
Description=leakwatch: on watch for memory that grows after boot
Documentation=man:leakwatch(1)
# Early: beside the basic services, before those that may leak. Late enough: disks are mounted, users are known.
DefaultDependencies=no
After=sysinit.target
Conflicts=shutdown.target
Before=shutdown.target
StartLimitIntervalSec=10min
StartLimitBurst=10

[Service]
Type=notify
NotifyAccess=main
ExecStart=${command}${token_file === null ? "" : `\nLoadCredential=token:${token_file.replaceAll("%", "%%")}`}
ExecReload=/bin/kill -HUP $MAINPID
# Its window over, it ends as a success and starts again at the next boot.
Restart=on-failure
RestartSec=2s
WatchdogSec=3min
TimeoutStartSec=10min
TimeoutStopSec=1min

User=${SERVICE_USER}
Group=${SERVICE_USER}
SupplementaryGroups=systemd-journal
AmbientCapabilities=CAP_SYS_PTRACE CAP_DAC_READ_SEARCH
CapabilityBoundingSet=CAP_SYS_PTRACE CAP_DAC_READ_SEARCH
LogsDirectory=${SERVICE}
LogsDirectoryMode=0750
StateDirectory=${SERVICE_USER}
StateDirectoryMode=0750
CacheDirectory=${SERVICE_USER}
CacheDirectoryMode=0750
RuntimeDirectory=${SERVICE_USER}
UMask=0027

# It must neither hurt the machine it watches nor be the first to die on it.
MemoryMax=256M
MemorySwapMax=64M
TasksMax=64
CPUWeight=20
IOWeight=20
Nice=5
OOMScoreAdjust=-500

NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectHostname=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
KeyringMode=private
RemoveIPC=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native
SystemCallFilter=@system-service @pkey
SystemCallFilter=~@privileged @resources @obsolete
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}

/** A word of ExecStart=: systemd expands % and $ and takes quotes and backslashes for its own. */
function quoted(word: string): string {
  const escaped = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./-]+$/.test(word) ? escaped : `"${escaped.replace(/["\\]/g, "\\$&")}"`;
}

/**
 * The same for OpenRC, as root: supervise-daemon starts it again after a crash, not after its end. It asks for an order only:
 * Alpine and Gentoo have localmount, Debian's OpenRC has not, and one that is needed and missing is an error.
 */
export function openrcScript({ executable, arguments: words, token_file = null }: UnitOptions): string {
  const token = token_file === null ? [] : ["--token-file", token_file];
  const args = ["boot", "--quiet", ...words, ...token].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(" ");
  return `#!/sbin/openrc-run
# leakwatch: on watch for memory that grows after boot
description="leakwatch: on watch for memory that grows after boot"
supervisor=supervise-daemon
command="${executable}"
command_args="${args.replace(/["\\$`]/g, "\\$&")}"
respawn_delay=2
respawn_max=10
respawn_period=600

depend() {
	after localmount bootmisc
}

start_pre() {
	checkpath --directory --mode 0750 /var/log/${SERVICE}
}
`;
}
