/** Kernel memory that really leaks, provoked from user space: each is named as what it is. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Finding } from "../../model/finding.ts";
import { requires } from "../requires.ts";
import { look } from "./containers_look.ts";
import { removeCgroup } from "./remove_cgroup.ts";

const PROGRAM = fileURLToPath(new URL("kernel_leaks.py", import.meta.url));
const MIB = 1024 * 1024;

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The tree whose cgroups hold memory. */
const TREE = isFile("/sys/fs/cgroup/memory/memory.usage_in_bytes")
  ? "/sys/fs/cgroup/memory"
  : "/sys/fs/cgroup";

Deno.test(
  requires(
    "kernel: slab, page tables, vmalloc, stacks, namespaces and cgroups that leak are named as such",
    "root",
    "python3",
  ),
  async () => {
    const names = Deno.makeTempDirSync();
    const group = `${TREE}/leakwatch-e2e-left`;
    Deno.mkdirSync(group);
    if (TREE.endsWith("cgroup")) Deno.writeTextFileSync(`${group}/cgroup.subtree_control`, "+memory");
    const start = (...args: string[]) =>
      new Deno.Command("python3", { args: [PROGRAM, ...args], stdout: "null", stderr: "inherit" }).spawn();
    const programs = {
      page_tables: start("page_tables"),
      sockets: start("sockets"),
      filters: start("filters"),
      namespaces: start("namespaces"),
      dentries: start("dentries", names),
      threads: start("threads"),
      cgroups: start("cgroups", group),
      dying: start("dying_cgroups", group),
    };
    try {
      const told = await look(90, 1);
      /** The finding about that name, or about that process. */
      const found = (kind: string, name: string | RegExp | number): Finding => {
        const finding = told.findings.find(({ kind: its, subject }) =>
          its === kind &&
          (name instanceof RegExp ? name.test(subject.name) : name === subject.name || name === subject.pid)
        );
        const all = told.findings.map((entry) =>
          `${entry.kind} ${entry.subject.name} ${entry.verdict}: ${entry.evidence}`
        );
        assert.ok(finding, `${kind} ${name} among\n${all.join("\n")}`);
        return finding;
      };
      const leak = (kind: string, name: string | RegExp | number): Finding => {
        const finding = found(kind, name);
        assert.match(finding.verdict, /^(leak|growing)$/, finding.evidence);
        return finding;
      };
      const rate = (finding: Finding) => finding.rate_per_hour!.mid / 3600;
      const near = (value: number, truth: number) =>
        assert.ok(Math.abs(value / truth - 1) < 0.35, `${value}, not ${truth}`);

      // On a busy machine others make the same fields rise and fall, so that 90 s may not be enough to be sure of a leak.
      // One page of table for each 2 MiB that was looked at: 1,500 a second.
      near(rate(found("kernel-memory", "PageTables")), 1500 * 4096);
      // File names that are held fill a cache that the kernel gives back: no leak.
      assert.ok(
        !told.findings.some(({ kind, subject }) => kind === "kernel-slab" && subject.name === "dentry"),
      );
      // A socket is about a kilobyte in each of two caches.
      assert.ok(rate(found("kernel-slab", /^(UNIX|sock_inode_cache)/)) > 0.1 * MIB);

      near(rate(leak("process-descriptors", programs.sockets.pid)), 180);
      near(rate(found("kernel-memory", "network namespaces")), 5);
      // Packet filters, and the stacks of the threads below, which lie there too.
      const vmalloc = found("kernel-memory", "VmallocUsed");
      near(rate(vmalloc), 15 * 57 * 1024 + 100 * 16 * 1024);
      // 16 KiB of stack for each thread.
      assert.ok(rate(found("kernel-memory", "KernelStack")) > 33 * 16 * 1024);
      near(rate(leak("process-threads", programs.threads.pid)), 100);
      near(rate(found("kernel-cgroups", "cgroups")), 15);
      near(rate(found("kernel-cgroups", "dying cgroups")), 6);
      // Nobody's own memory grew by any of it.
      for (const { pid } of [programs.page_tables, programs.sockets, programs.filters, programs.dentries]) {
        const accused = told.findings.filter((finding) =>
          finding.kind === "process-memory" && finding.subject.pid === pid
        );
        assert.deepEqual(accused.filter((finding) => finding.verdict === "leak"), []);
      }
    } finally {
      for (const program of Object.values(programs)) {
        program.kill("SIGKILL");
        await program.status;
      }
      for (const entry of Deno.readDirSync("/dev/shm")) {
        if (entry.name.startsWith("leakwatch-e2e-")) Deno.removeSync(`/dev/shm/${entry.name}`);
      }
      for (const entry of Deno.readDirSync(group)) {
        if (entry.isDirectory) await removeCgroup(`${group}/${entry.name}`);
      }
      await removeCgroup(group);
      Deno.removeSync(names, { recursive: true });
    }
  },
);
