/** MySQL and MariaDB, PostgreSQL. */

import type { DeclaredLimit } from "../../model/declared_limit.ts";
import { type DeclaringProcess, KIB, limitOf, MIB, onCommandLine } from "./declaring_process.ts";
import type { ProgramLimits, Setting } from "./declaring_process.ts";
import { beside, expand, parseIni } from "./config_files.ts";
import { optionValue, optionValues, splitWords } from "./options.ts";
import { BINARY, parseProgramSize } from "./size.ts";

/** https://dev.mysql.com/doc/refman/8.0/en/option-files.html and https://mariadb.com/kb/en/configuring-mariadb-with-option-files/ */
const OPTION_FILES = ["/etc/my.cnf", "/etc/mysql/my.cnf"];
const GROUPS = /^(server|client-server|galera|mysqld|mariadbd?)(-\d[\d.]*)?$/;
const MAX_OPTION_FILES = 100;

const POOL = {
  name: "innodb_buffer_pool_size",
  what: "cache",
  /** "Approximately 10 % greater than the specified size" (innodb-parameters.html). */
  overhead_ratio: 0.1,
  /** Key buffer and Aria page cache (128 MiB each in MariaDB), log buffers, performance schema, a hundred connections. */
  overhead_bytes: 512 * MIB,
  fills_up: true,
  shape: "pages are evicted at this size",
} as const;

function readMysql(process: DeclaringProcess): DeclaredLimit[] {
  const option = (name: string) => optionValue(process.argv, [`--${name}`, `--${name.replaceAll("-", "_")}`]);
  const setting = onCommandLine(option("innodb-buffer-pool-size")) ??
    onCommandLine(option("loose-innodb-buffer-pool-size")) ?? fromOptionFiles(process, option);
  return limitOf(setting, parseProgramSize, POOL, 128 * MIB);
}

function fromOptionFiles(process: DeclaringProcess, option: (name: string) => string | null): Setting | null {
  if (process.argv.includes("--no-defaults")) return null;
  const only = option("defaults-file");
  const extra = option("defaults-extra-file");
  const home = process.environment.get("MYSQL_HOME");
  const files = only !== null
    ? [only]
    : [...OPTION_FILES, ...(home ? [`${home}/my.cnf`] : []), ...(extra === null ? [] : [extra])];
  const opened = { count: 0 };
  return files.map((file) => poolSize(process, file, opened)).findLast((found) => found !== null) ?? null;
}

/** The last value in a file and in those that it includes, which count where they are named; groups keep to their file. */
function poolSize(process: DeclaringProcess, file: string, opened: { count: number }): Setting | null {
  if (++opened.count > MAX_OPTION_FILES) return null;
  const { lines, directives } = parseIni(process.readFile(file) ?? "");
  let found: Setting | null = null;
  for (const { section, key, value } of lines) {
    const name = key.toLowerCase().replaceAll("-", "_").replace(/^loose_/, "");
    if (GROUPS.test(section) && name === "innodb_buffer_pool_size") found = { text: value, source: file };
  }
  for (const line of directives) {
    const [, kind, path] = /^!(includedir|include)\s+(\S.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const others = kind === "include" ? [path] : expand(process, `${path.replace(/\/$/, "")}/*.cnf`);
    for (const other of others) found = poolSize(process, other, opened) ?? found;
  }
  return found;
}

/** https://www.postgresql.org/docs/current/runtime-config-resource.html; in units of 8 KiB where none is written. */
const SHARED_BUFFERS = {
  name: "shared_buffers",
  what: "shared",
  /** Lock tables, WAL buffers, and the buffers' headers are in the same segment. */
  overhead_ratio: 0.1,
  overhead_bytes: 32 * MIB,
  fills_up: true,
  shape: "one segment for all backends, made at the start, filled as pages are read",
} as const;

const BLOCK = 8 * KIB;
const POSTGRES_UNITS = { ...BINARY, k: NaN, m: NaN, g: NaN, t: NaN };

function readPostgres(process: DeclaringProcess): DeclaredLimit[] {
  const argv = postmasterArguments(process);
  const options = postgresOptions(argv);
  const data = optionValue(argv, ["-D"]) ?? options.get("data_directory")?.text ??
    process.environment.get("PGDATA") ?? ".";
  const file = options.get("config_file")?.text ?? `${data}/postgresql.conf`;
  const setting = options.get("shared_buffers") ??
    confSetting(process, `${data}/postgresql.auto.conf`, "shared_buffers") ??
    confSetting(process, file, "shared_buffers");
  return limitOf(setting, parseBuffers, SHARED_BUFFERS, 128 * MIB);
}

function parseBuffers(text: string): number | null {
  const bytes = parseProgramSize(text.replaceAll("'", ""), POSTGRES_UNITS, BLOCK);
  return bytes === null || Number.isNaN(bytes) ? null : bytes;
}

/**
 * Backends write what they do over their arguments; their working directory is the data directory, where the postmaster
 * leaves its own command line in postmaster.opts.
 */
function postmasterArguments({ argv, parent_argv, readFile }: DeclaringProcess): string[] {
  const isRewritten = (arguments_: string[]) => arguments_.length === 0 || /^postgres: /.test(arguments_[0]!);
  if (!isRewritten(argv)) return argv;
  const left = splitWords(readFile("postmaster.opts") ?? "");
  return left.length > 0 ? left : isRewritten(parent_argv) ? [] : parent_argv;
}

/** -c name=value, --name=value, -B buffers. */
function postgresOptions(argv: string[]): Map<string, Setting> {
  const options = new Map<string, Setting>();
  const set = (text: string) => {
    const equals = text.indexOf("=");
    if (equals > 0) {
      const name = text.slice(0, equals).toLowerCase().replaceAll("-", "_");
      options.set(name, { text: text.slice(equals + 1), source: "command line" });
    }
  };
  optionValues(argv, ["-c"], "").forEach(set);
  argv.filter((argument) => argument.startsWith("--")).forEach((argument) => set(argument.slice(2)));
  const buffers = optionValue(argv, ["-B"], "");
  if (buffers !== null) options.set("shared_buffers", { text: buffers, source: "command line" });
  return options;
}

/** `name = value` or `name value`; include, include_if_exists and include_dir count where they stand. */
function confSetting(
  process: DeclaringProcess,
  file: string,
  name: string,
  opened = { count: 0 },
): Setting | null {
  if (++opened.count > MAX_OPTION_FILES) return null;
  let found: Setting | null = null;
  for (const line of (process.readFile(file) ?? "").split("\n")) {
    const match = /^\s*([\w.]+)\s*(?:=\s*|\s)('(?:[^']|'')*'|[^\s#']+)/.exec(line.slice(0, 1024));
    if (match === null) continue;
    const [key, value] = [match[1]!.toLowerCase(), match[2]!.replace(/^'(.*)'$/, "$1").replaceAll("''", "'")];
    if (key === name) found = { text: value, source: file };
    else if (key === "include" || key === "include_if_exists") {
      found = confSetting(process, beside(file, value), name, opened) ?? found;
    } else if (key === "include_dir") {
      for (const other of expand(process, `${beside(file, value).replace(/\/$/, "")}/*.conf`)) {
        found = confSetting(process, other, name, opened) ?? found;
      }
    }
  }
  return found;
}

export const SQL_DATABASES: ProgramLimits[] = [
  { program: /^(mysqld|mariadbd)$/, read: readMysql },
  { program: /^(postgres|postmaster)$/, read: readPostgres },
];
