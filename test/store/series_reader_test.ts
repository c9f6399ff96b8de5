import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { classifyRecordedFile } from "../../rules/findings/recorded_file.ts";
import { readSeries } from "../../store/series_reader.ts";
import { parseSeries, SeriesFormatError } from "../../store/series_table.ts";

const START = Date.parse("2024-01-01T00:00:00Z") / 1000;
const stamp = (seconds: number) => new Date((START + seconds) * 1000).toISOString().replace(".000", "");
const series = (text: string) =>
  parseSeries("x.csv", [{ name: "x.csv", chunks: () => [new TextEncoder().encode(text)] }]);
const table = (header: string, rows: string[]) => `${header}\n${rows.join("\n")}\n`;
const minutes = (count: number, row: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${stamp(i * 60)},${row(i)}`);

Deno.test("units come from the column's suffix and sizes become bytes", () => {
  const text = table("Timestamp,Used_KB,Cache_MB,Heap_Bytes,Usage_Percent,Threads,Host", [
    `${stamp(0)},1,2,3,4.5,6,db-7`,
  ]);
  assert.deepEqual(series(text).map(({ name, unit, values }) => [name, unit, values[0]]), [
    ["Used_KB", "bytes", 1024],
    ["Cache_MB", "bytes", 2 * 1024 ** 2],
    ["Heap_Bytes", "bytes", 3],
    ["Usage_Percent", "percent", 4.5],
    ["Threads", "count", 6],
  ]);
});

Deno.test("times may be RFC 3339, seconds or milliseconds, in any order; sysstat's form is read too", () => {
  for (
    const time of [
      "2024-01-01T00:01:00Z",
      "2024-01-01T01:01:00+01:00",
      `${START + 60}`,
      `${(START + 60) * 1000}`,
      "2024-01-01 00:01:00 UTC",
    ]
  ) {
    const [one] = series(`Timestamp,A\n${stamp(120)},2\n${time},1\n`);
    assert.deepEqual(one?.times_seconds, [START + 60, START + 120], time);
    assert.deepEqual(one?.values, [1, 2], time);
  }
  const [free] = series("# hostname;interval;timestamp;kbmemfree\ndb-7;600;2024-01-01 00:10:00 UTC;5\n");
  assert.deepEqual([free?.name, free?.unit, free?.values], ["kbmemfree", "bytes", [5 * 1024]]);
});

Deno.test("a process log becomes one series per identity and column", () => {
  const rows = [0, 60, 120].flatMap((t) => [
    `${stamp(t)},7,1,root,"a,b",S,${100 + t},2024-01-01T00:00:00Z`,
    `${stamp(t)},8,1,root,x,S,5,2024-01-01T00:00:00Z`,
    ...(t === 120 ? [`${stamp(t)},7,1,root,again,S,1,2024-01-01T00:02:00Z`] : []),
  ]);
  const found = series(table("Timestamp,PID,PPID,User,Name,State,RSS_KB,Start_Time", rows));
  assert.deepEqual(found.map((one) => [one.name, one.values.length]), [
    ['RSS_KB{PID="7",Start_Time="2024-01-01T00:00:00Z",Name="a,b"}', 3],
    ['RSS_KB{PID="8",Start_Time="2024-01-01T00:00:00Z",Name="x"}', 3],
    ['RSS_KB{PID="7",Start_Time="2024-01-01T00:02:00Z",Name="again"}', 1],
  ]);
});

Deno.test("slab caches and zones are told apart too", () => {
  const slab = series(table("Timestamp,Cache,Active_Objects,Objects,Object_Bytes,Size_KB", [
    `${stamp(0)},dentry,1,2,192,10`,
    `${stamp(0)},kmalloc-64,1,2,64,20`,
  ]));
  assert.deepEqual(slab.filter((one) => one.name.startsWith("Size_KB")).map((one) => one.values), [[10_240], [
    20_480,
  ]]);
});

Deno.test("a torn last line is forgiven, a whole one without its end is kept, an empty cell is a hole", () => {
  assert.equal(series(`Timestamp,A,B\n${stamp(0)},1,2\n${stamp(60)},3`)[0]?.values.length, 1);
  assert.equal(series(`Timestamp,A,B\n${stamp(0)},1,2\n2024-01`)[0]?.values.length, 1);
  assert.equal(series(`Timestamp,A,B\n${stamp(0)},1,2\n${stamp(60)},3,"4`)[0]?.values.length, 1);
  assert.deepEqual(series(`Timestamp,A,B\n${stamp(0)},1,2\n${stamp(60)},3,4`)[0]?.values, [1, 3]);
  assert.deepEqual(series(`Timestamp,A,B\n${stamp(0)},,2\n${stamp(60)},3,NaN\n`).map((one) => one.values), [[
    3,
  ], [2]]);
});

Deno.test("a malformed file is an error that names file and line", () => {
  const message = (text: string) => {
    try {
      series(text);
    } catch (error) {
      assert.ok(error instanceof SeriesFormatError);
      return error.message;
    }
    return "no error";
  };
  assert.match(message(""), /^x\.csv: is empty/);
  assert.match(message("Name,A\nx,1\n"), /^x\.csv:1: has no Timestamp column/);
  assert.match(
    message(`Timestamp,A\n${stamp(0)},1\nyesterday,2\n${stamp(9)},1\n`),
    /^x\.csv:3: cannot read the time "yesterday"/,
  );
  assert.match(
    message(`Timestamp,A\n${stamp(0)},1,9\n${stamp(9)},1\n`),
    /^x\.csv:2: has 3 fields where the header has 2/,
  );
  assert.match(
    message(`Timestamp,A_KB\n${stamp(0)},1\n${stamp(9)},\u001b[31mx\n`),
    /^x\.csv:3: "\\u001b\[31mx" in column A_KB is no number/,
  );
  assert.match(
    message(`Timestamp,A\n${stamp(0)},"1"x\n${stamp(9)},1\n${stamp(10)},1\n`),
    /^x\.csv:2: is not valid CSV/,
  );
});

Deno.test("a leak is named, a counter and a flat column are not", () => {
  const text = table(
    "Timestamp,Used_KB,Free_KB,requests_total,Flat",
    minutes(600, (i) => `${1e6 + i * 900 + (i * 37) % 500},${5e6},${i * 250},7`),
  );
  const verdicts = classifyRecordedFile(series(text)).map((
    { name, verdict, points },
  ) => [name, verdict, points]);
  assert.deepEqual(verdicts, [
    ["Used_KB", "leak", 600],
    ["Free_KB", "stable", 600],
    ["requests_total", "stable", 600],
    ["Flat", "stable", 600],
  ]);
});

Deno.test("directories, sessions and their rotated segments are read whole; prose and alerts are left out", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const put = (name: string, text: string | Uint8Array) =>
      Deno.writeFileSync(
        `${directory}/${name}`,
        typeof text === "string" ? new TextEncoder().encode(text) : text,
      );
    const session = "memory_monitor_20240101_000000";
    put(`${session}_memory.log`, table("Timestamp,Used_KB", [`${stamp(120)},3`]));
    put(
      `${session}_memory.log.1.gz`,
      gzipSync(new TextEncoder().encode(table("Timestamp,Used_KB", [`${stamp(0)},1`]))),
    );
    put(`${session}_memory.log.2`, table("Timestamp,Used_KB", [`${stamp(60)},2`]));
    put(`${session}_summary.log`, "all is well\n");
    put(
      `${session}_alerts.log`,
      table("Timestamp,Rule,Severity,State,Subject,Value,Threshold,Message", [
        `${stamp(0)},swap,warning,firing,,3,0,x`,
      ]),
    );
    put("other.csv", table("Timestamp,A", [`${stamp(0)},1`]));
    put("session.json", "{}");
    for (const path of [directory, `${directory}/${session}`, `${directory}/${session}_memory.log`]) {
      const memory = [...readSeries(path)].find((file) => file.source.endsWith("memory.log"));
      assert.deepEqual(memory?.series[0]?.values, [1024, 2048, 3072], path);
    }
    const files = [...readSeries(directory)];
    assert.deepEqual(files.filter((file) => file.skipped).map((file) => file.source.split("_").at(-1)), [
      "alerts.log",
      "summary.log",
    ]);
    assert.deepEqual(files.filter((file) => !file.skipped).length, 2);
    assert.throws(() => [...readSeries(`${directory}/none.csv`)], /none\.csv: there is no such file/);
    assert.throws(() => [...readSeries(`${directory}/${session}_summary.log`)], /has no Timestamp column/);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
