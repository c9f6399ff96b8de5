/** Key-value stores, document and column databases, brokers. */

import type { DeclaredLimit } from "../../model/declared_limit.ts";
import {
  type DeclaringProcess,
  GIB,
  inEnvironment,
  limitOf,
  MIB,
  onCommandLine,
} from "./declaring_process.ts";
import type { ProgramLimits, Setting } from "./declaring_process.ts";
import { directive, expand, parseIni, yamlScalar } from "./config_files.ts";
import { optionValue } from "./options.ts";
import { parsePercent, parseProgramSize, RABBITMQ, REDIS } from "./size.ts";

/** https://github.com/redis/redis/blob/unstable/redis.conf, MEMORY MANAGEMENT; the same in Valkey and KeyDB. */
export const MAXMEMORY = {
  name: "maxmemory",
  what: "memory",
  /** Allocator fragmentation, and what maxmemory does not count: replicas' output buffers and the replication backlog. */
  overhead_ratio: 0.25,
  overhead_bytes: 64 * MIB,
  fills_up: true,
  shape: "keys are evicted or writes refused at this size",
} as const;

const REDIS_FILES = [
  "/etc/redis/redis.conf",
  "/etc/redis.conf",
  "/usr/local/etc/redis/redis.conf",
  "/etc/valkey/valkey.conf",
];

/**
 * A running server shows "redis-server 127.0.0.1:6379" in place of its arguments, and its environment is cleared (setproctitle): then
 * of the usual files only one that names the same port is its own. What was given as --maxmemory is lost, see ask_redis.ts.
 */
function readRedis(process: DeclaringProcess): DeclaredLimit[] {
  const port = /:(\d{1,5})(?:\s|$)/.exec(process.argv.join(" "))?.[1] ?? null;
  const file = process.argv[1]?.startsWith("-") || port !== null ? null : process.argv[1] ?? null;
  const given = onCommandLine(optionValue(process.argv, ["--maxmemory"]));
  const isOwn = (path: string) => (directive(process, path, "port")?.text ?? "6379") === port;
  const own = file ??
    (port === null ? null : REDIS_FILES.find((path) => process.readFile(path) !== null && isOwn(path)));
  const setting = given ?? (own ? directive(process, own, "maxmemory") : null);
  return limitOf(setting, (text) => parseProgramSize(text, REDIS), MAXMEMORY);
}

/** https://www.dragonflydb.io/docs/managing-dragonfly/flags: --maxmemory, 80 % of memory by default. */
function readDragonfly({ argv, memory_bytes }: DeclaringProcess): DeclaredLimit[] {
  const setting = onCommandLine(optionValue(argv, ["--maxmemory", "-maxmemory"]));
  return limitOf(setting, parseProgramSize, MAXMEMORY, Math.floor(memory_bytes * 0.8));
}

/**
 * https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-storage.wiredTiger.engineConfig.cacheSizeGB:
 * by default the larger of 50 % of (RAM - 1 GB) and 256 MB, of the container's RAM where it has less.
 */
function readMongod({ argv, readFile, memory_bytes }: DeclaringProcess): DeclaredLimit[] {
  const file = optionValue(argv, ["--config", "-f"]);
  const path = ["storage", "wiredTiger", "engineConfig", "cacheSizeGB"];
  const inFile = file === null ? null : yamlScalar(readFile(file) ?? "", path);
  const setting: Setting | null = onCommandLine(optionValue(argv, ["--wiredTigerCacheSizeGB"])) ??
    (inFile === null ? null : { text: inFile, source: file! });
  return limitOf(setting, (text) => parseProgramSize(text, {}, GIB), {
    name: "wiredTigerCacheSizeGB",
    what: "cache",
    // tcmalloc's fragmentation; sorts, aggregations, and 1 MiB per connection lie outside of the cache.
    overhead_ratio: 0.3,
    overhead_bytes: 512 * MIB,
    fills_up: true,
    shape: "pages are evicted from 80 % on",
  }, Math.floor(Math.max(256 * MIB, (memory_bytes - GIB) / 2)));
}

/** https://etcd.io/docs/v3.5/op-guide/configuration/: --quota-backend-bytes, 2 GiB by default; a mapped file. */
function readEtcd({ argv, environment, readFile }: DeclaringProcess): DeclaredLimit[] {
  const file = optionValue(argv, ["--config-file", "-config-file"]);
  const inFile = file === null ? null : yamlScalar(readFile(file) ?? "", ["quota-backend-bytes"]);
  const setting: Setting | null =
    onCommandLine(optionValue(argv, ["--quota-backend-bytes", "-quota-backend-bytes"])) ??
      (inFile === null ? null : { text: inFile, source: file! }) ??
      inEnvironment(environment.get("ETCD_QUOTA_BACKEND_BYTES"));
  // 0 means the default, a negative number no quota.
  const isDefault = setting === null || setting.text.trim() === "0";
  return limitOf(isDefault ? null : setting, (text) => parseProgramSize(text, {}), {
    name: "quota-backend-bytes",
    what: "file",
    overhead_ratio: 0,
    overhead_bytes: 0,
    fills_up: false,
    shape: "writes are refused at this size of the database file",
  }, 2 * GIB);
}

/** https://clickhouse.com/docs/en/operations/server-configuration-parameters/settings#max_server_memory_usage. */
function readClickhouse(process: DeclaringProcess): DeclaredLimit[] {
  if (!/server/.test(process.argv.slice(0, 2).join(" "))) return [];
  const file = optionValue(process.argv, ["--config-file", "--config", "-C"]) ??
    "/etc/clickhouse-server/config.xml";
  const files = [file, ...expand(process, `${file.slice(0, file.lastIndexOf("/"))}/config.d/*.xml`)];
  const tag = (name: string): Setting | null =>
    files.flatMap((source) => {
      const text = xmlNumber(process.readFile(source) ?? "", name);
      return text === null ? [] : [{ text, source }];
    }).at(-1) ?? null;
  const ratio = tag("max_server_memory_usage_to_ram_ratio");
  const share = Math.min(1, Number(ratio?.text ?? 0.9) || 1);
  const size = tag("max_server_memory_usage");
  const limit = {
    what: "memory",
    overhead_ratio: 0.05,
    overhead_bytes: 256 * MIB,
    fills_up: false,
    shape: "queries fail at this size",
  } as const;
  if (size !== null && parseProgramSize(size.text) !== null) {
    return limitOf(size, parseProgramSize, { ...limit, name: "max_server_memory_usage" });
  }
  return [{
    ...limit,
    name: "max_server_memory_usage_to_ram_ratio",
    bytes: Math.floor(process.memory_bytes * share),
    source: ratio?.source ?? "default",
    is_default: ratio === null,
  }];
}

/** Number between <name> and </name>, outside of comments. */
function xmlNumber(text: string, name: string): string | null {
  const live = text.split("<!--").map((part, index) => {
    const end = part.indexOf("-->");
    return index === 0 ? part : end < 0 ? "" : part.slice(end);
  });
  for (const part of live) {
    const at = part.indexOf(`<${name}>`);
    const match = at < 0
      ? null
      : /^\s*([\d.]{1,20})\s*<\//.exec(part.slice(at + name.length + 2, at + name.length + 100));
    if (match) return match[1]!;
  }
  return null;
}

/**
 * https://www.rabbitmq.com/docs/memory: publishers are blocked at vm_memory_high_watermark. By default 0.4 of memory before
 * version 4, 0.6 since: the larger is assumed.
 */
function readRabbitmq(process: DeclaringProcess): DeclaredLimit[] {
  const { argv, environment, readFile, memory_bytes } = process;
  if (!argv.some((argument) => /(^|\/)rabbit(mq|@|_|$)/.test(argument))) return [];
  const named = environment.get("RABBITMQ_CONFIG_FILE") ?? optionValue(argv, ["-conf"]) ??
    "/etc/rabbitmq/rabbitmq.conf";
  const files = [
    named.endsWith(".conf") ? named : `${named}.conf`,
    ...expand(process, "/etc/rabbitmq/conf.d/*.conf"),
  ];
  const value = (key: string): Setting | null =>
    files.flatMap((source) =>
      parseIni(readFile(source) ?? "").lines.filter((line) => line.key === key).map(({ value: text }) => ({
        text,
        source,
      }))
    ).at(-1) ?? null;
  const limit = {
    name: "vm_memory_high_watermark",
    what: "memory",
    // "The Erlang garbage collector can, in the worst case, cause double the amount of memory to be used."
    overhead_ratio: 1,
    overhead_bytes: 128 * MIB,
    fills_up: false,
    shape: "publishers are blocked at this size",
  } as const;
  const ofMemory = (text: string) => {
    const share = parsePercent(text) === null ? null : Number(text);
    return share === null || share > 1 ? null : Math.floor(memory_bytes * share);
  };
  const relative = value("vm_memory_high_watermark.relative");
  const absolute = value("vm_memory_high_watermark.absolute");
  return relative === null && absolute !== null
    ? limitOf(absolute, (text) => parseProgramSize(text, RABBITMQ), limit)
    : limitOf(relative, ofMemory, limit, Math.floor(memory_bytes * 0.6));
}

/** https://docs.victoriametrics.com: -memory.allowedPercent (60 by default) and -memory.allowedBytes are of its caches. */
function readVictoriaMetrics({ argv, memory_bytes }: DeclaringProcess): DeclaredLimit[] {
  const limit = {
    what: "cache",
    overhead_ratio: 0.5,
    overhead_bytes: 256 * MIB,
    fills_up: true,
    shape: "caches are reset at this size",
  } as const;
  const bytes = onCommandLine(optionValue(argv, ["-memory.allowedBytes", "--memory.allowedBytes"]));
  if (bytes !== null) return limitOf(bytes, parseProgramSize, { ...limit, name: "-memory.allowedBytes" });
  const percent = onCommandLine(optionValue(argv, ["-memory.allowedPercent", "--memory.allowedPercent"]));
  return limitOf(
    percent,
    (text) => {
      const share = parsePercent(text);
      return share === null ? null : Math.floor(memory_bytes * share);
    },
    { ...limit, name: "-memory.allowedPercent" },
    Math.floor(memory_bytes * 0.6),
  );
}

/** https://www.cockroachlabs.com/docs/stable/cockroach-start: --cache and --max-sql-memory (a size, .25 or 25 %). */
function readCockroach({ argv, memory_bytes }: DeclaringProcess): DeclaredLimit[] {
  const parse = (text: string) => {
    const share = /^\.\d+$|^0\.\d+$/.test(text)
      ? Number(text)
      : text.endsWith("%")
      ? parsePercent(text)
      : null;
    return share === null ? parseProgramSize(text) : Math.floor(memory_bytes * share);
  };
  const part = (name: string, defaultBytes: number, overhead_bytes: number) =>
    limitOf(onCommandLine(optionValue(argv, [name])), parse, {
      name,
      what: "cache",
      overhead_ratio: 0.25,
      overhead_bytes,
      fills_up: true,
      shape: "evicted, or spilled to disk, at this size",
    }, defaultBytes);
  return [
    ...part("--cache", 128 * MIB, 512 * MIB),
    ...part("--max-sql-memory", Math.floor(memory_bytes / 4), 0),
  ];
}

export const STORES: ProgramLimits[] = [
  { program: /^(redis|valkey|keydb)-(server|check-rdb|check-aof)$/, read: readRedis },
  { program: /^dragonfly/, read: readDragonfly },
  { program: /^mongod$/, read: readMongod },
  { program: /^etcd$/, read: readEtcd },
  { program: /^clickhouse(-server)?$/, read: readClickhouse },
  { program: /^beam(\.smp)?$/, read: readRabbitmq },
  { program: /^(victoria-metrics|vmstorage|vmselect|vmsingle)/, read: readVictoriaMetrics },
  { program: /^cockroach$/, read: readCockroach },
];
