/**
 * Tests that need a part of the machine: skipped by name, with the reason, where the part is lacking. With
 * LEAKWATCH_REQUIRE=all, as in CI, a lacking part is no excuse: the test runs, and fails. LEAKWATCH_REQUIRE=machine is the same,
 * except that what needs a built leakwatch may still be skipped.
 *
 *     Deno.test({ ...requires("boot: starts by itself", "root", "wget"), fn: async () => { … } });
 */

/**
 * Tools looked for on PATH; no tools are `root` (who may mount, too: root in many containers may not) and `binary`
 * (LEAKWATCH_BINARY names a built leakwatch), and `binfmt` (Linux 6.7: binfmt_misc can be mounted in a user namespace).
 */
export type Part =
  | "root"
  | "binary"
  | "addr2line"
  | "apt-get"
  | "binfmt"
  | "busybox"
  | "chromium"
  | "curl"
  | "dash"
  | "dpkg-deb"
  | "etcd"
  | "fish"
  | "g++"
  | "gcc"
  | "gdb"
  | "go"
  | "java"
  | "javac"
  | "jfr"
  | "lintian"
  | "man"
  | "mariadbd"
  | "memcached"
  | "mkfs.ext4"
  | "prometheus"
  | "prometheus-alertmanager"
  | "promtool"
  | "mkswap"
  | "node"
  | "perf"
  | "php"
  | "ps"
  | "python3"
  | "redis-server"
  | "ruby"
  | "script"
  | "setpriv"
  | "shellcheck"
  | "unshare"
  | "varnishd"
  | "victoria-metrics"
  | "wget"
  | "zsh";

/** The parts of a test's definition that say its name and whether it is skipped. */
export function requires(name: string, ...parts: Part[]): { name: string; ignore: boolean } {
  const missing = parts.filter((part) => !has(part));
  const demanded = Deno.env.get("LEAKWATCH_REQUIRE");
  const excused = demanded === "all" ? [] : demanded === "machine" ? ["binary"] : missing;
  if (!missing.some((part) => excused.includes(part))) return { name, ignore: false };
  return { name: `${name} (skipped: no ${missing.join(", no ")})`, ignore: true };
}

/** Whether a part is at hand. */
export function has(part: Part): boolean {
  if (part === "root") return Deno.uid() === 0 && mayMount();
  if (part === "binfmt") return kernelIsAtLeast(6, 7);
  if (part === "binary") return isFile(Deno.env.get("LEAKWATCH_BINARY") ?? "");
  return (Deno.env.get("PATH") ?? "").split(":").some((directory) => isFile(`${directory}/${part}`));
}

function kernelIsAtLeast(major: number, minor: number): boolean {
  const [ours = 0, second = 0] = Deno.osRelease().split(".").map((part) => parseInt(part));
  return ours > major || (ours === major && second >= minor);
}

/** Whether this process has CAP_SYS_ADMIN, capability 21. */
function mayMount(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? "0";
  return (BigInt(`0x${effective}`) >> 21n & 1n) === 1n;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
