/** What this process may do though it is not root: a service with two capabilities instead of all. */

/** Numbers of include/uapi/linux/capability.h. */
const NUMBERS = { CAP_KILL: 5, CAP_SYS_PTRACE: 19, CAP_SYS_ADMIN: 21, CAP_PERFMON: 38 } as const;

export type Capability = keyof typeof NUMBERS;

/** Whether CapEff of the status file names the capability. Pure. */
function hasCapability(status: string, capability: Capability): boolean {
  const mask = /^CapEff:\s*([0-9a-f]{1,32})$/m.exec(status)?.[1];
  return mask !== undefined && (BigInt(`0x${mask}`) >> BigInt(NUMBERS[capability]) & 1n) === 1n;
}

/**
 * Whether perf may record other users' processes and the kernel's tracepoints: CAP_PERFMON (Linux 5.8) beside CAP_SYS_PTRACE,
 * with which perf reads their mappings.
 */
export function mayRecordOthers(): boolean {
  if (Deno.uid() === 0) return true;
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return hasCapability(status, "CAP_PERFMON") && hasCapability(status, "CAP_SYS_PTRACE");
  } catch {
    return false;
  }
}
