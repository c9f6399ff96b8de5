/** Caches and proxies: what they keep is capped, what they need besides is not. */

import type { DeclaredLimit } from "../../model/declared_limit.ts";
import {
  type DeclaringProcess,
  limitOf,
  MIB,
  onCommandLine,
  type ProgramLimits,
} from "./declaring_process.ts";
import { directive } from "./config_files.ts";
import { optionValue, optionValues } from "./options.ts";
import { parsePercent, parseProgramSize } from "./size.ts";

/** https://github.com/memcached/memcached/blob/master/doc/memcached.1: -m, --memory-limit in MiB, 64 by default. */
function readMemcached({ argv }: DeclaringProcess): DeclaredLimit[] {
  // -e and --memory-file would keep items in a mapped file; the cap is the same.
  const value = optionValue(argv, ["-m", "--memory-limit"], "vdrkMSALFhi");
  return limitOf(onCommandLine(value), (text) => parseProgramSize(text, {}, MIB), {
    name: "-m",
    what: "cache",
    // The hash table (8 bytes per bucket, at most 1.5 items each; both tables while it grows) and slab pages begun.
    overhead_ratio: 0.25,
    overhead_bytes: 64 * MIB,
    fills_up: true,
    shape: "items are evicted at this size",
  }, 64 * MIB);
}

/**
 * https://varnish-cache.org/docs/trunk/users-guide/storage-backends.html: -s [name=]malloc[,size]. Without -s it is 100 MB;
 * without a size there is no cap. The child that caches has the arguments of its parent.
 */
function readVarnish({ argv, memory_bytes }: DeclaringProcess): DeclaredLimit[] {
  const given = optionValues(argv, ["-s"], "CdFV").flatMap((value) => {
    const [kind = "", size] = value.replace(/^[A-Za-z_]\w*=/, "").split(",");
    return kind === "malloc" || kind === "default" || kind === "umem" ? [size ?? ""] : [];
  });
  const sizes = given.map((text) => {
    const share = text.endsWith("%") ? parsePercent(text) : null;
    return share === null ? parseProgramSize(text) : Math.floor(memory_bytes * share);
  });
  if (sizes.some((size) => size === null)) return [];
  if (sizes.length === 0 && optionValue(argv, ["-s"], "CdFV") !== null) return [];
  return limitOf(
    sizes.length === 0
      ? null
      : { text: String(sizes.reduce((sum: number, size) => sum + size!, 0)), source: "command line" },
    parseProgramSize,
    {
      name: "-s malloc",
      what: "cache",
      // About 1 KiB per object, thread workspaces, and transient objects, which no -s caps by default.
      overhead_ratio: 0.3,
      overhead_bytes: 256 * MIB,
      fills_up: true,
      shape: "objects are evicted at this size",
    },
    100 * MIB,
  );
}

/** http://www.squid-cache.org/Doc/config/cache_mem/: "does not specify the maximum process size"; 256 MB by default. */
function readSquid({ argv, parent_argv, readFile, listDirectory }: DeclaringProcess): DeclaredLimit[] {
  const named = optionValue(argv, ["-f"]) ?? optionValue(parent_argv, ["-f"]);
  const setting = directive(
    { readFile, listDirectory },
    named ?? "/etc/squid/squid.conf",
    "cache_mem",
    "include",
  );
  return limitOf(setting, (text) => parseProgramSize(text.replace(/\bbytes\b/, "")), {
    name: "cache_mem",
    what: "cache",
    // In-transit objects, the index of the disk cache (10 to 14 MB per GB), and per-connection buffers.
    overhead_ratio: 0.5,
    overhead_bytes: 256 * MIB,
    fills_up: true,
    shape: "cached objects are replaced at this size",
  }, 256 * MIB);
}

/** https://docs.haproxy.org/2.8/management.html: -m LIMIT in MiB, set with setrlimit(2): allocations fail at it. */
function readHaproxy({ argv, parent_argv }: DeclaringProcess): DeclaredLimit[] {
  const value = optionValue(argv, ["-m"], "dDqVc") ?? optionValue(parent_argv, ["-m"], "dDqVc");
  return limitOf(onCommandLine(value), (text) => parseProgramSize(text, {}, MIB), {
    name: "-m",
    what: "memory",
    overhead_ratio: 0,
    overhead_bytes: 0,
    fills_up: false,
    shape: "allocations fail at this size",
  });
}

/** https://bind9.readthedocs.io/en/stable/reference.html#namedconf-statement-max-cache-size: 90 % of memory by default. */
function readNamed(process: DeclaringProcess): DeclaredLimit[] {
  const file = optionValue(process.argv, ["-c"]) ?? "/etc/bind/named.conf";
  const setting = directive(process, file, "max-cache-size", "include");
  const ofMemory = (text: string) => {
    const share = text.trim().endsWith("%") ? parsePercent(text) : null;
    return share === null ? parseProgramSize(text) : Math.floor(process.memory_bytes * share);
  };
  return limitOf(setting, ofMemory, {
    name: "max-cache-size",
    what: "cache",
    overhead_ratio: 0.3,
    overhead_bytes: 256 * MIB,
    fills_up: true,
    shape: "records are evicted at this size",
  }, Math.floor(process.memory_bytes * 0.9));
}

/**
 * https://unbound.docs.nlnetlabs.nl/en/latest/topics/core/performance.html: rrset-cache-size and msg-cache-size (4 MB each by
 * default); "total memory usage may be about 2.5 times" their sum.
 */
function readUnbound(process: DeclaringProcess): DeclaredLimit[] {
  const file = optionValue(process.argv, ["-c"], "dvp") ?? "/etc/unbound/unbound.conf";
  const size = (name: string) => {
    const setting = directive(process, file, `${name}:`, "include:");
    return { source: setting?.source ?? null, bytes: (setting && parseProgramSize(setting.text)) ?? 4 * MIB };
  };
  const [rrset, message] = [size("rrset-cache-size"), size("msg-cache-size")];
  const source = rrset.source ?? message.source;
  return [{
    bytes: rrset.bytes + message.bytes,
    name: "rrset-cache-size + msg-cache-size",
    what: "cache",
    source: source ?? "default",
    is_default: source === null,
    overhead_ratio: 1.5,
    overhead_bytes: 64 * MIB,
    fills_up: true,
    shape: "records are evicted at this size",
  }];
}

export const CACHES: ProgramLimits[] = [
  { program: /^memcached$/, read: readMemcached },
  { program: /^varnishd$/, read: readVarnish },
  { program: /^squid$/, read: readSquid },
  { program: /^haproxy$/, read: readHaproxy },
  { program: /^named$/, read: readNamed },
  { program: /^unbound$/, read: readUnbound },
];
