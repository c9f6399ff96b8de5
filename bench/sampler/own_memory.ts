/**
 * Whether leakwatch leaks: every collector ten times a second, an hour of samples in six minutes, and the process's own
 * memory per sixth of the time. `deno task bench:own-memory`, with the V8 flags of the executable. Writes own_memory.md.
 */

import { fileURLToPath } from "node:url";
import { Sampler } from "../../collectors/mod.ts";

const SAMPLES = Number(Deno.args[0] ?? 3600);
const PER_SECOND = 10;
const PARTS = 6;

interface Reading {
  rss: number;
  anonymous: number;
  heap: number;
  descriptors: number;
}

function readOwn(): Reading {
  const [, resident, shared] = Deno.readTextFileSync("/proc/self/statm").split(" ").map(Number);
  return {
    rss: resident! * 4096,
    anonymous: (resident! - shared!) * 4096,
    heap: Deno.memoryUsage().heapUsed,
    descriptors: [...Deno.readDirSync("/proc/self/fd")].length,
  };
}

const sampler = new Sampler({ interval_seconds: 1 });
const readings: Reading[] = [];
for (let sample = 0; sample < SAMPLES; sample++) {
  sampler.take(sample === 0);
  if (sample % PER_SECOND === 0) readings.push(readOwn());
  await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
}
const processes = sampler.sample.processes.length;
sampler.close();

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
const rows = Array.from({ length: PARTS }, (_, part) => {
  const from = Math.floor(part * readings.length / PARTS);
  const own = readings.slice(from, Math.floor((part + 1) * readings.length / PARTS));
  const least = (key: keyof Reading) => Math.min(...own.map((reading) => reading[key]));
  const most = (key: keyof Reading) => Math.max(...own.map((reading) => reading[key]));
  return `| ${part + 1} | ${mebibytes(least("rss"))} to ${mebibytes(most("rss"))} | ` +
    `${mebibytes(least("anonymous"))} to ${mebibytes(most("anonymous"))} | ${mebibytes(least("heap"))} | ` +
    `${least("descriptors")} to ${most("descriptors")} |`;
});
const report = `# What leakwatch itself occupies

Made by \`deno task bench:own-memory\`: ${SAMPLES} samples of every collector, ${PER_SECOND} a second, ${processes} processes \
at the end; Deno ${Deno.version.deno} from the sources. What is left after garbage collection is the least of each part;
descriptors are one per process and follow their number.

| part | RSS MiB | anonymous MiB | least heap MiB | descriptors |
|---:|---:|---:|---:|---:|
${rows.join("\n")}
`;
const path = fileURLToPath(new URL("own_memory.md", import.meta.url));
Deno.writeTextFileSync(path, report);
new Deno.Command("deno", { args: ["fmt", "--quiet", path] }).outputSync();
console.log(report);
