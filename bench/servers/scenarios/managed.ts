/** Java and Go. */
import { type Context, healthy, leak, MIB, perHour, requests, type Scenario } from "../scenario.ts";

type Arguments = (string | number)[];

const java = (options: string[], ...rest: Arguments) => ({ built, port }: Context) => [
  "java",
  ...options,
  "-cp",
  built,
  "Server",
  String(port),
  ...rest.map(String),
];

const go = (...rest: Arguments) => ({ built, port }: Context) => [
  `${built}/server`,
  String(port),
  ...rest.map(String),
];

const heap = (mib: number) => ({ bytes: mib * MIB, where: `-Xmx${mib}m` });

/** Only garbage: eden fills, a collection empties it. */
function garbage(collector: string, mib: number, per_request: number, per_second: number): Scenario {
  return healthy({
    name: `java-garbage-${collector.toLowerCase()}`,
    what: `nothing but garbage, ${Math.round(per_request * per_second / 1024)} KiB/s, ${collector}`,
    needs: ["java"],
    uses: ["Server.class"],
    declared_cap: heap(mib),
    command: java([`-XX:+Use${collector}GC`, `-Xmx${mib}m`], "plain", 0, per_request),
    load: requests(per_second),
  });
}

const JAVA: Scenario[] = [
  garbage("Serial", 512, 64 * 1024, 8),
  garbage("Parallel", 256, 128 * 1024, 8),
  garbage("G1", 384, 256 * 1024, 8),
  garbage("Z", 256, 128 * 1024, 8),
  garbage("Shenandoah", 256, 128 * 1024, 8),
  healthy({
    name: "java-cache",
    what: "a cache of 6,000 entries of 12 KiB, full after 12 min",
    needs: ["java"],
    uses: ["Server.class"],
    declared_cap: heap(400),
    warm_up_seconds: 750,
    command: java(["-Xmx400m"], "cache", 12288, 65536, 6000),
    load: requests(8),
  }),
  leak({
    name: "java-list-small-heap",
    what: "a list that grows until OutOfMemoryError at -Xmx256m",
    needs: ["java"],
    uses: ["Server.class"],
    rate_per_hour: perHour(22000, 8),
    declared_cap: heap(256),
    command: java(["-XX:+UseSerialGC", "-Xmx256m", "-XX:+ExitOnOutOfMemoryError"], "list", 22000, 65536),
    load: requests(8),
  }),
  leak({
    name: "java-list-g1-small-heap",
    what: "a list that grows towards -Xmx256m beside garbage, G1",
    needs: ["java"],
    uses: ["Server.class"],
    rate_per_hour: perHour(9000, 8),
    declared_cap: heap(256),
    command: java(["-XX:+UseG1GC", "-Xmx256m", "-XX:+ExitOnOutOfMemoryError"], "list", 9000, 131072),
    load: requests(8),
  }),
  leak({
    name: "java-list",
    what: "a list that grows beside garbage, in a heap of 2 GiB",
    needs: ["java"],
    uses: ["Server.class"],
    rate_per_hour: perHour(6500, 8),
    declared_cap: heap(2048),
    command: java(["-Xmx2g"], "list", 6500, 131072),
    load: requests(8),
  }),
  leak({
    name: "java-list-serial",
    what: "a list that grows, Serial, in a heap of 1 GiB that starts at 32 MiB",
    needs: ["java"],
    uses: ["Server.class"],
    rate_per_hour: perHour(12000, 8),
    declared_cap: heap(1024),
    command: java(["-XX:+UseSerialGC", "-Xms32m", "-Xmx1g"], "list", 12000, 65536),
    load: requests(8),
  }),
  leak({
    name: "java-metaspace",
    what: "a class loader per request is kept, one every four seconds",
    needs: ["java"],
    uses: ["Server.class"],
    declared_cap: heap(256),
    command: java(["-XX:+UseSerialGC", "-Xmx256m"], "metaspace", 0, 32768),
    load: requests(0.25),
  }),
  leak({
    name: "java-direct",
    what: "direct buffers are kept",
    needs: ["java"],
    uses: ["Server.class"],
    rate_per_hour: perHour(16384, 3),
    declared_cap: heap(512),
    command: java(["-XX:+UseSerialGC", "-Xms48m", "-Xmx512m"], "direct", 16384, 32768),
    load: requests(3),
  }),
  leak({
    name: "java-threads",
    what: "a thread every ten seconds that never ends",
    needs: ["java"],
    uses: ["Server.class"],
    kind: "process-threads",
    rate_per_hour: 360,
    declared_cap: heap(128),
    command: java(["-XX:+UseSerialGC", "-Xmx128m"], "threads", 0, 32768),
    load: requests(0.1),
  }),
];

const GO: Scenario[] = [
  healthy({
    name: "go-http",
    what: "text under load",
    uses: ["server"],
    command: go("plain"),
    load: requests(20),
  }),
  healthy({
    name: "go-cache",
    what: "keeps the last 5,000 answers of 8 KiB: full after 14 min",
    uses: ["server"],
    warm_up_seconds: 830,
    command: go("cache", 8192, 5000),
    load: requests(6),
  }),
  leak({
    name: "go-map",
    what: "orders stay in a map",
    uses: ["server"],
    rate_per_hour: perHour(4096, 7),
    command: go("map", 4096),
    load: requests(7),
  }),
  leak({
    name: "go-goroutines",
    what: "goroutines that wait for ever",
    uses: ["server"],
    command: go("goroutines", 4096),
    load: requests(3),
  }),
];

export const MANAGED: Scenario[] = [...JAVA, ...GO];
