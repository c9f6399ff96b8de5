/** Parsers of what programs under profile, JVMs, servers of metrics and whoever connects can send. */

import { gunzipSync } from "node:zlib";
import { parseRequestHead } from "../../cli/serve/request_head.ts";
import { parseContainerLog, parsePodDirectory } from "../../collectors/container/kubernetes_names.ts";
import { parseMapping } from "../../collectors/procfs/maps.ts";
import { parseMountinfo } from "../../collectors/procfs/mountinfo.ts";
import { parseSmaps } from "../../collectors/procfs/smaps.ts";
import { parseHsperfdata } from "../../collectors/runtime/hsperfdata.ts";
import { MatrixParser } from "../../fleet/parse_matrix.ts";
import { parseHeapProfile } from "../../profile/go/heap_profile.ts";
import { parseTrace } from "../../profile/inject/trace.ts";
import { parseTypeCounts } from "../../profile/inject/types.ts";
import { parseAnswer } from "../../profile/inject/run_code.ts";
import { parseSamplingProfile } from "../../profile/inspector/sampling.ts";
import { parseClassHistogram } from "../../profile/jvm/class_histogram.ts";
import { parseClassLoaders } from "../../profile/jvm/class_loaders.ts";
import { parseNativeMemory } from "../../profile/jvm/native_memory.ts";
import { parseOldObjects } from "../../profile/jvm/old_objects.ts";
import { AlertEngine } from "../../rules/alerts/engine.ts";
import { parseRules } from "../../rules/alerts/parse.ts";
import { sample } from "../../test/profile/samples.ts";
import type { Target } from "./mutations.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const json = (bytes: Uint8Array) => JSON.parse(text(bytes));
const hsperfdata = Deno.readFileSync(new URL("../../test/fixtures/hsperfdata/zgc.gz", import.meta.url));
const engine = new AlertEngine(parseRules("").rules!);

export const MORE_TARGETS: Target[] = [
  {
    name: "request head",
    seed: "GET /api/now?last=60 HTTP/1.1\r\nHost: 127.0.0.1:7437\r\nContent-Length: 3\r\nCookie: leakwatch=a",
    parse: (bytes) => parseRequestHead(text(bytes)),
  },
  {
    name: "hsperfdata",
    seed: gunzipSync(hsperfdata).subarray(0, 6000),
    parse: (bytes) => parseHsperfdata(bytes),
  },
  {
    name: "alert state",
    seed: JSON.stringify(engine),
    parse: (bytes) => new AlertEngine(parseRules("").rules!).restore(json(bytes), ""),
    one_in: 20,
  },
  {
    name: "rules",
    seed:
      "rules:\n  - name: big\n    scope: process\n    when: rss_bytes > 1e9 && name.matches('^a+$')\n    severity: info\n" +
      '    message: "{name} has {rss_bytes}"\n',
    parse: (bytes) => parseRules(text(bytes)),
    one_in: 20,
  },
  {
    name: "matrix of Prometheus",
    seed:
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"pod":"a\\u001b","n":"b"},' +
      '"values":[[1700000000,"1.5e9"],[1700000060.5,"NaN"],[1700000120,"+Inf"]]}]},"warnings":["w"]}',
    parse(bytes) {
      const parser = new MatrixParser(() => {});
      parser.write(bytes.subarray(0, bytes.length >> 1));
      parser.write(bytes.subarray(bytes.length >> 1));
      parser.end();
    },
  },
  {
    name: "mappings",
    seed:
      "5600-5700 rw-p 00000000 00:00 0   [heap]\nSize: 4 kB\nRss: 4 kB\nPss: 4 kB\nAnonymous: 4 kB\nSwap: 0 kB\n",
    parse(bytes) {
      const lines = text(bytes).split("\n");
      for (const line of lines) parseMapping(line);
      [...parseSmaps(lines)];
    },
  },
  {
    name: "mountinfo, names of pods",
    seed: "22 1 0:20 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\nweb-1_default_nginx-" +
      "a".repeat(64),
    parse(bytes) {
      parseMountinfo(text(bytes));
      for (const line of text(bytes).split("\n")) [parseContainerLog(line), parsePodDirectory(line)];
    },
  },
  {
    name: "Go heap profile",
    seed: sample("go_heap.txt").slice(0, 2000),
    parse: (bytes) => parseHeapProfile(text(bytes)),
  },
  {
    name: "sampling profile",
    seed: JSON.stringify({
      head: {
        callFrame: { functionName: "f", url: "a.js", lineNumber: 1 },
        selfSize: 3,
        id: 1,
        children: [],
      },
      samples: [{ size: 3, nodeId: 1, ordinal: 1 }],
    }),
    parse: (bytes) => parseSamplingProfile(json(bytes)),
  },
  {
    name: "trace of an interpreter",
    seed:
      '{"sites":[{"stack":["a.py:3","b"],"live_bytes":9,"count":2}],"overhead_bytes":1,"milliseconds":2,"heap_bytes":5}',
    parse: (bytes) => parseTrace(parseAnswer(bytes)),
  },
  {
    name: "types of an interpreter",
    seed:
      '{"types":{"Order":[3,90],"x":[1]},"holders":{"Order":["list","dict"]},"objects":4,"milliseconds":2}',
    parse: (bytes) => parseTypeCounts(parseAnswer(bytes)),
  },
  {
    name: "JVM class histogram",
    seed: sample("jvm_class_histogram.txt").slice(0, 1500),
    parse: (bytes) => parseClassHistogram(text(bytes)),
  },
  {
    name: "JVM class loaders",
    seed: sample("jvm_class_loaders.txt"),
    parse: (bytes) => parseClassLoaders(text(bytes)),
  },
  {
    name: "JVM native memory",
    seed: sample("jvm_native_memory.txt").slice(0, 1500),
    parse: (bytes) => parseNativeMemory(text(bytes)),
  },
  {
    name: "JVM old objects",
    seed: JSON.stringify(JSON.parse(sample("jfr_old_objects.json"))).slice(0, 12_000),
    parse: (bytes) => parseOldObjects(text(bytes)),
  },
];
