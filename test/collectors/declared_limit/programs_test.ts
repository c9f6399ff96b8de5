import assert from "node:assert/strict";
import fc from "fast-check";
import { declaredLimits } from "../../../collectors/declared_limit/mod.ts";
import { PROGRAMS } from "../../../collectors/declared_limit/programs.ts";
import { type Fake, fakeProcess, GIB, MIB } from "./fake_process.ts";

/** name = bytes (source) of each declared limit. */
type Expected = [name: string, bytes: number, source: string][];

const CASES: [what: string, line: string, fake: Fake, expected: Expected][] = [
  [
    "java: the last -Xmx, and direct buffers as large",
    "java -Xmx1g -server -Xmx256m -jar app.jar -Xmx9g",
    {},
    [
      ["-Xmx", 256 * MIB, "command line"],
      ["-XX:MaxDirectMemorySize", 256 * MIB, "default"],
    ],
  ],
  [
    "java: its parts",
    "/usr/lib/jvm/bin/java -cp /a:/b -Xmx2g -XX:MaxDirectMemorySize=64m -XX:MaxMetaspaceSize=128m Main",
    {},
    [
      ["-Xmx", 2 * GIB, "command line"],
      ["-XX:MaxDirectMemorySize", 64 * MIB, "command line"],
      ["-XX:MaxMetaspaceSize", 128 * MIB, "command line"],
    ],
  ],
  ["java: a share of the container", "java -XX:MaxRAMPercentage=75.0 Main", { memory_bytes: 2 * GIB }, [
    ["-XX:MaxRAMPercentage", 1.5 * GIB, "command line"],
    ["-XX:MaxDirectMemorySize", 1.5 * GIB, "default"],
  ]],
  ["java: a quarter by default", "java Main", {}, [["-Xmx", 4 * GIB, "default"], [
    "-XX:MaxDirectMemorySize",
    4 * GIB,
    "default",
  ]]],
  ["java: half of a small machine", "java -XX:MaxRAM=200m Main", {}, [["-Xmx", 100 * MIB, "default"], [
    "-XX:MaxDirectMemorySize",
    100 * MIB,
    "default",
  ]]],
  ["java: environment behind the command line", "java -Xmx1g Main", {
    environment: { JAVA_TOOL_OPTIONS: "-Xmx3g", _JAVA_OPTIONS: "'-Dname=a b' -Xmx512m" },
  }, [["-Xmx", 512 * MIB, "environment"], ["-XX:MaxDirectMemorySize", 512 * MIB, "default"]]],
  ["java: an argument file", "java @/etc/app/jvm.args Main", {
    files: { "/etc/app/jvm.args": "# heap\n-Xms1g\n-Xmx3g\n" },
  }, [["-Xmx", 3 * GIB, "/etc/app/jvm.args"], ["-XX:MaxDirectMemorySize", 3 * GIB, "default"]]],
  ["node: before the script only", "node --max-old-space-size=512 app.js --max-old-space-size=9", {}, [
    ["--max-old-space-size", 512 * MIB, "command line"],
  ]],
  ["node: NODE_OPTIONS, with underscores", "node app.js", {
    environment: { NODE_OPTIONS: "--enable-source-maps --max_old_space_size=300" },
  }, [["--max-old-space-size", 300 * MIB, "environment"]]],
  ["node: V8's own cap", "node app.js", {}, [["--max-old-space-size", 4 * GIB, "default"]]],
  ["node: V8's own cap in a container", "node app.js", { memory_bytes: GIB }, [
    ["--max-old-space-size", 512 * MIB, "default"],
  ]],
  ["deno", "deno run --v8-flags=--lite-mode,--max-old-space-size=64 -A main.ts", {}, [
    ["--max-old-space-size", 64 * MIB, "command line"],
  ]],
  ["memcached: Debian's command line", "/usr/bin/memcached -m 128 -p 11211 -u memcache -l 127.0.0.1", {}, [
    ["-m", 128 * MIB, "command line"],
  ]],
  ["memcached: letters together", "memcached -dm48", {}, [["-m", 48 * MIB, "command line"]]],
  ["memcached: a long option", "memcached --memory-limit=2048", {}, [["-m", 2 * GIB, "command line"]]],
  ["memcached: 64 MiB", "memcached -u memcache", {}, [["-m", 64 * MIB, "default"]]],
  ["redis: not yet rewritten", "redis-server /etc/my/redis.conf --maxmemory 48mb", {
    files: { "/etc/my/redis.conf": "maxmemory 1gb\n" },
  }, [["maxmemory", 48 * MIB, "command line"]]],
  ["redis: a named file that includes", "redis-server /etc/my/redis.conf", {
    files: {
      "/etc/my/redis.conf": 'port 7000\n# maxmemory 9gb\nmaxmemory 1gb\ninclude "/etc/my/local.conf"\n',
      "/etc/my/local.conf": "maxmemory 100m\n",
    },
  }, [["maxmemory", 100_000_000, "/etc/my/local.conf"]]],
  ["redis: a title whose port is the file's", "", {
    program: "redis-check-rdb",
    argv: ["/usr/bin/redis-server 127.0.0.1:6379"],
    files: { "/etc/redis/redis.conf": "port 6379\nmaxmemory 2gb\n" },
  }, [["maxmemory", 2 * GIB, "/etc/redis/redis.conf"]]],
  ["redis: another server's file", "", {
    program: "redis-check-rdb",
    argv: ["redis-server *:7391"],
    files: { "/etc/redis/redis.conf": "port 6379\nmaxmemory 2gb\n" },
  }, []],
  ["redis: 0 is no cap", "redis-server --maxmemory 0", {}, []],
  [
    "varnish: several stores, by name",
    "varnishd -a :80 -s hot=malloc,1G -smalloc,256m -s disk=file,/d,9G",
    {},
    [
      ["-s malloc", GIB + 256 * MIB, "command line"],
    ],
  ],
  ["varnish: no size, no cap", "varnishd -s malloc", {}, []],
  ["varnish: a file only", "varnishd -s file,/d,9G", {}, []],
  ["varnish: 100 MB", "varnishd -a :80", {}, [["-s malloc", 100 * MIB, "default"]]],
  ["squid: its file, with an included one", "(squid-1) --kid squid-1 --foreground -sYC", {
    program: "squid",
    files: {
      "/etc/squid/squid.conf": "# cache_mem 1 GB\ninclude /etc/squid/conf.d/*.conf\n",
      "/etc/squid/conf.d/debian.conf": "cache_mem 64 MB\n",
    },
  }, [["cache_mem", 64 * MIB, "/etc/squid/conf.d/debian.conf"]]],
  ["haproxy", "haproxy -Ws -f /etc/haproxy/haproxy.cfg -m 512", {}, [["-m", 512 * MIB, "command line"]]],
  ["named: 90 % unless said", "named -f -u bind", {
    files: {
      "/etc/bind/named.conf": 'include "/etc/bind/named.conf.options";\n',
      "/etc/bind/named.conf.options": "options {\n  max-cache-size 256m; // small\n};\n",
    },
  }, [["max-cache-size", 256 * MIB, "/etc/bind/named.conf.options"]]],
  ["unbound: two caches", "unbound -d -p", {
    files: { "/etc/unbound/unbound.conf": "server:\n  rrset-cache-size: 100m\n" },
  }, [["rrset-cache-size + msg-cache-size", 104 * MIB, "/etc/unbound/unbound.conf"]]],
  ["mariadb: the command line wins", "mariadbd --defaults-file=/m.cnf --innodb_buffer_pool_size=256M", {
    files: { "/m.cnf": "[mysqld]\ninnodb-buffer-pool-size=1G\n" },
  }, [["innodb_buffer_pool_size", 256 * MIB, "command line"]]],
  ["mariadb: Debian's files", "/usr/sbin/mariadbd", {
    files: {
      "/etc/mysql/my.cnf":
        "[client]\n!includedir /etc/mysql/conf.d/\n!includedir /etc/mysql/mariadb.conf.d/\n",
      "/etc/mysql/conf.d/a.cnf": "[mysqld]\ninnodb_buffer_pool_size = 1G # old\n",
      "/etc/mysql/mariadb.conf.d/50-server.cnf":
        "[mysqldump]\ninnodb_buffer_pool_size=9G\n[mariadbd]\nloose-innodb_buffer_pool_size = '8G'\n",
      "/etc/mysql/mariadb.conf.d/50-server.cnf.bak": "[mysqld]\ninnodb_buffer_pool_size=7G\n",
    },
  }, [["innodb_buffer_pool_size", 8 * GIB, "/etc/mysql/mariadb.conf.d/50-server.cnf"]]],
  ["mariadb: --no-defaults", "mariadbd --no-defaults", {
    files: { "/etc/mysql/my.cnf": "[mysqld]\ninnodb_buffer_pool_size=1G\n" },
  }, [["innodb_buffer_pool_size", 128 * MIB, "default"]]],
  ["postgres: Debian's", "", {
    argv: [
      "/usr/lib/postgresql/15/bin/postgres",
      "-D",
      "/var/lib/pg",
      "-c",
      "config_file=/etc/postgresql/15/main/postgresql.conf",
    ],
    program: "postgres",
    files: {
      "/etc/postgresql/15/main/postgresql.conf":
        "#shared_buffers = 1GB\nshared_buffers = 256MB\t# min 128kB\n",
    },
  }, [["shared_buffers", 256 * MIB, "/etc/postgresql/15/main/postgresql.conf"]]],
  ["postgres: a backend, by postmaster.opts in its directory", "", {
    argv: ["postgres: app shop [local] idle"],
    program: "postgres",
    files: {
      "postmaster.opts": '/usr/bin/postgres "-D" "/data" "-c" "shared_buffers=96MB"\n',
      "/data/postgresql.conf": "shared_buffers = '1GB'\n",
    },
  }, [["shared_buffers", 96 * MIB, "command line"]]],
  ["postgres: ALTER SYSTEM, blocks of 8 KiB", "postgres -D /data", {
    files: {
      "/data/postgresql.conf": "shared_buffers = '1GB'\n",
      "/data/postgresql.auto.conf": "shared_buffers = 16384\n",
    },
  }, [["shared_buffers", 128 * MIB, "/data/postgresql.auto.conf"]]],
  ["postgres: included files", "postgres -D /data", {
    files: {
      "/data/postgresql.conf": "shared_buffers = 1GB\ninclude_dir 'conf.d'\n",
      "/data/conf.d/10.conf": "shared_buffers 2GB\n",
    },
  }, [["shared_buffers", 2 * GIB, "/data/conf.d/10.conf"]]],
  ["mongod: half of what is above 1 GiB", "mongod --dbpath /d", {}, [
    ["wiredTigerCacheSizeGB", 7.5 * GIB, "default"],
  ]],
  ["mongod: its YAML", "mongod --config /etc/mongod.conf", {
    files: {
      "/etc/mongod.conf":
        "storage:\n  dbPath: /d\n  wiredTiger:\n    engineConfig:\n      cacheSizeGB: 0.5 # small\nnet:\n  port: 1\n",
    },
  }, [["wiredTigerCacheSizeGB", 0.5 * GIB, "/etc/mongod.conf"]]],
  ["etcd: 0 is the default", "etcd --quota-backend-bytes=0", {}, [[
    "quota-backend-bytes",
    2 * GIB,
    "default",
  ]]],
  ["etcd: environment", "etcd", { environment: { ETCD_QUOTA_BACKEND_BYTES: "8589934592" } }, [
    ["quota-backend-bytes", 8 * GIB, "environment"],
  ]],
  ["clickhouse: a share in config.d", "clickhouse-server --config-file=/etc/clickhouse-server/config.xml", {
    files: {
      "/etc/clickhouse-server/config.xml":
        "<!-- <max_server_memory_usage>5</max_server_memory_usage> --><max_server_memory_usage_to_ram_ratio>0.9</max_server_memory_usage_to_ram_ratio>",
      "/etc/clickhouse-server/config.d/small.xml":
        "<max_server_memory_usage_to_ram_ratio> 0.5 </max_server_memory_usage_to_ram_ratio>",
    },
  }, [["max_server_memory_usage_to_ram_ratio", 8 * GIB, "/etc/clickhouse-server/config.d/small.xml"]]],
  ["rabbitmq: 60 %", "", {
    program: "beam.smp",
    argv: ["/usr/lib/erlang/erts/bin/beam.smp", "-W", "w", "-sname", "rabbit@host"],
  }, [["vm_memory_high_watermark", Math.floor(16 * GIB * 0.6), "default"]]],
  ["rabbitmq: absolute", "", {
    program: "beam.smp",
    argv: ["beam.smp", "-pa", "", "-s", "rabbit", "boot"],
    files: { "/etc/rabbitmq/rabbitmq.conf": "# x\nvm_memory_high_watermark.absolute = 2GB\n" },
  }, [["vm_memory_high_watermark", 2_000_000_000, "/etc/rabbitmq/rabbitmq.conf"]]],
  ["erlang: not rabbitmq", "", { program: "beam.smp", argv: ["beam.smp", "-sname", "shop"] }, []],
  ["victoria-metrics", "victoria-metrics-prod -memory.allowedPercent=50", {}, [
    ["-memory.allowedPercent", 8 * GIB, "command line"],
  ]],
  ["cockroach", "cockroach start --cache=.25 --max-sql-memory=1GiB", {}, [
    ["--cache", 4 * GIB, "command line"],
    ["--max-sql-memory", GIB, "command line"],
  ]],
  ["php-fpm: the pool before php.ini", "", {
    program: "php-fpm8.2",
    argv: ["php-fpm: pool shop"],
    parent_argv: ["php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)"],
    files: {
      "/etc/php/8.2/fpm/php-fpm.conf": "[global]\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n",
      "/etc/php/8.2/fpm/pool.d/shop.conf": "[shop]\nphp_admin_value[memory_limit] = 256M\n",
      "/etc/php/8.2/fpm/pool.d/www.conf": "[www]\nphp_admin_value[memory_limit] = 32M\n",
      "/etc/php/8.2/fpm/php.ini": "memory_limit = 64M\n",
    },
  }, [["memory_limit", 256 * MIB, "/etc/php/8.2/fpm/pool.d/shop.conf"]]],
  ["php: -1 is none", "php8.2 worker.php", {
    files: { "/etc/php/8.2/cli/php.ini": "; x\nmemory_limit = -1\n" },
  }, []],
  ["go: any other program", "my-server --port 80", { environment: { GOMEMLIMIT: "1500MiB" } }, [
    ["GOMEMLIMIT", 1500 * MIB, "environment"],
  ]],
  [
    "go: inherited by what is none",
    "my-worker",
    { environment: { GOMEMLIMIT: "1GiB" }, runtime: "python" },
    [],
  ],
  ["go: off", "my-server", { environment: { GOMEMLIMIT: "off" } }, []],
  ["nginx declares nothing", "nginx: worker process", { program: "nginx" }, []],
];

for (const [what, line, fake, expected] of CASES) {
  Deno.test(`declared limits: ${what}`, () => {
    const limits = declaredLimits(fakeProcess(line, fake));
    assert.deepEqual(limits.map(({ name, bytes, source }) => [name, bytes, source]), expected);
    for (const { is_default, source } of limits) assert.equal(is_default, source === "default");
  });
}

Deno.test("declared limits: V8, Go and caps at which requests fail are ends, not something to fill", () => {
  const of = (line: string, fake: Fake = {}) => declaredLimits(fakeProcess(line, fake))[0]!.fills_up;
  assert.equal(of("node app.js"), false);
  assert.equal(of("server", { environment: { GOMEMLIMIT: "1GiB" } }), false);
  assert.equal(of("haproxy -m 64"), false);
  assert.equal(of("memcached"), true);
  assert.equal(of("java -Xmx1g Main"), true);
  assert.equal(of("mariadbd"), true);
});

/** One name that each row of the table fits. */
const NAMES = [
  "java node deno memcached varnishd squid haproxy named unbound mariadbd postgres redis-server dragonfly mongod etcd",
  "clickhouse-server beam.smp victoria-metrics-prod cockroach php-fpm8.2 php other",
].join(" ").split(" ");

Deno.test("declared limits: every row is tried by the property below", () => {
  for (const { program } of PROGRAMS) assert(NAMES.some((name) => program.test(name)), String(program));
});

Deno.test("declared limits: hostile arguments, variables and files give sane limits or none", () => {
  const words = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(
      ..."-m -Xmx -Xmx1e9g -Xmx99999999999999999999g @/f -D . -c include /f !includedir * 5% 1e9 -s malloc, -1 0 NaN __proto__ rabbit server"
        .split(" "),
    ),
  );
  const lines = fc.array(
    fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom(
        "include /f",
        "!include /f",
        "include_dir '.'",
        "[mysqld]",
        "innodb_buffer_pool_size=1E",
        "cache_mem 1 GB",
        "shared_buffers=",
      ),
    ),
    { maxLength: 30 },
  ).map((some) => some.join("\n"));
  const process = fc.record({
    program: fc.constantFrom(...NAMES),
    argv: fc.array(words, { maxLength: 12 }),
    parent_argv: fc.array(words, { maxLength: 4 }),
    environment: fc.dictionary(
      fc.constantFrom("GOMEMLIMIT", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "PGDATA"),
      words,
    ),
    text: lines,
    memory_bytes: fc.integer({ min: MIB, max: 2 ** 45 }),
  });
  fc.assert(fc.property(process, ({ environment, text, ...rest }) => {
    const limits = declaredLimits({
      ...rest,
      runtime: null,
      environment: new Map(Object.entries(environment)),
      readFile: () => text,
      listDirectory: () => ["a.cnf", "b.conf", "c.xml"],
    });
    for (const { bytes, overhead_ratio, overhead_bytes, name } of limits) {
      assert(Number.isSafeInteger(bytes) && bytes > 0, `${name} ${bytes}`);
      assert(overhead_ratio >= 0 && overhead_ratio <= 2 && overhead_bytes >= 0 && overhead_bytes <= GIB);
    }
  }));
});
