import assert from "node:assert/strict";
import { formatAbout, formatRate } from "../../model/format.ts";
import { programTitle } from "../../model/program_title.ts";
import { limitMessage } from "../../model/time_to_limit.ts";

Deno.test("format: a rate in the time that a person can picture", () => {
  const MIB = 2 ** 20;
  assert.equal(formatRate(96 * MIB, "bytes"), "96 MiB/h");
  assert.equal(formatRate(17_988, "count", "objects"), "5 objects a second");
  assert.equal(formatRate(17_988 * 60, "count", "objects"), "300 objects a second");
  assert.equal(formatRate(840, "count", "descriptors"), "14 descriptors a minute");
  assert.equal(formatRate(12, "count", "threads"), "12 threads an hour");
  assert.equal(formatRate(12, "count"), "12/h");
  assert.equal(formatRate(0.3, "percent"), "0.3 points/h");
  assert.equal(formatRate(null, "bytes"), "?");
});

Deno.test("format: a time that is extrapolated is rounded to what it is worth", () => {
  const cases: [number, string][] = [
    [20, "1 min"],
    [800, "13 min"],
    [4000, "1 h 5 min"],
    [11_500, "3 h"],
    [12_300, "3 h 30 min"],
    [30 * 3600 + 1200, "1 d 6 h"],
    [94 * 3600, "4 d"],
    [284 * 86_400, "287 d"],
    [900 * 86_400, "more than a year"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatAbout(seconds), text, String(seconds));
  assert.equal(
    limitMessage({ low: 11_400, high: 13_200, limit: "MemAvailable" }),
    "memory full in about 3 h 30 min",
  );
  assert.equal(
    limitMessage({ low: 800, high: null, limit: "RLIMIT_NOFILE" }),
    "descriptor limit reached in 13 min at the earliest",
  );
  assert.equal(
    limitMessage({ low: 5, high: 20, limit: "memory limit of app.service" }),
    "memory limit of app.service reached in less than a minute",
  );
});

Deno.test("program title: of an interpreter the script, of a JVM what it runs, else the name", () => {
  const cases: [string, string | null, string][] = [
    ["python3", "/usr/bin/python3 -u /srv/app/worker.py --queue mail", "python3 worker.py"],
    ["python3", "python3 -m http.server 80", "python3 http.server"],
    ["python3", "python3 -c import_time", "python3"],
    ["java", "/usr/bin/java -Xmx2g -cp a.jar:b.jar org.shop.Server", "java Server"],
    ["java", "java -jar /opt/shop.jar", "java shop.jar"],
    ["node", "node --inspect server.js", "node server.js"],
    ["java", "/usr/bin/java --config /etc/java.conf", "java"],
    ["python3", "python3 --config a.py", "python3"],
    ["nginx", "nginx: worker process", "nginx"],
    ["nginx", null, "nginx"],
  ];
  for (const [name, command, title] of cases) assert.equal(programTitle(name, command), title);
});
