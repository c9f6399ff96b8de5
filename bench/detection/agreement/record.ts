/**
 * Writes the recorded agreement table: every case judged by the reference prototype (Python, kept outside this repository).
 *
 *     deno run -A bench/detection/agreement/record.ts FOLDER_OF_PROTOTYPE > test/rules/detector/agreement_recorded.csv
 *
 * The folder holds prototype.py with `Buckets` and `classify(buckets, unit, limit)`.
 */
import { stringify } from "csv-stringify/sync";
import { agreementCases } from "./cases.ts";

const DRIVER = `
import sys, json, math
sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True
import prototype
for line in sys.stdin:
    case = json.loads(line); buckets = prototype.Buckets()
    for t, v in zip(case["t"], case["v"]): buckets.push(t, v)
    r = prototype.classify(buckets, case["unit"], case["limit"])
    ttl = r["ttl"] or (None, None)
    print(json.dumps([r["verdict"], r["rate"], r["lo"], r["hi"], r["confidence"]] + [x if x is None or math.isfinite(x) else None for x in ttl]))
`;

const [folder] = Deno.args;
if (!folder) {
  console.error("record.ts: the folder of prototype.py is missing; give it as the argument");
  Deno.exit(2);
}
const ids: string[] = [];
const lines: string[] = [];
for (const { id, series, unit, values, limit } of agreementCases()) {
  ids.push(id);
  lines.push(JSON.stringify({ t: series.times, v: values, unit, limit }));
}
const python = new Deno.Command("python3", {
  args: ["-c", DRIVER, folder],
  stdin: "piped",
  stdout: "piped",
}).spawn();
const written = new Response(lines.join("\n")).body!.pipeTo(python.stdin);
const answers = (await new Response(python.stdout).text()).trimEnd().split("\n").map((line) =>
  JSON.parse(line)
);
await written;
const digits = (x: number | null) => x === null ? "" : Number(x.toPrecision(7));
const rows = answers.map(([verdict, rate, low, high, confidence, soonest, latest], i) => [
  ids[i],
  verdict,
  digits(rate),
  digits(low),
  digits(high),
  digits(confidence),
  digits(soonest === null ? null : soonest * 3600),
  digits(latest === null ? null : latest * 3600),
]);
const header = [
  "Case",
  "Verdict",
  "Rate",
  "Rate_Low",
  "Rate_High",
  "Confidence",
  "Soonest_Seconds",
  "Latest_Seconds",
];
Deno.stdout.writeSync(new TextEncoder().encode(stringify([header, ...rows])));
