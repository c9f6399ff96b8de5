/** Databases and caches, as Debian packages them. */
import { type Context, healthy, leak, type Load, MIB, type Scenario } from "../scenario.ts";

const POSTGRES = "/usr/lib/postgresql/15/bin";

/** A copy of the prepared cluster (pgbench, scale 10: 150 MB). */
async function copyCluster({ prepared, folder }: Context): Promise<void> {
  await new Deno.Command("cp", { args: ["-a", `${prepared}/postgres`, `${folder}/data`] }).output();
  await new Deno.Command("chown", { args: ["postgres", folder] }).output();
}

const postgres = ({ folder, port }: Context) => [
  `${POSTGRES}/postgres`,
  ...["-D", `${folder}/data`, "-p", String(port), "-k", folder, "-h", "127.0.0.1"],
  ...["-c", "shared_buffers=256MB", "-c", "fsync=off"],
];

const redis = (...options: string[]) => ({ folder, port }: Context) => [
  "redis-server",
  ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
  ...options,
];

/** SET of `bytes` at the key that `key` gives. */
function sets(per_second: number, bytes: number, key: (number: number) => number | string) {
  const value = "v".repeat(bytes);
  return ({ port }: Context): Load[] => [
    { over: "tcp", port, per_second, line: (number) => `SET key:${key(number)} ${value}\r\n` },
  ];
}

export const DATABASES: Scenario[] = [
  healthy({
    name: "postgres-pgbench",
    what: "twenty backends under pgbench; shared_buffers fill",
    needs: [`${POSTGRES}/postgres`],
    uses: ["postgres/filled"],
    declared_cap: { bytes: 256 * MIB, where: "shared_buffers=256MB" },
    warm_up_seconds: 1500,
    user: "postgres",
    prepare: copyCluster,
    command: postgres,
    client: ({ port }) => [
      `${POSTGRES}/pgbench`,
      ...[
        "-h",
        "127.0.0.1",
        "-p",
        String(port),
        "-U",
        "postgres",
        "-c",
        "20",
        "-R",
        "12",
        "-T",
        "100000",
        "postgres",
      ],
    ],
  }),
  leak({
    name: "postgres-prepared",
    what: "a session that prepares statements and never deallocates them: its backend grows",
    needs: [`${POSTGRES}/postgres`],
    uses: ["postgres/filled"],
    user: "postgres",
    leaks_in: /^postgres: .*postgres 127/,
    prepare: copyCluster,
    command: postgres,
    client: (
      { port },
    ) => ["psql", "-q", "-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-o", "/dev/null"],
    load: () => [{
      over: "stdin",
      per_second: 3,
      line: (number) =>
        `PREPARE q${number} AS SELECT abalance FROM pgbench_accounts WHERE aid = $1 AND bid < ${number};\n` +
        `EXECUTE q${number}(${number % 100000});\n`,
    }],
  }),
  healthy({
    name: "redis-filling",
    what: "maxmemory 48 MB, allkeys-lru, full after 11 min",
    needs: ["redis-server"],
    declared_cap: { bytes: 48 * MIB, where: "--maxmemory 48mb" },
    warm_up_seconds: 660,
    command: redis("--maxmemory", "48mb", "--maxmemory-policy", "allkeys-lru"),
    load: sets(40, 1500, (number) => number),
  }),
  healthy({
    name: "redis-full",
    what: "maxmemory 32 MB from its configuration file, full after 70 s",
    needs: ["redis-server"],
    declared_cap: { bytes: 32 * MIB, where: "redis.conf: maxmemory 32mb" },
    warm_up_seconds: 70,
    prepare: ({ folder, port }) =>
      Deno.writeTextFileSync(
        `${folder}/redis.conf`,
        `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsave ""\nmaxmemory 32mb\nmaxmemory-policy allkeys-lru\n`,
      ),
    command: ({ folder }) => ["redis-server", `${folder}/redis.conf`],
    load: sets(60, 6000, (number) => number),
  }),
  healthy({
    name: "redis-fixed-keys",
    what: "no cap, but only 20,000 keys: all written once after 8 min",
    needs: ["redis-server"],
    warm_up_seconds: 500,
    command: redis(),
    load: sets(40, 1500, (number) => number * 7919 % 20000),
  }),
  leak({
    name: "redis-growing",
    what: "no cap, and keys that never expire",
    needs: ["redis-server"],
    command: redis(),
    load: sets(30, 2000, (number) => number),
  }),
  healthy({
    name: "memcached",
    what: "-m 64, full after 12 min",
    needs: ["memcached"],
    declared_cap: { bytes: 64 * MIB, where: "-m 64" },
    warm_up_seconds: 750,
    command: ({ port }) => ["memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", String(port), "-m", "64"],
    load: ({ port }) => {
      const value = "m".repeat(2500);
      return [{
        over: "tcp",
        port,
        per_second: 36,
        line: (number) => `set k${number} 0 0 2500\r\n${value}\r\n`,
      }];
    },
  }),
  healthy({
    name: "mariadb",
    what: "a buffer pool of 128 MB fills",
    needs: ["mariadbd"],
    uses: ["mariadb/filled"],
    declared_cap: { bytes: 128 * MIB, where: "--innodb-buffer-pool-size=128M" },
    warm_up_seconds: 1200,
    user: "mysql",
    prepare: async ({ prepared, folder }) => {
      await new Deno.Command("cp", { args: ["-a", `${prepared}/mariadb`, `${folder}/data`] }).output();
      await new Deno.Command("chown", { args: ["mysql", folder] }).output();
    },
    command: ({ folder, port }) => [
      "mariadbd",
      ...["--no-defaults", `--datadir=${folder}/data`, `--socket=${folder}/s`, `--port=${port}`],
      ...[
        "--bind-address=127.0.0.1",
        "--innodb-buffer-pool-size=128M",
        "--skip-grant-tables",
        "--skip-log-bin",
      ],
      "--innodb-buffer-pool-load-at-startup=OFF",
    ],
    client: ({ folder }) => ["mariadb", "--no-defaults", "-S", `${folder}/s`, "-N", "bench"],
    load: () => [{
      over: "stdin",
      per_second: 3,
      line: (number) => {
        const from = number * 7919 % 150000;
        return `SELECT COUNT(v) FROM wide WHERE id BETWEEN ${from} AND ${from + 40};\n`;
      },
    }],
  }),
  healthy({
    name: "etcd",
    what: "a thousand keys written over and over, old revisions compacted",
    needs: ["etcd"],
    warm_up_seconds: 800,
    command: ({ folder, port }) => [
      "etcd",
      ...["--data-dir", `${folder}/etcd`, "--log-level", "error", "--unsafe-no-fsync"],
      ...[
        "--listen-client-urls",
        `http://127.0.0.1:${port}`,
        "--advertise-client-urls",
        `http://127.0.0.1:${port}`,
      ],
      ...["--listen-peer-urls", `http://127.0.0.1:${port + 1}`],
      ...["--initial-advertise-peer-urls", `http://127.0.0.1:${port + 1}`],
      ...["--initial-cluster", `default=http://127.0.0.1:${port + 1}`],
      ...["--auto-compaction-mode", "revision", "--auto-compaction-retention", "1000"],
      // The log of the last 5,000 entries and those since the last snapshot stay in memory: by default up to 100,000.
      ...["--snapshot-count", "1000"],
    ],
    load: ({ port }) => [{
      over: "http",
      per_second: 8,
      url: () => `http://127.0.0.1:${port}/v3/kv/put`,
      body: (number) => JSON.stringify({ key: btoa(`key-${number % 1000}`), value: btoa("e".repeat(1000)) }),
    }],
  }),
];
