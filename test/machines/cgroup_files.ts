/** The files of one cgroup, path → text, as version 2 and version 1 of the tree have them. */

export function cgroup(
  path: string,
  bytes: number,
  anon: number,
  pids: number,
  limit = "max",
): Record<string, string> {
  const file = bytes - anon - (1 << 20);
  const at = `sys/fs/cgroup/${path}`;
  return {
    [`${at}/memory.current`]: `${bytes}\n`,
    [`${at}/memory.max`]: `${limit}\n`,
    [`${at}/memory.swap.current`]: "0\n",
    [`${at}/memory.events`]: "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n",
    [`${at}/memory.pressure`]:
      "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
    [`${at}/memory.stat`]:
      `anon ${anon}\nfile ${file}\nkernel 1048576\nkernel_stack 65536\npagetables 131072\n` +
      `sock 0\nshmem 0\ninactive_file ${file >> 1}\nslab_reclaimable 524288\nslab_unreclaimable 262144\n`,
    [`${at}/pids.current`]: `${pids}\n`,
    [`${at}/cgroup.procs`]: "",
  };
}

export function v1Cgroup(path: string, usage: number, rss: number): Record<string, string> {
  const at = `sys/fs/cgroup/memory${path}`;
  return {
    [`${at}/memory.usage_in_bytes`]: `${usage}\n`,
    [`${at}/memory.limit_in_bytes`]: "9223372036854771712\n",
    [`${at}/memory.failcnt`]: "0\n",
    [`${at}/memory.oom_control`]: "oom_kill_disable 0\nunder_oom 0\n",
    [`${at}/memory.stat`]:
      `cache ${usage - rss}\nrss ${rss}\nmapped_file 0\nswap 0\ninactive_file ${(usage - rss) >> 1}\n` +
      `hierarchical_memory_limit 9223372036854771712\ntotal_cache ${usage - rss}\ntotal_rss ${rss}\n` +
      `total_swap 0\ntotal_inactive_file ${(usage - rss) >> 1}\n`,
    [`${at}/cgroup.procs`]: "",
  };
}
