import type { Collector } from "../collector.ts";
import { ParseError, readText } from "../fs.ts";
import type { PressureInfo, PressureLine } from "../../model/sample.ts";

export interface Pressure {
  some: PressureLine;
  full: PressureLine | null;
}

/**
 * One file of pressure stall information (Documentation/accounting/psi.rst), of the system or of a cgroup. The line
 * `full` is missing for the processor before Linux 5.13. Throws ParseError without a line `some`.
 */
export function parsePressure(text: string): Pressure {
  const some = parseLine(text, "some");
  if (some === null) throw new ParseError("/proc/pressure", "no line 'some'");
  return { some, full: parseLine(text, "full") };
}

const LINES = {
  some: /^some avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)/m,
  full: /^full avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)/m,
};

function parseLine(text: string, kind: "some" | "full"): PressureLine | null {
  const match = LINES[kind].exec(text);
  if (match === null) return null;
  const [avg10_percent, avg60_percent, avg300_percent, total_microseconds] = match.slice(1).map(Number);
  if (![avg10_percent, avg60_percent, avg300_percent].every(Number.isFinite)) return null;
  return {
    avg10_percent: avg10_percent!,
    avg60_percent: avg60_percent!,
    avg300_percent: avg300_percent!,
    total_microseconds: total_microseconds!,
  };
}

/** Pressure is absent (null) where the kernel does not measure it; it is never made up as 0. */
export function pressureCollector(): Collector {
  return {
    name: "pressure",
    source: "/proc/pressure",
    tier: "fast",
    collect(sample, { roots, unavailable }) {
      const read = (name: string): Pressure | null => {
        try {
          return parsePressure(readText(`${roots.proc}/pressure/${name}`));
        } catch (error) {
          if (error instanceof ParseError) throw error;
          if (name === "memory") unavailable("/proc/pressure", ...whyAbsent(error));
          return null;
        }
      };
      const memory = read("memory");
      if (memory === null) {
        sample.pressure = null;
        return;
      }
      const pressure: PressureInfo = { memory, cpu: read("cpu"), io: read("io") };
      sample.pressure = pressure;
    },
  };
}

/** EOPNOTSUPP: the kernel has the files and was booted with the measuring off; no files: older, or built without. */
function whyAbsent(error: unknown): [string, string] {
  return error instanceof Deno.errors.NotFound
    ? [
      "this kernel does not measure pressure (Linux 4.20 with CONFIG_PSI)",
      "boot with psi=1 where CONFIG_PSI is set",
    ]
    : ["pressure is compiled in but turned off", "boot with psi=1"];
}
