/** Real programs, started with a cap: what is read of it, and that they stay below the ceiling it makes when they are filled. */

import assert from "node:assert/strict";
import {
  askRedis,
  declaredCeiling,
  type DeclaredLimit,
  declaredLimits,
  readDeclaredLimits,
  redisLimits,
} from "../../collectors/declared_limit/mod.ts";
import { runtimeMemoryCollector } from "../../collectors/process/runtime_memory.ts";
import { LIVE_ROOTS } from "../../collectors/roots.ts";
import { emptySample } from "../../model/empty_sample.ts";
import { formatBytes } from "../../model/format.ts";
import { aProcess } from "../rules/findings/machine.ts";
import { fakeProcess } from "../collectors/declared_limit/fake_process.ts";
import { requires } from "../requires.ts";

const MIB = 1024 * 1024;

interface Server {
  pid: number;
  port: number;
  directory: string;
}

/** Starts a program, waits until the port takes connections, and ends it after `look`. PORT and DIR stand in the arguments. */
async function withServer(
  command: string,
  args: string[],
  look: (server: Server) => Promise<void> | void,
  env: Record<string, string> = {},
): Promise<void> {
  const directory = Deno.makeTempDirSync();
  const port = freePort();
  const child = new Deno.Command(command, {
    args: args.map((argument) => argument.replaceAll("PORT", String(port)).replaceAll("DIR", directory)),
    env,
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await reachable(port, child);
    await look({ pid: child.pid, port, directory });
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It had ended by itself.
    }
    await child.status;
    Deno.removeSync(directory, { recursive: true });
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return (listener.addr as Deno.NetAddr).port;
}

async function reachable(port: number, child: Deno.ChildProcess): Promise<void> {
  let ended = false;
  child.status.then(() => ended = true);
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      if (ended) throw new Error("it ended before it took connections");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function limitsOf(pid: number): DeclaredLimit[] {
  return readDeclaredLimits({ pid, machine_bytes: 8192 * MIB, container_limit_bytes: null });
}

const told = (limits: DeclaredLimit[]) => limits.map(({ name, bytes, source }) => [name, bytes, source]);

/** Anonymous memory and swap, as leaks are judged. */
function leakableBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)![1]) * 1024;
  return field("RssAnon") + field("VmSwap");
}

/** Writes all, and reads on until the last answer (PING or version) has come. */
async function fill(port: number, requests: Iterable<string>, end: string, answer: string): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const reading = (async () => {
    const decoder = new TextDecoder();
    let tail = "";
    for await (const chunk of connection.readable) {
      tail = (tail + decoder.decode(chunk)).slice(-200);
      if (tail.includes(answer)) return;
    }
    throw new Error("closed before the answer");
  })();
  const writer = connection.writable.getWriter();
  for (const request of requests) await writer.write(new TextEncoder().encode(request));
  await writer.write(new TextEncoder().encode(end));
  await reading;
}

/** 160 MB in values of 1,000 bytes, a hundred to a write. */
function* values(one: (key: number, value: string) => string): Generator<string> {
  const value = "v".repeat(1000);
  for (let key = 0; key < 160_000; key += 100) {
    yield Array.from({ length: 100 }, (_, index) => one(key + index, value)).join("");
  }
}

Deno.test({
  ...requires("declared limits, live: memcached, filled twice over, stays below its ceiling", "memcached"),
  fn: () =>
    withServer(
      "memcached",
      ["-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-p", "PORT", "-m", "64"],
      async ({ pid, port }) => {
        const limits = limitsOf(pid);
        assert.deepEqual(told(limits), [["-m", 64 * MIB, "command line"]]);
        await fill(
          port,
          values((key, value) => `set k${key} 0 0 1000 noreply\r\n${value}\r\n`),
          "version\r\n",
          "VERSION",
        );
        const memory = leakableBytes(pid);
        assert(memory > 60 * MIB && memory < declaredCeiling(limits)!, `${memory / MIB} MiB`);
      },
    ),
});

/** What the collector says of a process once it has had time to ask. */
async function learnedLimit(pid: number): Promise<string | null> {
  const collector = runtimeMemoryCollector(), started = { ...aProcess(pid), name: "redis-server" };
  const sample = { ...emptySample(), processes: [started] };
  const context = { roots: LIVE_ROOTS, force: true } as unknown as Parameters<typeof collector.collect>[1];
  for (let n = 0; n < 100; n++) {
    collector.collect(sample, context);
    if (started.runtime_memory?.declared_limit_name) return started.runtime_memory.declared_limit_name;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return null;
}

Deno.test({
  ...requires("declared limits, live: redis loses its arguments and answers when asked", "redis-server"),
  fn: () =>
    withServer(
      "redis-server",
      "--port PORT --bind 127.0.0.1 --save  --maxmemory 48mb --maxmemory-policy allkeys-lru --dir DIR".split(
        " ",
      ),
      async ({ pid, port }) => {
        // It rewrites its title some moments after it listens.
        for (let n = 0; n < 100 && limitsOf(pid).length > 0; n++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert.deepEqual(limitsOf(pid), []);
        await fill(
          port,
          values((key, value) => `*3\r\n$3\r\nSET\r\n$7\r\n${1000000 + key}\r\n$1000\r\n${value}\r\n`),
          "ECHO finished\r\n",
          "finished",
        );
        const answer = await askRedis(pid);
        assert.equal(answer?.maxmemory_bytes, 48 * MIB);
        assert(answer.used_memory_bytes > 40 * MIB && answer.used_memory_bytes < 52 * MIB);
        assert(leakableBytes(pid) < declaredCeiling(redisLimits(answer))!);
        assert.equal(await learnedLimit(pid), `full at maxmemory ${formatBytes(48 * MIB)}`);
      },
    ),
});

Deno.test({
  ...requires("declared limits, live: mariadb's pool, from a file that its option file includes", "mariadbd"),
  fn: async () => {
    const files = Deno.makeTempDirSync();
    Deno.mkdirSync(`${files}/conf.d`);
    Deno.writeTextFileSync(
      `${files}/my.cnf`,
      `[mysqld]\ninnodb_buffer_pool_size=1G\n!includedir ${files}/conf.d\n`,
    );
    Deno.writeTextFileSync(
      `${files}/conf.d/pool.cnf`,
      "[mariadbd]\ninnodb-buffer-pool-size = 96M   # small\n",
    );
    Deno.chmodSync(files, 0o755);
    try {
      await withServer(
        "mariadbd",
        `--defaults-file=${files}/my.cnf --user=root --datadir=DIR --socket=DIR/s --pid-file=DIR/p --port=PORT --bind-address=127.0.0.1 --skip-grant-tables --skip-networking=0`
          .split(" "),
        ({ pid }) => {
          const limits = limitsOf(pid);
          assert.deepEqual(told(limits), [["innodb_buffer_pool_size", 96 * MIB, `${files}/conf.d/pool.cnf`]]);
          assert(leakableBytes(pid) < declaredCeiling(limits)!);
        },
      );
    } finally {
      Deno.removeSync(files, { recursive: true });
    }
  },
});

Deno.test({
  ...requires("declared limits, live: etcd's quota and the Go runtime's limit", "etcd"),
  fn: () =>
    withServer(
      "etcd",
      "--data-dir DIR/data --listen-client-urls http://127.0.0.1:PORT --advertise-client-urls http://127.0.0.1:PORT --listen-peer-urls http://127.0.0.1:0 --quota-backend-bytes=33554432"
        .split(" "),
      ({ pid }) => {
        assert.deepEqual(told(limitsOf(pid)), [["quota-backend-bytes", 32 * MIB, "command line"]]);
        const asGo = readDeclaredLimits({
          pid,
          machine_bytes: 8192 * MIB,
          container_limit_bytes: null,
          runtime: "go",
        });
        assert.deepEqual(told(asGo)[0], ["GOMEMLIMIT", 200 * MIB, "environment"]);
      },
      { GOMEMLIMIT: "200MiB" },
    ),
});

Deno.test({
  ...requires("declared limits, live: the JVM's default heap is what the JVM says", "java"),
  fn: async () => {
    for (const megabytes of [100, 200, 249, 300, 600, 4000]) {
      const { stdout } = await new Deno.Command("java", {
        args: [`-XX:MaxRAM=${megabytes}m`, "-XX:+PrintFlagsFinal", "-version"],
        stderr: "null",
      }).output();
      const real = Number(/ MaxHeapSize\s+= (\d+)/.exec(new TextDecoder().decode(stdout))![1]);
      const [heap] = declaredLimits(fakeProcess("java Main", { memory_bytes: megabytes * MIB }));
      // The JVM rounds up to its heap's alignment.
      assert(Math.abs(heap!.bytes - real) <= 4 * MIB, `${megabytes} MiB: ${heap!.bytes} is not ${real}`);
    }
  },
});

Deno.test({
  ...requires("declared limits, live: node's default old space is what V8 says", "node"),
  fn: async () => {
    const { stdout } = await new Deno.Command("node", {
      args: ["-p", "[v8.getHeapStatistics().heap_size_limit, os.totalmem()].join()"],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")! },
    }).output();
    const [real, total] = new TextDecoder().decode(stdout).trim().split(",").map(Number);
    const [heap] = declaredLimits(fakeProcess("node app.js", { memory_bytes: total! }));
    // The limit of all spaces: the young generation's three semi-spaces of 16 MiB stand beside the old one.
    assert(Math.abs(real! - heap!.bytes) <= 64 * MIB, `${heap!.bytes} is not ${real}`);
  },
});
